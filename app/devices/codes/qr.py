"""Reads QR codes that are too soft, small, pale or shaded for others.

What every code shows also tells how this picture blurs: from the modules that are known, and from the guesses that
follow, least squares learn which shades around a module make it light or dark. Then the code is drawn anew, and zbar
reads it, with its error correction.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.devices.codes import finders, qr_grid, zbar
from app.devices.codes import symbols as names
from app.devices.codes.qr_grid import BORDER, FINE, Grid

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

SIDE_PX, LIVE_SIDE_PX = 1200, 640
MOST = 6
SOFTNESS = 0.1
CAUTION = 0.03  # of what is learnt, against the noise
LESSONS = 3
DRAWN_MODULE_PX, QUIET_MODULES = 4, 4


def read(grey: "Picture", side_px: int = SIDE_PX, most: int = MOST) -> Iterator[tuple[str, tuple[names.Corner, ...]]]:
    """Texts and their corners in pixels. `side_px`: what `finders.find` may cost; `most`: so many places are tried."""
    taken: list[tuple[float, float]] = []
    for picture, corners in finders.find(grey, side_px)[:most]:
        ends = {(spot.x, spot.y) for spot in (corners.corner, corners.right, corners.below)}
        if ends & set(taken):
            continue  # a corner belongs to one code
        for grid in qr_grid.laid(picture, corners):
            text = _text(picture, grid)
            if text:
                taken += ends
                yield text, _outline(grid)
                break


def _text(grey: "Picture", grid: Grid) -> str:
    """ "" where none of the guesses can be read."""
    for bits in _guesses(qr_grid.sampled(grey, grid, SOFTNESS), grid.modules):
        for seen in zbar.read(_drawn(bits), {names.QR}):
            if _is_plausible(seen.text):
                return seen.text
    return ""


def _guesses(flat: Any, modules: int) -> Iterator[Any]:
    """Light (1) or dark (-1) for each module; each guess learns from the one before, as far as that was sure."""
    import numpy as np

    known = qr_grid.known_of(modules).bits[BORDER:-BORDER, BORDER:-BORDER].ravel().astype(np.float64)
    around = _around(flat, modules)
    wanted, sure = known, np.abs(known)
    for _ in range(LESSONS):
        weighed = around * sure[:, None]
        normal = weighed.T @ around
        normal[np.diag_indices_from(normal)] += CAUTION * normal.trace() / len(normal)
        value = around @ np.linalg.solve(normal, weighed.T @ wanted)
        wanted = np.where(known != 0, known, np.where(value > 0, 1.0, -1.0))
        sure = np.where(known != 0, 1.0, np.minimum(np.abs(value), 1.0))
        yield wanted.reshape(modules, modules)


def _around(flat: Any, modules: int) -> Any:
    """For each module a row of the shades in it and in its neighbours, of those two away the middles; and a 1."""
    import numpy as np

    near = np.lib.stride_tricks.sliding_window_view(flat, (5 * FINE, 5 * FINE))[::FINE, ::FINE]
    close = near[:, :, FINE:-FINE, FINE:-FINE].reshape(modules * modules, -1)
    middles = near[:, :, FINE // 2 :: FINE, FINE // 2 :: FINE].reshape(modules * modules, -1)
    return np.concatenate([close, middles, np.ones((modules * modules, 1))], axis=1).astype(np.float64)


def _drawn(bits: Any) -> "Picture":
    import numpy as np

    picture = np.pad(np.where(bits > 0, 255, 0).astype(np.uint8), QUIET_MODULES, constant_values=255)
    return picture.repeat(DRAWN_MODULE_PX, 0).repeat(DRAWN_MODULE_PX, 1)


def _outline(grid: Grid) -> tuple[names.Corner, ...]:
    side = grid.modules
    ends = (grid.place @ (x, y, 1.0) for x, y in ((0, 0), (side, 0), (side, side), (0, side)))
    return tuple((round(float(x / depth)), round(float(y / depth))) for x, y, depth in ends)


def _is_plausible(text: str) -> bool:
    """What people and shops write: printable, or a separator of lines and elements."""
    separators = "\n\r\t\x04\x1d\x1e"
    return bool(text) and "\ufffd" not in text and all(char.isprintable() or char in separators for char in text)
