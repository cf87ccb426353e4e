"""The L of a symbol is found at any turn, dark or light; what has none costs nothing more."""

import cv2
import numpy as np
import pytest

from app.devices.codes import matrix_finder
from tests.support.barcode_pictures import without_code
from tests.support.matrix_pictures import printed, symbol

CODE = np.pad(printed(symbol("COMPTOIR-2026", version=4), 3, 6), 150, constant_values=255)
SIDE, FROM = 16 * 6, 150 + 18


@pytest.mark.parametrize("degrees", [0, 33, 90, 180, 270])
@pytest.mark.parametrize("light", [False, True])
def test_the_corner_of_the_l(degrees: int, light: bool) -> None:
    middle = ((CODE.shape[1] - 1) / 2, (CODE.shape[0] - 1) / 2)
    way = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    picture = cv2.warpAffine(255 - CODE if light else CODE, way, CODE.shape[::-1], borderValue=(0 if light else 255,))
    corner = way @ (FROM - 0.5, FROM + SIDE - 0.5, 1.0)
    likeliest = matrix_finder.ells(picture)[0]  # type: ignore[arg-type]
    assert likeliest.light is light
    assert np.hypot(*(likeliest.corner - corner)) < 3
    assert 0.9 < np.hypot(*(likeliest.upright - likeliest.corner)) / SIDE < 1.1


def test_large_pictures_are_measured_in_their_own_pixels() -> None:
    large = cv2.resize(CODE, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    assert np.hypot(*(matrix_finder.ells(large)[0].corner - 4 * np.array([FROM, FROM + SIDE]))) < 8  # type: ignore[arg-type]


def test_no_more_than_a_few_places_are_named() -> None:
    for seed in range(12):
        assert len(matrix_finder.ells(without_code(np.random.default_rng(seed)).picture)) <= matrix_finder.MOST_CORNERS
    assert matrix_finder.ells(np.full((300, 400), 128, np.uint8)) == []
    assert matrix_finder.ells(np.zeros((1, 1), np.uint8)) == []
