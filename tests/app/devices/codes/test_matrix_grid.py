"""The grid lies on the modules, and a symbol that is cut off or does not alternate has none."""

import numpy as np

from app.devices.codes import matrix_finder, matrix_grid
from tests.support.matrix_pictures import printed, symbol

MODULES = symbol("COMPTOIR-2026 4711")
PICTURE = np.pad(printed(MODULES, 2, 6), 60, constant_values=180)


def test_modules_are_sampled_where_they_are() -> None:
    grid = next(matrix_grid.grids(PICTURE, matrix_finder.ells(PICTURE)[0]))
    assert (grid.size.rows, grid.size.columns) == MODULES.shape
    assert 5.8 < grid.module_px < 6.2
    assert ((grid.sampled(0.2) < 128) == (MODULES < 128)).all()


def test_corners_are_those_of_the_symbol() -> None:
    grid = next(matrix_grid.grids(PICTURE, matrix_finder.ells(PICTURE)[0]))
    low, high_x, high_y = 72, 72 + 6 * MODULES.shape[1], 72 + 6 * MODULES.shape[0]
    asked = np.array([(low, low), (high_x, low), (high_x, high_y), (low, high_y)])
    assert np.abs(np.array(grid.in_picture) - asked).max() <= 3


def test_what_does_not_alternate_has_no_grid() -> None:
    torn = MODULES.copy()
    torn[0], torn[:, -1] = 0, 0  # a frame instead
    picture = np.pad(printed(torn, 2, 6), 60, constant_values=180)
    sizes = [
        grid.size
        for ell in matrix_finder.ells(picture)
        for grid in matrix_grid.grids(picture, ell)
    ]  # fmt: skip
    assert not any((size.rows, size.columns) == MODULES.shape for size in sizes)
