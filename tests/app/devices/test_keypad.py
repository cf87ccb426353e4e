"""Numbers typed with Alt become the characters they stand for, however many digits each was sent with."""

from hypothesis import given
from hypothesis import strategies as st

from app.devices.keypad import from_alt_digits

SENT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@given(SENT)
def test_every_way_to_send_the_numbers_is_read(text: str) -> None:
    for width in ("d", "03d", "04d"):
        assert from_alt_digits("".join(format(ord(char), width) for char in text)) == text


def test_a_separator_is_sent_as_its_number() -> None:
    assert from_alt_digits("0029") == from_alt_digits("029") == "\x1d"


@given(st.text("0123456789", max_size=40))
def test_no_digits_raise(digits: str) -> None:
    assert len(from_alt_digits(digits)) <= len(digits)
