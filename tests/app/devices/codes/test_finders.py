"""The squares of a QR code are found at their places and in their order; three blots are none."""

import numpy as np
import pytest

from app.devices.codes import finders
from app.devices.codes.finders import Spot
from tests.support.barcode_clip import on_table, qr
from tests.support.barcode_pictures import without_code

MODULE_PX = 6
CODE = np.ascontiguousarray(on_table(qr("comptoir:shelf:A-12-3", MODULE_PX))[:, :, 0])
MODULES = qr("comptoir:shelf:A-12-3", 1).shape[0] - 8


@pytest.mark.parametrize("negative", [False, True])
def test_the_three_squares_are_found_to_a_fraction_of_a_module(negative: bool) -> None:
    picture, corners = finders.find(255 - CODE if negative else CODE, 1200)[0]
    assert (picture == CODE).all()
    away = (MODULES / 2 - 3.5) * MODULE_PX
    for spot, (x, y) in zip((corners.corner, corners.right, corners.below), [(-1, -1), (1, -1), (-1, 1)], strict=True):
        assert abs(spot.x - 639.5 - x * away) < MODULE_PX / 2
        assert abs(spot.y - 359.5 - y * away) < MODULE_PX / 2
    assert abs(corners.modules - MODULES) < 0.13 * MODULES


def test_a_turned_code_keeps_its_order() -> None:
    _, corners = finders.find(np.ascontiguousarray(np.rot90(CODE)), 1200)[0]
    assert corners.right.y < corners.corner.y  # turned to the left, its upper side runs upwards
    assert corners.below.x > corners.corner.x


def test_three_in_a_row_are_no_corners() -> None:
    row = (Spot(100.0, 100.0, 4.0, 0.9), Spot(200.0, 100.0, 4.0, 0.9), Spot(300.0, 100.0, 4.0, 0.9))
    assert finders._three(row) is None
    square = (Spot(100.0, 100.0, 4.0, 0.9), Spot(200.0, 100.0, 4.0, 0.9), Spot(100.0, 200.0, 4.0, 0.9))
    assert finders._three(square) is not None


def test_grain_letters_and_checks_have_no_corners() -> None:
    seen = [
        finders.find(without_code(np.random.default_rng(340_000 + seed), hard=0.3).picture, 720) for seed in range(20)
    ]
    assert sum(bool(found) for found in seen) <= 1
