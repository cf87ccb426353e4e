"""The picture fills its box without being bent, and a code is shown as a person would write it."""

import pytest

from app.ui.camera_parts import cover, spelled


@pytest.mark.parametrize("box", [(328.0, 220.0), (472.0, 265.0), (1260.0, 340.0), (200.0, 340.0)])
@pytest.mark.parametrize("picture", [(1280, 720), (720, 1280), (640, 480)])
def test_the_picture_covers_the_box_around_its_middle(box: tuple[float, float], picture: tuple[int, int]) -> None:
    left, top, wide, high = cover(box, picture)
    assert wide / high == pytest.approx(picture[0] / picture[1])
    assert wide == pytest.approx(box[0]) or high == pytest.approx(box[1])
    assert left <= 1e-9
    assert top <= 1e-9
    assert left + wide / 2 == pytest.approx(box[0] / 2)
    assert top + high / 2 == pytest.approx(box[1] / 2)


def test_a_code_is_shown_without_what_draws_nothing() -> None:
    assert spelled("]C1010950600013435\x1d10AB") == "010950600013435 10AB"
    assert spelled("4006381333931") == "4006381333931"
