"""Lays the grid of a QR code's modules over a picture: moved, turned and tilted until what every code shows (the
squares of the corners, the dotted lines between them, the small squares) lies where the picture has it."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from app.devices.codes.finders import FEWEST_MODULES, MOST_MODULES, Corners

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

FINE = 3  # samples along a side of a module
BORDER = 2  # modules around the code that are sampled, too
SOFTNESS = 0.45  # in modules, of what is compared
EVEN_MODULES = 9
FITS = 0.45  # the least correlation
ROUGH_ROUNDS, ROUNDS = 5, 8
SETTLED = 0.002
UNSURE = 0.13  # how far the corners' sizes may be wrong about the number of modules
LIKELIEST = 2
FARTHEST_MODULES = 3  # that the small square may lie from where three corners put it


class Grid(NamedTuple):
    """`place` (3 x 3) leads from modules to pixels; `fit`: correlation of what is known with the picture."""

    modules: int
    place: Any
    fit: float = -1.0


class Known(NamedTuple):
    """What every code of a size shows. `bits`: 1 light, -1 dark, 0 unknown, with a border; `soft`: the same, `FINE` and
    soft; `told` where that is known, `sides` of it the squares of the corners and the dotted lines."""

    bits: Any
    soft: Any
    told: Any
    sides: Any


def laid(grey: "Picture", corners: Corners) -> Iterator[Grid]:
    """The grids that fit, of those with about as many modules as the sizes of the corners say; the likeliest first."""
    sizes = range(FEWEST_MODULES, MOST_MODULES + 1, 4)
    likely = [size for size in sizes if abs(size - corners.modules) <= max(4.0, UNSURE * size)]
    rough = [_nudged(grey, _flat_on(corners, size), ROUGH_ROUNDS, rough=True) for size in likely]
    for grid in sorted(rough, key=lambda grid: -grid.fit)[:LIKELIEST]:
        if grid.fit >= FITS:
            close = _nudged(grey, _to_small_square(grey, grid), ROUNDS)
            if close.fit >= FITS:
                yield close


def sampled(grey: "Picture", grid: Grid, softness: float) -> Any:
    """The code laid flat, `FINE` samples a module, with its border, freed from light and shade that are wider than the
    squares of its corners. `softness` in modules."""
    import cv2
    import numpy as np

    side = (grid.modules + 2 * BORDER) * FINE
    to_modules = np.array([[1 / FINE, 0, 0.5 / FINE - BORDER], [0, 1 / FINE, 0.5 / FINE - BORDER], [0, 0, 1.0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat: Any = cv2.warpPerspective(
        grey, grid.place @ to_modules, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    flat = cv2.GaussianBlur(flat.astype(np.float32), (0, 0), max(0.3, softness * FINE))
    box = (EVEN_MODULES * FINE,) * 2
    mean = cv2.blur(flat, box)
    spread = np.sqrt(np.maximum(cv2.blur(flat * flat, box) - mean * mean, 1.0))
    return (flat - mean) / spread


def _flat_on(corners: Corners, modules: int) -> Grid:
    """As if looked at from straight above."""
    import numpy as np

    corner, right, below = (np.array([spot.x, spot.y]) for spot in (corners.corner, corners.right, corners.below))
    across, down = (right - corner) / (modules - 7), (below - corner) / (modules - 7)
    place = np.eye(3)
    place[:2, 0], place[:2, 1], place[:2, 2] = across, down, corner - 3.5 * (across + down)
    return Grid(modules, place)


def _nudged(grey: "Picture", grid: Grid, rounds: int, rough: bool = False) -> Grid:
    """By Gauss and Newton: at each round the move that explains best how the picture differs. `rough`: from what lies
    along two sides only, and at first without a tilt."""
    import numpy as np

    known = known_of(grid.modules)
    told = known.sides if rough else known.told
    wanted = known.soft[told]
    half, middle = grid.modules / 2 + BORDER, grid.modules / 2
    unit = np.array([[half, 0, middle], [0, half, middle], [0, 0, 1.0]])  # from -1 to 1 over the whole
    best = grid
    for at in range(rounds + 1):
        seen = sampled(grey, grid, SOFTNESS)
        fit = float(np.corrcoef(seen[told], wanted)[0, 1])
        if fit < best.fit + SETTLED and at > 2:
            return max(best, grid._replace(fit=fit), key=lambda one: one.fit)
        if fit > best.fit:
            best = grid._replace(fit=fit)
        if at < rounds:
            move = _move(seen, told, wanted, tilt=not rough or at >= 2)
            place = grid.place @ unit @ move @ np.linalg.inv(unit)
            grid = grid._replace(place=place / place[2, 2])
    return best


def _move(seen: Any, told: Any, wanted: Any, tilt: bool) -> Any:
    """What is to be done to the grid (3 x 3, in units of half its side)."""
    import cv2
    import numpy as np

    half = seen.shape[0] / 2
    v, u = ((at - half + 0.5) / half for at in np.nonzero(told))
    x = cv2.Scharr(seen, cv2.CV_32F, 1, 0)[told] / 32 * half
    y = cv2.Scharr(seen, cv2.CV_32F, 0, 1)[told] / 32 * half
    turned = x * u + y * v
    ways = [x, x * u, x * v, y, y * u, y * v, *([-u * turned, -v * turned] if tilt else []), np.ones_like(u)]
    slopes = np.stack(ways, axis=1)
    here = seen[told]
    normal = slopes.T @ slopes
    normal[np.diag_indices_from(normal)] = normal.diagonal() * 1.02 + 1e-6
    step = np.linalg.solve(normal, slopes.T @ (wanted * here.std() / wanted.std() - here))[:-1]
    a, b, c, d, e, f, g, h = [*step, 0.0, 0.0][:8]
    return np.array([[1 + b, c, a], [e, 1 + f, d], [g, h, 1.0]])


def _to_small_square(grey: "Picture", grid: Grid) -> Grid:
    """Three corners say little about the fourth: the grid is drawn to where the small square near it is seen."""
    import cv2
    import numpy as np

    if grid.modules == FEWEST_MODULES:
        return grid
    square = np.zeros((5, 5), np.float32)
    _rings_into(square, 2, 2, 2)
    soft = cv2.GaussianBlur(square.repeat(FINE, 0).repeat(FINE, 1), (0, 0), SOFTNESS * FINE)
    middle, far = grid.modules - 6.5, grid.modules - 3.5
    left = round((middle + BORDER - 2.5 - FARTHEST_MODULES) * FINE)
    window = slice(left, left + (5 + 2 * FARTHEST_MODULES) * FINE)
    alike = cv2.matchTemplate(sampled(grey, grid, SOFTNESS / 2)[window, window], soft, cv2.TM_CCOEFF_NORMED)
    _, top, _, at = cv2.minMaxLoc(alike)
    if top < FITS:
        return grid
    seen = [(left + place) / FINE + 2.5 - BORDER for place in at]
    ends = [[3.5, 3.5], [far, 3.5], [3.5, far]]
    ideal, here = (np.array([*ends, last], dtype=np.float32) for last in ([middle, middle], seen))
    return grid._replace(place=grid.place @ cv2.getPerspectiveTransform(ideal, here))


@cache
def known_of(modules: int) -> Known:
    """By ISO/IEC 18004."""
    import cv2
    import numpy as np

    bits = np.zeros((modules, modules), np.float32)
    dots = np.where(np.arange(modules) % 2 == 0, -1.0, 1.0)
    for x, y in _small_squares(modules):
        _rings_into(bits, x, y, 2)
    bits[6, 8:-8] = bits[8:-8, 6] = dots[8:-8]
    bits[-8, 8] = -1
    for x, y in ((3, 3), (modules - 4, 3), (3, modules - 4)):
        _rings_into(bits, x, y, 4)
    bits = np.pad(bits, BORDER)
    fine = bits.repeat(FINE, 0).repeat(FINE, 1)
    sides = fine != 0
    sides[(BORDER + 9) * FINE :, (BORDER + 9) * FINE :] = False
    return Known(bits, cv2.GaussianBlur(fine, (0, 0), SOFTNESS * FINE), fine != 0, sides)


def _rings_into(bits: Any, x: int, y: int, reach: int) -> None:
    """A square of rings, dark and light in turn; the large one has three modules of dark in its middle."""
    for ring in range(reach, -1, -1):
        light = ring in (2, 4) if reach == 4 else ring == 1
        bits[max(0, y - ring) : y + ring + 1, max(0, x - ring) : x + ring + 1] = 1 if light else -1


def _small_squares(modules: int) -> list[tuple[int, int]]:
    """Their middles."""
    version = (modules - 17) // 4
    if version == 1:
        return []
    count = version // 7 + 2
    step = (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    line = [6, *(modules - 7 - step * at for at in range(count - 1))]
    corners = {(6, 6), (6, modules - 7), (modules - 7, 6)}
    return [(x, y) for x in line for y in line if (x, y) not in corners]
