"""From an L to the grid of modules: where the two alternating sides run, how many modules they count, and how light
each module is. Everything is measured from pixels; what does not alternate is no symbol.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.devices.codes.matrix_finder import Ell, at
from app.devices.codes.matrix_words import SIZES, Size, border

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

SIDE, MARGIN = 120, 40  # of the square that an L is turned into, in pixels
BAND, COLUMNS = 36, 40  # the outermost rows where a side may run: so many up and down; samples along it
SLOPES, FINER = (0.26, 27), (0.016, 9)  # how far a side may lean, and in how many steps
BESIDE = 2  # rows to both sides of it
FARTHER = 0.5  # what a side at the end of the band must be better by, in shares of the contrast
APART = 7  # rows between two that are tried
SIDES_EACH, GRIDS_EACH = 2, 3
ALTERNATES = 0.5  # of all modules along the alternating sides
FITS, NEARLY_FITS = 1.2, 0.85  # of 1.5: to be read as it is, to be moved
NUDGES = (0.4, 0.2, 0.1)  # modules
ROUNDS = 6


@dataclass(frozen=True)
class Grid:
    """`corners`: upper left, upper right, lower right, lower left of the symbol as it is printed upright, in pixels of
    `levels`, in which dark modules are low. `offset`: from there to the picture."""

    levels: Any
    corners: Any
    size: Size
    offset: tuple[int, int]

    @property
    def module_px(self) -> float:
        """The side of a module, on the average."""
        import cv2

        return float((cv2.contourArea(self.corners.astype("float32")) / (self.size.rows * self.size.columns)) ** 0.5)

    @property
    def in_picture(self) -> tuple[tuple[int, int], ...]:
        return tuple((round(x + self.offset[0]), round(y + self.offset[1])) for x, y in self.corners.tolist())

    def sampled(self, blur: float, right: float = 0.0, down: float = 0.0) -> Any:
        """The grey level of each module, rows x columns; `blur`, `right` and `down` in modules."""
        import cv2

        sigma = blur * self.module_px
        levels = cv2.GaussianBlur(self.levels, (0, 0), sigma) if sigma > 0.4 else self.levels
        return at(levels, _placed(self.corners, _centres(self.size, right, down)))


def grids(grey: "Picture", ell: Ell) -> Iterator[Grid]:
    """What the L may belong to, likely ones first: as its sides were found, then moved to where it fits best. None
    where nothing alternates."""
    import numpy as np

    levels, offset = _cut(grey, ell)
    found = []
    for corners in _quadrilaterals(levels, np.array([ell.corner, ell.upright, ell.lying]) - offset):
        for size in _sizes(levels, corners):
            grid = Grid(levels, corners, size, offset)
            found.append((float(_fit(grid, [corners])[0]), grid))
    found.sort(key=lambda one: -one[0])
    for fit, grid in found[:GRIDS_EACH]:
        if fit > FITS:
            yield grid
    if found and found[0][0] > NEARLY_FITS:
        yield _settled(found[0][1])


def _cut(grey: "Picture", ell: Ell) -> tuple[Any, tuple[int, int]]:
    """The surroundings of the L, dark modules low."""
    import numpy as np

    fourth = ell.upright + ell.lying - ell.corner
    points = np.array([ell.corner, ell.upright, ell.lying, fourth])
    room = 0.35 * float(np.hypot(*(ell.upright - ell.lying)))
    low = np.maximum(points.min(axis=0) - room, 0).astype(int)
    high = np.minimum(points.max(axis=0) + room + 1, grey.shape[::-1]).astype(int)
    part = grey[low[1] : high[1], low[0] : high[0]]
    return (255 - part if ell.light else part).astype(np.float32), (int(low[0]), int(low[1]))


def _quadrilaterals(levels: Any, l_points: Any) -> Iterator[Any]:
    """Four corners in order, from where the upper and the right side may run."""
    import cv2
    import numpy as np

    ends = np.array([[MARGIN, MARGIN + SIDE], [MARGIN, MARGIN], [MARGIN + SIDE, MARGIN + SIDE]], np.float32)
    there = cv2.getAffineTransform(l_points.astype(np.float32), ends)
    shrink = float(np.hypot(*(l_points[1] - l_points[2]))) / (2**0.5 * SIDE)
    smooth = cv2.GaussianBlur(levels, (0, 0), 0.4 * shrink) if shrink > 1.5 else levels
    full = SIDE + 2 * MARGIN
    patch = cv2.warpAffine(smooth, there, (full + 1, full + 1), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    back = cv2.invertAffineTransform(there)
    for upper, lean in _sides(patch):
        for right, lean_right in _sides(np.ascontiguousarray(patch[::-1, ::-1].T)):
            # x = full - right + lean_right * (y - bottom): the right side, seen upright again.
            bottom, left = MARGIN + SIDE, MARGIN
            x = (full - right + lean_right * (upper - lean * left - bottom)) / (1 - lean_right * lean)
            corners = np.array(
                [[left, upper], [x, upper + lean * (x - left)], [full - right, bottom], [left, bottom]], np.float64
            )
            yield corners @ back[:, :2].T + back[:, 2]


def _sides(patch: Any) -> list[tuple[float, float]]:
    """(height at the left, lean) of the likeliest upper sides: even and light above, darker below."""
    import numpy as np

    rough = _traced(patch, np.linspace(-SLOPES[0], SLOPES[0], SLOPES[1]))
    best: list[tuple[float, float]] = []
    for height, lean in rough:
        if all(max(abs(height - h), abs(height - h + SIDE * (lean - other))) > APART for h, other in best):
            best.append((height, lean))
        if len(best) == SIDES_EACH:
            break
    finer = np.linspace(-FINER[0], FINER[0], FINER[1])
    return [_traced(patch, lean + finer, height)[0] for height, lean in best]


def _traced(patch: Any, leans: Any, near: float | None = None) -> list[tuple[float, float]]:
    """(height, lean), the likeliest first: where half of what is below a line is dark, all above it is light, and it
    begins near the end of the leg. `near`: looked for around this height only."""
    import numpy as np

    heights = np.arange(MARGIN - BAND, MARGIN + BAND + 1) if near is None else np.arange(near - 6, near + 7)
    xs = np.linspace(2, 0.96 * SIDE, COLUMNS)
    points = np.empty((len(leans), len(heights), COLUMNS, 2), np.float32)
    points[..., 0] = MARGIN + xs
    points[..., 1] = heights[None, :, None] + leans[:, None, None] * xs
    seen = at(patch, points)
    inside = patch[MARGIN : MARGIN + SIDE : 2, MARGIN : MARGIN + SIDE : 2]
    contrast = max(1.0, float(np.subtract(*np.percentile(inside, (92, 8)))))
    means, uneven = seen.mean(axis=2) / contrast, seen.std(axis=2) / contrast
    above, below = slice(0, -2 * BESIDE), slice(2 * BESIDE, None)
    middles = heights[BESIDE:-BESIDE]
    scores = np.minimum(means[:, above] - means[:, below], 0.5) - 0.7 * uneven[:, above]
    scores -= FARTHER * np.abs(middles - MARGIN) / BAND
    order = np.argsort(-scores, axis=None)[:200]
    lean_at, height_at = np.unravel_index(order, scores.shape)
    return [(float(middles[j]), float(leans[i])) for i, j in zip(lean_at, height_at, strict=True)]


def _sizes(levels: Any, corners: Any) -> list[Size]:
    """Sizes whose modules alternate along the upper and right side."""
    import numpy as np

    points, ranges = _alternating()
    seen = at(levels, _placed(corners, points))
    found = []
    for size, (start, middle, end) in zip(SIZES, ranges, strict=True):
        shares = [_alternation(seen[start:middle]), _alternation(seen[middle:end])]
        if min(shares) > ALTERNATES / 2 and float(np.mean(shares)) > ALTERNATES:
            found.append(size)
    return found


def _alternation(seen: Any) -> float:
    """1 where every module is darker or lighter than both neighbours in turn, the first dark; about 0 by chance."""
    import numpy as np

    bent = seen[1:-1] - (seen[:-2] + seen[2:]) / 2
    bent[1::2] *= -1  # the second module is light
    return float(bent.sum() / (np.abs(bent).sum() + 1e-6))


@lru_cache(maxsize=1)
def _alternating() -> tuple[Any, list[tuple[int, int, int]]]:
    """The modules of the upper side from the left and of the right side from below, of all sizes, in unit squares."""
    import numpy as np

    parts: list[Any] = []
    ranges, start = [], 0
    for size in SIZES:
        across = (np.arange(size.columns) + 0.5) / size.columns
        down = 1 - (np.arange(size.rows) + 0.5) / size.rows
        parts.append(np.stack([across, np.full_like(across, 0.5 / size.rows)], axis=1))
        parts.append(np.stack([np.full_like(down, 1 - 0.5 / size.columns), down], axis=1))
        ranges.append((start, start + size.columns, start + size.columns + size.rows))
        start = ranges[-1][2]
    return np.concatenate(parts), ranges


@lru_cache(maxsize=64)
def _centres(size: Size, right: float = 0.0, down: float = 0.0) -> Any:
    """Of all modules (rows, columns, 2) in the unit square, moved by parts of a module."""
    import numpy as np

    row, column = np.mgrid[0 : size.rows, 0 : size.columns]
    return np.stack([(column + 0.5 + right) / size.columns, (row + 0.5 + down) / size.rows], axis=2)


def _placed(corners: Any, points: Any) -> Any:
    """From the unit square (..., 2) to where its corners lie."""
    import cv2
    import numpy as np

    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    way = cv2.getPerspectiveTransform(unit, corners.astype(np.float32))
    x, y = points[..., 0], points[..., 1]
    depth = way[2, 0] * x + way[2, 1] * y + way[2, 2]
    return np.stack(
        [(way[0, 0] * x + way[0, 1] * y + way[0, 2]) / depth, (way[1, 0] * x + way[1, 1] * y + way[1, 2]) / depth], -1
    )


def _fit(grid: Grid, placed: list[Any]) -> Any:
    """For each place of the four corners, how much the known modules look like themselves and the others unlike each
    other: at most 1.5."""
    import numpy as np

    known, dark = border(grid.size)
    expected = np.where(dark[known], -1.0, 1.0)
    expected -= expected.mean()
    centres = _centres(grid.size)
    seen = at(grid.levels, np.stack([_placed(corners, centres) for corners in placed]))
    inner, outer = seen[:, ~known], seen[:, known]
    outer = outer - outer.mean(axis=1, keepdims=True)
    alike = (outer @ expected) / (np.linalg.norm(outer, axis=1) * np.linalg.norm(expected) + 1e-6)
    return alike + inner.std(axis=1) / (2 * seen.std() + 1e-6)


def _settled(grid: Grid) -> Grid:
    """The corners moved by parts of a module to where they fit best."""
    import numpy as np

    corners = grid.corners
    for nudge in NUDGES:
        moves = nudge * grid.module_px * np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])
        for _ in range(ROUNDS):
            tried = [corners]
            for corner in range(4):
                for move in moves:
                    moved = corners.copy()
                    moved[corner] += move
                    tried.append(moved)
            best = int(np.argmax(_fit(grid, tried)))
            if best == 0:
                break
            corners = tried[best]
    return Grid(grid.levels, corners, grid.size, grid.offset)
