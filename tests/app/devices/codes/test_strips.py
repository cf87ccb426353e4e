"""Bars are found wherever they lie, turned upright, and every point of a strip leads back to the picture."""

import cv2
import numpy as np
import pytest

from app.devices.codes import strips, zbar
from app.devices.codes.symbols import EVERY
from tests.support.barcode_clip import ean13, on_table

EAN = "4006381333931"


def turned(degrees: float, tilt: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """The picture, and where the corners of the bars are in it."""
    grey = on_table(ean13(EAN, module_px=3, height_px=120))[:, :, 0]
    bars = np.array([[[490, 300], [774, 300], [774, 419], [490, 419]]], dtype=np.float32)
    way = np.vstack([cv2.getRotationMatrix2D((640, 360), degrees, 1.0), [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, 1, 0], [tilt, 0, 1 - 640 * tilt]])
    whole = lean @ way
    corners = cv2.perspectiveTransform(bars, whole)[0]
    return cv2.warpPerspective(np.ascontiguousarray(grey), whole, (1280, 720), borderValue=(120,)), corners


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 138, 260])
@pytest.mark.parametrize("tilt", [0.0, 0.0002])
def test_a_straightened_code_is_read_by_every_row_and_lies_where_it_was(degrees: float, tilt: float) -> None:
    picture, corners = turned(degrees, tilt)
    strip = strips.straighten(picture, strips.regions(picture)[0])
    (seen,) = zbar.read(strip.grey, EVERY, rows=1, columns=0)
    assert (seen.text, seen.lines > 0.5 * strip.grey.shape[0]) == (EAN, True)
    xs = [x for x, _ in seen.points]
    middle = np.mean(strip.corners(min(xs), max(xs)), axis=0)
    assert np.linalg.norm(middle - corners.mean(axis=0)) < 25
    assert strips.regions(picture)[0].holds(*corners.mean(axis=0))


def test_a_flat_picture_has_no_regions() -> None:
    assert strips.regions(np.full((480, 640), 100, dtype=np.uint8)) == []
    assert strips.regions(np.full((1, 1), 100, dtype=np.uint8)) == []


def test_a_code_torn_by_wide_spaces_is_offered_as_one() -> None:
    left = strips.Region((100.0, 100.0), 80.0, 40.0, 0.0, 10.0)
    right = strips.Region((190.0, 102.0), 80.0, 40.0, 0.02, 9.0)
    (one,) = strips._joined([left, right])
    assert one.across == pytest.approx(170, abs=3)
    assert one.centre[0] == pytest.approx(145, abs=3)
    assert strips._joined([left, strips.Region((190.0, 300.0), 80.0, 40.0, 0.0, 9.0)]) == []
