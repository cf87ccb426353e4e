"""The grid lies over the code to a fraction of a module, and what is known of a code is what codes show."""

import numpy as np
import pytest
import segno

from app.devices.codes import finders, qr_grid
from tests.support.qr_pictures import Taken, qr_taken

TEXT = "https://example.test/p/4006381333931?c=12345"


@pytest.mark.parametrize("version", [1, 2, 7, 14, 21])
def test_what_is_known_is_in_every_code(version: int) -> None:
    modules = 17 + 4 * version
    bits = qr_grid.known_of(modules).bits[qr_grid.BORDER : -qr_grid.BORDER, qr_grid.BORDER : -qr_grid.BORDER]
    for mask in (0, 5):
        drawn = segno.make("1234", version=version, mask=mask, micro=False).matrix_iter(border=0)
        code = np.array([[-1 if dark else 1 for dark in row] for row in drawn])
        assert (code[bits != 0] == bits[bits != 0]).all()
    assert (bits != 0).sum() >= 3 * 64 + 2 * (modules - 16)


def test_a_tilted_soft_code_is_covered() -> None:
    picture = qr_taken(np.random.default_rng(4), TEXT, Taken(7, 0.8, lean=0.2, blur=0.5))
    picture_of, corners = finders.find(picture, 1200)[0]
    grid = next(qr_grid.laid(picture_of, corners))
    assert grid.modules in {segno.make(TEXT, error=error).symbol_size(border=0)[0] for error in "lmq"}
    assert grid.fit > 0.7


def test_no_grid_fits_where_no_code_lies() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400)).astype(np.uint8)
    corner, right, below = (finders.Spot(x, y, 5.0, 0.6) for x, y in ((100.0, 100.0), (240.0, 100.0), (100.0, 240.0)))
    assert list(qr_grid.laid(noise, finders.Corners(corner, right, below, 35.0))) == []
