"""Where a QR code may be: the squares in three of its corners, however blurred, turned or pale.

Averaged over all turns such a square looks like rings round a dot. That is looked for by correlation, at one size after
the other, so that neither light nor contrast matters; on a light-on-dark code it is negative. Three that lie as in a
code are then compared with the squares themselves.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

RING_MODULE_PX = 1.75  # of a module in the rings that are looked for
RING_MODULES = 8.4  # on a side of their picture
STEP = 1.28  # from one size to the next
ENLARGED = 1.3
LIKE_RINGS = 0.5  # the least correlation of a spot, and of three squares: grain and letters reach 0.57
LIKE_SQUARES = 0.58
MOST_SPOTS, MOST_COMPARED = 14, 8
FEWEST_MODULES, MOST_MODULES = 21, 101  # on a side


@dataclass(frozen=True)
class Spot:
    """What looks like one of the squares: its middle and the size of a module in pixels, how alike (up to 1)."""

    x: float
    y: float
    module_px: float
    alike: float


@dataclass(frozen=True)
class Corners:
    """Three squares that belong together, in the order of a code: in its corner, to the right, below. `modules`: about
    so many on a side; `alike`: the mean correlation with what they should look like."""

    corner: Spot
    right: Spot
    below: Spot
    modules: float
    alike: float = 0.0


def find(grey: "Picture", side_px: int) -> "list[tuple[Picture, Corners]]":
    """The likeliest first, each with the picture or its negative, in which the code is dark on light. `side_px`: of the
    picture that is searched, its longer side; modules of less than 1.4 pixels there are not seen."""
    dark, light = _spots(grey, side_px)
    found: list[tuple[Picture, Corners]] = []
    for picture, spots in ((grey, dark), (255 - grey, light)):
        likely = sorted(filter(None, map(_three, combinations(spots, 3))), key=lambda three: -three[0])
        compared = (_compared(picture, corners) for _, corners in likely[:MOST_COMPARED])
        found += [(picture, corners) for corners in compared if corners.alike >= LIKE_SQUARES]
    return sorted(found, key=lambda one: -one[1].alike)


def _spots(grey: "Picture", side_px: int) -> tuple[list[Spot], list[Spot]]:
    """Dark squares on light, and light ones on dark."""
    import cv2

    dark: list[Spot] = []
    light: list[Spot] = []
    height, width = grey.shape
    rings, level = _rings(), grey
    factor = min(ENLARGED, side_px / max(height, width))
    while min(height, width) * factor >= 2 * rings.shape[0]:
        size = (round(width * factor), round(height * factor))
        way = cv2.INTER_AREA if size[0] < level.shape[1] else cv2.INTER_LINEAR
        level = cv2.resize(level, size, interpolation=way)  # type: ignore[assignment]
        alike = cv2.matchTemplate(level, rings, cv2.TM_CCOEFF_NORMED)
        dark += _peaks(alike, factor)
        light += _peaks(-alike, factor)
        factor /= STEP
    return _apart(dark), _apart(light)


def _peaks(alike: Any, factor: float) -> list[Spot]:
    import cv2
    import numpy as np

    if float(alike.max()) < LIKE_RINGS:
        return []
    top = (alike >= LIKE_RINGS) & (alike == cv2.dilate(alike, np.ones((5, 5), np.uint8)))
    rows, columns = np.nonzero(top)
    order = np.argsort(-alike[rows, columns])[: 2 * MOST_SPOTS]
    middle = _rings().shape[0] / 2
    return [
        Spot(
            (x + _vertex(alike[y], x) + middle) / factor - 0.5,
            (y + _vertex(alike[:, x], y) + middle) / factor - 0.5,
            RING_MODULE_PX / factor,
            float(alike[y, x]),
        )
        for y, x in zip(rows[order].tolist(), columns[order].tolist(), strict=True)
    ]


def _vertex(line: Any, at: int) -> float:
    """How far beside `at` a parabola through the three values there has its top."""
    if not 0 < at < len(line) - 1:
        return 0.0
    before, here, after = (float(value) for value in line[at - 1 : at + 2])
    bend = before - 2 * here + after
    return max(-0.5, min(0.5, 0.5 * (before - after) / bend)) if bend < 0 else 0.0


def _apart(spots: list[Spot]) -> list[Spot]:
    """One spot for each place, of the size that fits best; the likeliest."""
    kept: list[Spot] = []
    for spot in sorted(spots, key=lambda spot: -spot.alike):
        if len(kept) == MOST_SPOTS:
            break
        if all(math.hypot(spot.x - one.x, spot.y - one.y) > 3.5 * max(spot.module_px, one.module_px) for one in kept):
            kept.append(spot)
    return kept


def _three(three: tuple[Spot, Spot, Spot]) -> tuple[float, Corners] | None:
    """How likely they lie as in a code."""
    sizes = [spot.module_px for spot in three]
    if max(sizes) > 1.9 * min(sizes):
        return None
    corner, right, below = _in_order(three)
    across, down = (right.x - corner.x, right.y - corner.y), (below.x - corner.x, below.y - corner.y)
    wide, high = math.hypot(*across), math.hypot(*down)
    if not 0.5 < wide / high < 2.0:
        return None
    leaning = abs(across[0] * down[0] + across[1] * down[1]) / wide / high
    modules = (wide * high) ** 0.5 / math.prod(sizes) ** (1 / 3) + 7
    if leaning > 0.5 or not 0.75 * FEWEST_MODULES < modules < 1.2 * MOST_MODULES:
        return None
    askew = leaning + abs(math.log(wide / high)) + 0.7 * math.log(max(sizes) / min(sizes))
    return sum(spot.alike for spot in three) - 0.5 * askew, Corners(corner, right, below, modules)


def _in_order(three: tuple[Spot, Spot, Spot]) -> tuple[Spot, Spot, Spot]:
    """The corner lies opposite the longest side; to its right is what comes first clockwise."""
    turns = (three, three[1:] + three[:1], three[2:] + three[:2])
    corner, one, other = max(turns, key=lambda turn: math.hypot(turn[1].x - turn[2].x, turn[1].y - turn[2].y))
    clockwise = (one.x - corner.x) * (other.y - corner.y) - (one.y - corner.y) * (other.x - corner.x)
    return (corner, one, other) if clockwise > 0 else (corner, other, one)


def _compared(grey: "Picture", corners: Corners) -> Corners:
    """With the squares as they lie between these corners, a little smaller and a little larger."""
    import cv2
    import numpy as np

    ideal = _square()
    side = ideal.shape[0]
    best = 0.0
    for size in (0.9, 1.05):
        step = size * 9 / side / (corners.modules - 7)  # 9 modules, with the light around
        way = np.zeros((2, 3))
        way[:, 0] = step * (corners.right.x - corners.corner.x), step * (corners.right.y - corners.corner.y)
        way[:, 1] = step * (corners.below.x - corners.corner.x), step * (corners.below.y - corners.corner.y)
        total = 0.0
        for spot in (corners.corner, corners.right, corners.below):
            way[:, 2] = np.array([spot.x, spot.y]) - (side - 1) / 2 * (way[:, 0] + way[:, 1])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            seen = cv2.warpAffine(grey, way, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            total += float(cv2.matchTemplate(seen, ideal, cv2.TM_CCOEFF_NORMED)[0, 0])
        best = max(best, total / 3)
    return Corners(corners.corner, corners.right, corners.below, corners.modules, best)


@cache
def _square() -> "Picture":
    """One of the squares, three pixels a module, a little soft."""
    import cv2
    import numpy as np

    rings = np.full((9, 9), 255, np.uint8)
    rings[1:8, 1:8], rings[2:7, 2:7], rings[3:6, 3:6] = 0, 255, 0
    return cv2.GaussianBlur(rings.repeat(3, 0).repeat(3, 1), (0, 0), 1.5)  # type: ignore[return-value]


@cache
def _rings() -> "Picture":
    """The square averaged over all turns, as soft as a camera's pixels."""
    import cv2
    import numpy as np

    fine = 6
    side = round(RING_MODULES * RING_MODULE_PX) | 1
    axis = ((np.arange(side * fine) + 0.5) / fine - side / 2) / RING_MODULE_PX
    x, y = np.meshgrid(axis, axis)
    shades = np.array([0, 0, 255, 0, 255, 160], np.float32)  # by the distance in modules, from half a module on
    turns = np.linspace(0, math.pi / 2, 16, endpoint=False)
    total = np.zeros_like(x)
    for turn in turns:
        away = np.maximum(np.abs(x * np.cos(turn) - y * np.sin(turn)), np.abs(x * np.sin(turn) + y * np.cos(turn)))
        total += shades[np.minimum(away + 0.5, 5).astype(int)]
    soft: Any = cv2.GaussianBlur(total / len(turns), (0, 0), 0.4 * RING_MODULE_PX * fine)
    return cv2.resize(soft, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)  # type: ignore[no-any-return]
