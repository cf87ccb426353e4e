"""Reads Data Matrix (ECC 200) with OpenCV and numpy, for devices that have no other reader of it.

Nothing is said that the symbol's own correction does not prove; where it had to use up more than half of what it can
do, a second look at other points of the modules must say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.devices.codes import matrix_finder, matrix_grid, matrix_text, matrix_words
from app.devices.codes.matrix_grid import Grid
from app.devices.codes.matrix_text import Content

if TYPE_CHECKING:
    from app.devices.codes.symbols import Corner, Picture

BORDER_RIGHT = 0.8  # of the modules that are known beforehand
STRAINED = 0.5
# (blur, to the right, down) in modules: looks at the same grid.
LOOKS = ((0.2, 0.0, 0.0), (0.1, 0.12, 0.1), (0.3, -0.1, 0.05), (0.12, -0.08, -0.14))
SHARPER = (0.0, 0.25)  # how much of what neighbours blurred into a module is taken out again


@dataclass(frozen=True)
class Matrix:
    """`corners` around the symbol, in pixels of the picture."""

    text: str
    gs1: bool
    corners: "tuple[Corner, ...]"


def search(grey: "Picture") -> Iterator[Matrix | None]:
    """One turn for each place that looks like a symbol, and what was read there."""
    read: list[Matrix] = []
    for ell in matrix_finder.ells(grey):
        if any(_holds(one, ell) for one in read):
            continue
        found = _read(grey, ell)
        read += [found] if found is not None else []
        yield found


def _holds(read: Matrix, ell: matrix_finder.Ell) -> bool:
    import cv2
    import numpy as np

    x, y = ((ell.upright + ell.lying) / 2).tolist()
    return cv2.pointPolygonTest(np.array(read.corners, np.float32), (x, y), False) >= 0


def _read(grey: "Picture", ell: matrix_finder.Ell) -> Matrix | None:
    for grid in matrix_grid.grids(grey, ell):
        said = _agreed(grid)
        if said is not None:
            return Matrix(said.text, said.gs1, grid.in_picture)
    return None


def _agreed(grid: Grid) -> Content | None:
    """What one easy look says, or two strained ones."""
    strained: set[bytes] = set()
    for look in LOOKS:
        seen = grid.sampled(*look)
        heard: set[bytes] = set()
        for sharper in SHARPER:
            words = _words(_sharpened(seen, sharper), grid)
            if words is None:
                continue
            if words.strain <= STRAINED or words.data in strained:
                return matrix_text.content(words.data)
            heard.add(words.data)
        strained |= heard
    return None


def _words(seen: Any, grid: Grid) -> matrix_words.Words | None:
    known, dark = matrix_words.border(grid.size)
    modules = seen < _threshold(seen)
    if float((modules[known] == dark[known]).mean()) < BORDER_RIGHT:
        return None
    return matrix_words.corrected(modules, grid.size)


def _threshold(seen: Any) -> Any:
    """Half way between dark and light around each module."""
    import cv2
    import numpy as np

    around = np.ones((7, 7), np.uint8)
    low, high = cv2.erode(seen, around), cv2.dilate(seen, around)
    return cv2.blur((low + high) / 2, (5, 5), borderType=cv2.BORDER_REPLICATE)


def _sharpened(seen: Any, share: float) -> Any:
    import cv2
    import numpy as np

    beside = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4
    return seen + share * (seen - cv2.filter2D(seen, -1, beside, borderType=cv2.BORDER_REPLICATE)) if share else seen
