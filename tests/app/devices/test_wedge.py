"""A scan is told from typing by its rhythm, on any keyboard layout Flet names, and codes never run together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.scanning import Scan
from app.devices.wedge import WedgeBuffer, character

EAN = "4006381333931"


def press(buffer: WedgeBuffer, text: str, start_ms: float, gap_ms: float) -> float:
    for at, char in enumerate(text):
        assert buffer.key(char.upper(), char.isupper(), start_ms + at * gap_ms) is None
    return start_ms + len(text) * gap_ms


def test_a_burst_ended_by_enter_or_tab_is_a_scan() -> None:
    for end in ("Enter", "Numpad Enter", "Tab"):
        buffer = WedgeBuffer()
        assert buffer.key(end, False, press(buffer, EAN, 1000, 6)) == Scan(EAN, "wedge")


def test_upper_and_lower_case_and_signs_survive() -> None:
    buffer = WedgeBuffer()
    buffer.key("Shift Left", True, 999)
    assert buffer.key("Enter", False, press(buffer, "P-12ab/C.", 1000, 8)) == Scan("P-12ab/C.", "wedge")


@pytest.mark.parametrize(
    ("key", "shift", "char"),
    [("Numpad 7", False, "7"), ("Numpad Subtract", False, "-"), (" ", False, " "), ("A", False, "a"), ("A", True, "A"),
     ("!", True, "!"), ("F1", False, None), ("Arrow Up", False, None), ("Numpad Enter", False, None)],
)  # fmt: skip
def test_key_names_of_flet_become_characters(key: str, shift: bool, char: str | None) -> None:
    assert character(key, shift) == char


def test_a_starved_device_hears_a_code_whose_check_digit_is_right() -> None:
    slow = WedgeBuffer()
    assert slow.key("Enter", False, press(slow, EAN, 1000, 120)) == Scan(EAN, "wedge")
    wrong = WedgeBuffer()
    assert wrong.key("Enter", False, press(wrong, EAN[:-1] + "2", 1000, 120)) is None


def test_a_person_typing_is_not_a_scan_even_when_fast() -> None:
    buffer = WedgeBuffer()
    assert buffer.key("Enter", False, press(buffer, "12345", 0, 90)) is None


def test_enter_alone_or_a_short_burst_is_not_a_scan() -> None:
    buffer = WedgeBuffer()
    assert buffer.key("Enter", False, 10) is None
    assert buffer.key("Enter", False, press(buffer, "12", 1000, 5)) is None


def test_leftovers_are_never_put_in_front_of_the_next_code() -> None:
    buffer = WedgeBuffer()
    end = press(buffer, "40063", 0, 5)
    assert buffer.key("Enter", False, press(buffer, EAN, end + 450, 5)) == Scan(EAN, "wedge")
    assert buffer.key("Enter", False, end + 5000) is None


def test_characters_typed_just_before_a_scan_are_left_out() -> None:
    buffer = WedgeBuffer()
    end = press(buffer, "12", 0, 150)
    assert buffer.key("Enter", False, press(buffer, EAN, end + 50, 5)) == Scan(EAN, "wedge")


def test_a_redraw_in_the_middle_of_a_code_does_not_cut_it() -> None:
    buffer = WedgeBuffer()
    end = press(buffer, EAN[:6], 0, 5)
    end = press(buffer, EAN[6:], end + 250, 0.1)
    assert buffer.key("Enter", False, end) == Scan(EAN, "wedge")


def test_an_arrow_or_escape_key_forgets_what_came_before() -> None:
    buffer = WedgeBuffer()
    end = press(buffer, "123", 0, 5)
    buffer.key("Escape", False, end)
    assert buffer.key("Enter", False, press(buffer, EAN, end + 5, 5)) == Scan(EAN, "wedge")


def test_a_press_during_or_right_after_a_burst_is_its_echo() -> None:
    buffer = WedgeBuffer()
    assert not buffer.is_scanning(0)
    end = press(buffer, "AB 12", 1000, 5)
    assert buffer.is_scanning(end)
    buffer.key("Enter", False, end)
    assert buffer.is_scanning(end + 40)
    assert not buffer.is_scanning(end + 200)


def test_a_press_after_typing_is_meant() -> None:
    buffer = WedgeBuffer()
    end = press(buffer, "1234", 0, 120)
    assert not buffer.is_scanning(end)
    buffer.key("Enter", False, end)
    assert not buffer.is_scanning(end + 5)


@given(
    st.lists(
        st.tuples(st.text("0123456789ABCxyz-/.", min_size=3, max_size=30), st.floats(1, 30)), min_size=1, max_size=5
    )
)
def test_every_code_of_a_series_is_read_as_it_was_sent(codes: list[tuple[str, float]]) -> None:
    buffer, now = WedgeBuffer(), 0.0
    for code, gap_ms in codes:
        end = press(buffer, code, now, gap_ms)
        assert buffer.key("Enter", False, end) == Scan(code, "wedge")
        now = end + 50
