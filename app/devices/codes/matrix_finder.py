"""Where a Data Matrix symbol may stand: two straight edges meet in a corner, the same side of both is dark (or light)
all along, and what lies between them changes often. That is the solid L of its border, at any turn and polarity.

Says "nothing" for a few milliseconds more than finding straight edges takes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

SEARCH_SIDE_PX = 400
MIN_LEG_PX = 7  # of the search picture
MOST_EDGES, MOST_PAIRS = 900, 500
MIN_CONTRAST = 12.0  # grey levels across an edge
BESIDE_PX = 1.2  # how far beside an edge its two sides are looked at
STEPS, REACH = 120, 2.4  # a leg is followed to REACH times the length of the edge that began it
WIDEST = 20.0  # one leg against the other: 8 x 144 modules
INSIDE = 20  # samples along a side of what lies between the legs
CHANGES = 1.8  # at least so many, on an average line across it
MOST_CORNERS = 10
MOST_IN_A_ROW = 16384


@dataclass(frozen=True)
class Ell:
    """The corner of the L and the ends of its upright and its lying leg, as (x, y) in pixels of the picture; `light`:
    it is light on dark ground. `weight` ranks candidates."""

    corner: Any
    upright: Any
    lying: Any
    light: bool
    weight: float


def ells(grey: "Picture") -> list[Ell]:
    """The likeliest first."""
    import cv2
    import numpy as np

    height, width = grey.shape
    shrink = min(1.0, SEARCH_SIDE_PX / max(height, width))
    small: Any = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else grey
    edges = _edges(small)
    found: list[Ell] = []
    if edges is None:
        return found
    levels = small.astype(np.float32)
    for light in (False, True):
        turned = edges if not light else edges[:, ::-1]
        found += _corners(levels, turned, light)
    return [_enlarged(ell, shrink) for ell in _apart(sorted(found, key=lambda ell: -ell.weight))]


def _enlarged(ell: Ell, shrink: float) -> Ell:
    """In pixels of the picture."""
    corner, upright, lying = ((point + 0.5) / shrink - 0.5 for point in (ell.corner, ell.upright, ell.lying))
    return Ell(corner, upright, lying, ell.light, ell.weight)


def at(levels: Any, points: Any) -> Any:
    """The grey levels at points (..., 2) as (x, y), between pixels by their neighbours."""
    import cv2
    import numpy as np

    flat = np.ascontiguousarray(points.reshape(-1, 2), dtype=np.float32)
    # remap takes no more than 32767 in a row.
    rows = max(1, -(-len(flat) // MOST_IN_A_ROW))
    places: Any = np.zeros((rows, MOST_IN_A_ROW if rows > 1 else len(flat), 2), np.float32)
    places.reshape(-1, 2)[: len(flat)] = flat
    nothing: Any = None
    seen = cv2.remap(levels, places, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return seen.reshape(-1)[: len(flat)].reshape(points.shape[:-1])


def _edges(small: "Picture") -> Any:
    """Straight edges (n, 2, 2), from start to end with the darker side to the left; None where there are not two."""
    import cv2
    import numpy as np

    # Its own scale, 1: the picture is small already.
    seen: Any = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, 1.0).detect(small)[0]
    if seen is None:
        return None
    edges = seen.reshape(-1, 2, 2)
    lengths = np.hypot(*(edges[:, 1] - edges[:, 0]).T)
    order = np.argsort(-lengths)[:MOST_EDGES]
    edges = edges[order[lengths[order] >= MIN_LEG_PX]]
    if len(edges) < 2:
        return None
    _along, left = _directions(edges)
    middle = edges[:, None, 0] + np.linspace(0.15, 0.85, 7)[None, :, None] * (edges[:, 1] - edges[:, 0])[:, None]
    beside = BESIDE_PX * left[:, None]
    levels = small.astype(np.float32)
    contrast = (at(levels, middle - beside) - at(levels, middle + beside)).mean(axis=1)
    edges[contrast < 0] = edges[contrast < 0][:, ::-1]
    return edges[np.abs(contrast) >= MIN_CONTRAST]


def _directions(edges: Any) -> tuple[Any, Any]:
    """Unit vectors along each edge, and to its left as one sees it."""
    import numpy as np

    along = edges[:, 1] - edges[:, 0]
    along = along / np.hypot(*along.T)[:, None]
    return along, np.stack([along[:, 1], -along[:, 0]], axis=1)


def _corners(levels: Any, edges: Any, light: bool) -> list[Ell]:
    """Pairs of edges, the second beginning where the first ends and turning to the left."""
    import numpy as np

    first, second = _meeting(edges)
    if not len(first):
        return []
    along, left = _directions(edges)
    lengths = np.hypot(*(edges[:, 1] - edges[:, 0]).T)
    corner = edges[first, 1] + _beyond(edges, along, first, second)[0][:, None] * along[first]
    sign = -1.0 if light else 1.0
    legs_up, legs_lying = -along[first] * lengths[first][:, None], along[second] * lengths[second][:, None]
    up, dark_up = _followed(levels, corner, legs_up, sign * left[first])
    lying, dark_lying = _followed(levels, corner, legs_lying, sign * left[second])
    # A leg ends where its first edge does, or where its dark side does: noise tears edges, near print prolongs them.
    own_up = ((corner - edges[first, 0]) * along[first]).sum(axis=1)
    own_lying = ((edges[second, 1] - corner) * along[second]).sum(axis=1)
    contrast = np.minimum(dark_up, dark_lying)
    found: list[Ell] = []
    for legs in ((up, lying), (own_up, own_lying)):
        longer, shorter = np.maximum(*legs), np.minimum(*legs)
        good = np.nonzero((shorter >= MIN_LEG_PX) & (longer < WIDEST * shorter) & (contrast > MIN_CONTRAST / 2))[0]
        uprights = corner - along[first] * legs[0][:, None]
        lyings = corner + along[second] * legs[1][:, None]
        ends = np.stack([corner, uprights, lyings], axis=1)[good]
        weights = _changing(levels, ends) * contrast[good] ** 0.5
        found += [
            Ell(corner, upright, lying, light, float(weight))
            for (corner, upright, lying), weight in zip(ends.astype(np.float64), weights, strict=True)
            if weight > 0
        ]  # fmt: skip
    return found


def _meeting(edges: Any) -> tuple[Any, Any]:
    """Numbers of pairs, the longest first: where the first ends the second begins, turning to the left."""
    import numpy as np

    along, _left = _directions(edges)
    lengths = np.hypot(*(edges[:, 1] - edges[:, 0]).T)
    near = 4 + 0.3 * lengths
    room = near[:, None] + near[None, :]
    first, second = np.nonzero(np.abs(edges[None, :, 0, 0] - edges[:, None, 1, 0]) < room)
    close = np.abs(edges[second, 0, 1] - edges[first, 1, 1]) < near[first] + near[second]
    first, second = first[close], second[close]
    beyond, before, cross = _beyond(edges, along, first, second)
    fits = (cross < -0.6) & (np.abs(beyond) < near[first]) & (np.abs(before) < near[second])
    first, second = first[fits], second[fits]
    longest = np.argsort(-np.minimum(lengths[first], lengths[second]))[:MOST_PAIRS]
    return first[longest], second[longest]


def _beyond(edges: Any, along: Any, first: Any, second: Any) -> tuple[Any, Any, Any]:
    """How far behind the end of the first, and behind the start of the second, their lines meet; the sine between."""
    import numpy as np

    one, other, gap = along[first], along[second], edges[second, 0] - edges[first, 1]
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = (gap[:, 0] * other[:, 1] - gap[:, 1] * other[:, 0]) / cross
        before = (gap[:, 0] * one[:, 1] - gap[:, 1] * one[:, 0]) / cross
    return beyond, before, cross


def _followed(levels: Any, corner: Any, legs: Any, dark: Any) -> tuple[Any, Any]:
    """How far each leg goes on from its corner with the same side dark, in pixels, and its contrast. `dark`: unit
    vectors to that side."""
    import numpy as np

    steps = (np.arange(STEPS) + 0.5) * REACH / STEPS
    points = corner[:, None] + steps[None, :, None] * legs[:, None]
    beside = BESIDE_PX * dark[:, None]
    contrast = at(levels, points - beside) - at(levels, points + beside)
    begun = slice(round(0.15 * STEPS / REACH), round(0.8 * STEPS / REACH))
    usual = np.median(contrast[:, begun], axis=1)
    faint = contrast < 0.35 * usual[:, None]
    faint[:, : begun.start] = False
    ended = faint[:, :-2] & faint[:, 1:-1] & faint[:, 2:]
    reached = np.where(ended.any(axis=1), ended.argmax(axis=1), STEPS)
    return reached * REACH / STEPS * np.hypot(*legs.T), usual


def _changing(levels: Any, ends: Any) -> Any:
    """How much each parallelogram looks like modules: 0 where it does not, else more the larger and busier it is."""
    import numpy as np

    if not len(ends):
        return np.zeros(0)
    steps = np.linspace(0.06, 0.9, INSIDE)
    up, lying = ends[:, 1] - ends[:, 0], ends[:, 2] - ends[:, 0]
    points = (
        ends[:, None, None, 0] + steps[None, :, None, None] * up[:, None, None] + steps[None, None, :, None]
        * lying[:, None, None]
    )  # fmt: skip
    seen = at(levels, points)
    low, high = np.percentile(seen, (8, 92), axis=(1, 2))
    dark = seen < ((low + high) / 2)[:, None, None]
    across = (dark[:, :, 1:] != dark[:, :, :-1]).sum(axis=2).mean(axis=1)
    down = (dark[:, 1:] != dark[:, :-1]).sum(axis=1).mean(axis=1)
    share = dark.mean(axis=(1, 2))
    busy = np.minimum(across, down)
    fits = (busy >= CHANGES) & (share > 0.15) & (share < 0.85) & (high - low > 1.5 * MIN_CONTRAST)
    area = np.abs(up[:, 0] * lying[:, 1] - up[:, 1] * lying[:, 0])
    return np.where(fits, busy * area**0.5, 0.0)


def _apart(found: list[Ell]) -> list[Ell]:
    """Without those that say again what a likelier one said."""
    import numpy as np

    kept: list[Ell] = []
    for ell in found:
        near = 0.08 * float(np.hypot(*(ell.upright - ell.lying)))
        if not any(_same(ell, other, near) for other in kept):
            kept.append(ell)
        if len(kept) == MOST_CORNERS:
            break
    return kept


def _same(one: Ell, other: Ell, near: float) -> bool:
    import numpy as np

    pairs = ((one.corner, other.corner), (one.upright, other.upright), (one.lying, other.lying))
    return one.light == other.light and all(float(np.hypot(*(a - b))) < near for a, b in pairs)
