"""Straightened pieces of a picture: wherever gradients agree on one direction, the bars are turned upright.

A strip holds one candidate with its bars vertical, so that every row is a scan line, and the way back to the picture.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.devices.codes.symbols import Corner, Picture

SEARCH_SIDE_PX = 640
COHERENT = 0.55
MIN_ACROSS_PX, MIN_ALONG_PX = 22, 6
EVEN = 3.25  # the length of something even, in standard deviations, without its outermost part
MARGIN, EXTRA_PX = 0.14, 16  # a share of the region, and pixels, on the whole
STRIP_WIDTH_PX, STRIP_ROWS_PX = 960, 96
MAX_ENLARGED = 4.0
MAX_REGIONS, MAX_JOINED = 8, 3


@dataclass(frozen=True)
class Region:
    """`centre`, `across` (length over the bars) and `along` (length of the bars) in pixels of the picture; `angle` in
    radians is the direction over the bars; `weight` ranks candidates."""

    centre: tuple[float, float]
    across: float
    along: float
    angle: float
    weight: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies in it, or just outside."""
        dx, dy = x - self.centre[0], y - self.centre[1]
        over = abs(dx * math.cos(self.angle) + dy * math.sin(self.angle))
        beside = abs(dy * math.cos(self.angle) - dx * math.sin(self.angle))
        return over <= 0.6 * self.across and beside <= 0.6 * self.along + 4

    def share_of(self, corners: "tuple[Corner, ...]") -> float:
        """How much of its width the corners span."""
        over = [x * math.cos(self.angle) + y * math.sin(self.angle) for x, y in corners]
        return (max(over) - min(over)) / self.across if over else 0.0


@dataclass(frozen=True)
class Strip:
    """`grey` has vertical bars; `back` (3 x 3) leads from its pixels to those of the picture."""

    grey: "Picture"
    back: Any
    region: Region

    @property
    def share(self) -> float:
        """Of the width, without the margins."""
        return self.region.across / (self.region.across * (1 + 2 * MARGIN) + EXTRA_PX)

    def original(self, x: float, y: float) -> "Corner":
        across, down, depth = self.back @ (x, y, 1.0)
        return round(float(across / depth)), round(float(down / depth))

    def corners(self, left: float, right: float) -> "tuple[Corner, ...]":
        """Of what lies between two columns."""
        bottom = self.grey.shape[0] - 1
        return tuple(self.original(x, y) for x, y in ((left, 0), (right, 0), (right, bottom), (left, bottom)))


def regions(grey: "Picture", window: int = 15) -> list[Region]:
    """Where bars may be, likely ones first. `window`: side of what is averaged, in pixels of the search picture."""
    import cv2
    import numpy as np

    height, width = grey.shape
    shrink = min(1.0, SEARCH_SIDE_PX / max(height, width))
    small: Any = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else grey
    gx, gy = cv2.Scharr(small, cv2.CV_32F, 1, 0), cv2.Scharr(small, cv2.CV_32F, 0, 1)
    box = (window, window)
    xx, yy, xy = cv2.blur(gx * gx, box), cv2.blur(gy * gy, box), cv2.blur(gx * gy, box)
    energy = xx + yy
    twice_cos, twice_sin = xx - yy, 2 * xy
    coherence = cv2.magnitude(twice_cos, twice_sin) / (energy + 1.0)
    floor = max(2.0e4, 0.08 * float(np.percentile(energy[::4, ::4], 98)))
    mask = ((coherence > COHERENT) & (energy > floor)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[: 3 * MAX_REGIONS] + 1
    found = []
    for label in order:
        x, y, w, h, area = (int(value) for value in stats[label])
        if area < MIN_ACROSS_PX * MIN_ALONG_PX:
            break
        inside = labels[y : y + h, x : x + w] == label
        cos2 = float(twice_cos[y : y + h, x : x + w][inside].sum())
        sin2 = float(twice_sin[y : y + h, x : x + w][inside].sum())
        angle = 0.5 * float(np.arctan2(sin2, cos2))
        rows, columns = np.nonzero(inside)
        region = _region(columns + x, rows + y, angle, shrink)
        if region is not None:
            found.append(region)
    found.sort(key=lambda region: -region.weight)
    found = found[:MAX_REGIONS]
    return sorted([*found, *_joined(found)], key=lambda region: -region.weight)


def _joined(found: list[Region]) -> list[Region]:
    """Neighbours in one row with the same direction, as one: wide spaces may have torn a code apart."""
    joined: list[Region] = []
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            turned = math.remainder(one.angle - other.angle, math.pi)
            if abs(turned) > 0.07 or not 0.6 < one.along / other.along < 1.7:
                continue
            cos, sin = math.cos(one.angle), math.sin(one.angle)
            dx, dy = other.centre[0] - one.centre[0], other.centre[1] - one.centre[1]
            over, beside = dx * cos + dy * sin, dy * cos - dx * sin
            gap = abs(over) - (one.across + other.across) / 2
            if abs(beside) > 0.3 * one.along or gap > 0.35 * max(one.across, other.across):
                continue
            ends = [-one.across / 2, one.across / 2, over - other.across / 2, over + other.across / 2]
            left, right = min(ends), max(ends)
            middle = (left + right) / 2
            centre = (one.centre[0] + middle * cos - beside / 2 * sin, one.centre[1] + middle * sin + beside / 2 * cos)
            along = min(one.along, other.along)
            joined.append(Region(centre, right - left, along, one.angle, one.weight + other.weight))
    return sorted(joined, key=lambda region: -region.weight)[:MAX_JOINED]


def _region(xs: Any, ys: Any, angle: float, shrink: float) -> Region | None:
    """The box around the points, turned by the angle."""
    import numpy as np

    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    u, v = xs * cos + ys * sin, ys * cos - xs * sin
    left, right = float(u.min()), float(u.max())
    mv, along = float(v.mean()), EVEN * float(v.std())
    across = right - left
    if across < MIN_ACROSS_PX or along < MIN_ALONG_PX:
        return None
    filled = len(xs) / (across * along + 1)
    if filled < 0.3:
        return None
    mu = (left + right) / 2
    centre = (float(mu * cos - mv * sin) / shrink, float(mu * sin + mv * cos) / shrink)
    return Region(centre, across / shrink, along / shrink, angle, len(xs) * min(1.0, filled))


def straighten(grey: "Picture", region: Region) -> Strip:
    """The region as a strip, enlarged to `STRIP_WIDTH_PX` where the picture allows it."""
    import numpy as np

    length = region.across * (1 + 2 * MARGIN) + EXTRA_PX
    enlarged = min(MAX_ENLARGED, STRIP_WIDTH_PX / length)
    rows = int(max(12, min(STRIP_ROWS_PX, region.along * min(enlarged, 1.5) * 0.9)))
    width = round(length * enlarged)
    cos, sin = float(np.cos(region.angle)), float(np.sin(region.angle))
    step_u, step_v = 1 / enlarged, region.along * 0.9 / rows
    back = np.array([[cos * step_u, -sin * step_v, 0.0], [sin * step_u, cos * step_v, 0.0], [0.0, 0.0, 1.0]])
    back[:2, 2] = np.array(region.centre) - back[:2, :2] @ ((width - 1) / 2, (rows - 1) / 2)
    source = grey if step_v <= 1.5 and step_u <= 1.5 else _smoothed(grey, max(step_u, min(step_v, 3.0)))
    strip = _warped(source, back, width, rows)
    for correct in (_upright, _level, _upright):
        correction = correct(strip)
        if correction is not None:
            back = back @ correction
            strip = _warped(source, back, width, rows)
    return Strip(strip, back, region)


def _warped(source: "Picture", back: Any, width: int, rows: int) -> "Picture":
    import cv2

    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(source, back, (width, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _upright(strip: "Picture") -> Any:
    """What makes leaning and fanned-out bars upright: the way back (3 x 3), from how bars lean left and right of the
    middle. None where they stand upright already."""
    import cv2
    import numpy as np

    rows, width = strip.shape
    gx, gy = cv2.Scharr(strip, cv2.CV_32F, 1, 0), cv2.Scharr(strip, cv2.CV_32F, 0, 1)
    leans = []
    for part in (slice(width // 8, width // 2), slice(width // 2, width - width // 8)):
        x, y = gx[:, part], gy[:, part]
        strong = np.abs(x) > np.abs(y)
        xx, xy = float((x[strong] ** 2).sum()), float((x[strong] * y[strong]).sum())
        leans.append(-xy / xx if xx else 0.0)  # columns that a bar moves to the right, per row down
    if max(map(abs, leans)) * rows < 2.0:
        return None
    middle = (rows - 1) / 2
    half = (leans[1] - leans[0]) * 4 / 3  # between the parts' middles lie 6/16 of the width
    mean = (leans[0] + leans[1]) / 2
    low, high = (mean - half) * middle, (mean + half) * middle
    ends = np.array([[0, 0], [width - 1, 0], [width - 1, rows - 1], [0, rows - 1]], dtype=np.float32)
    leaning = ends + np.array([[-low, 0], [-high, 0], [high, 0], [low, 0]], dtype=np.float32)
    if leaning[1, 0] - leaning[0, 0] < width / 3 or leaning[2, 0] - leaning[3, 0] < width / 3:
        return None
    return cv2.getPerspectiveTransform(ends, leaning)


def _level(strip: "Picture") -> Any:
    """What makes the rows follow a code whose bars do not begin at one height, and leaves out what is above and below
    it: the way back (3 x 3), or None."""
    import cv2
    import numpy as np

    rows, width = strip.shape
    steep = np.abs(cv2.Scharr(strip, cv2.CV_32F, 1, 0))
    steep[steep < 0.25 * float(steep.max())] = 0
    parts = np.array_split(np.arange(width), 12)
    weights = np.array([steep[:, part].sum(axis=1) for part in parts])  # parts x rows
    total = weights.sum(axis=1)
    if float(total.max()) <= 0:
        return None
    used = total > 0.2 * total.max()
    if int(used.sum()) < 3:
        return None
    heights = np.arange(rows)
    middles = (weights[used] @ heights) / total[used]
    xs = np.array([part.mean() for part in parts])[used]
    slope, start = np.polyfit(xs, middles, 1, w=np.sqrt(total[used]))
    away = heights[None, :] - (slope * xs + start)[:, None]
    spread = float(np.sqrt((weights[used] * away**2).sum() / total[used].sum()))
    share = min(1.0, 3.0 * spread / rows)  # even bars have a spread of 0.29 of their height
    if abs(slope) * width < 0.12 * rows and share > 0.7:
        return None
    share = max(share, 0.15)
    return np.array([[1.0, 0.0, 0.0], [slope, share, start - share * (rows - 1) / 2], [0.0, 0.0, 1.0]])


def _smoothed(grey: "Picture", step: float) -> "Picture":
    import cv2

    return cv2.GaussianBlur(grey, (0, 0), 0.4 * step)  # type: ignore[return-value]
