"""What a scanner of one layout types on a tablet of another is translated back by the places of the keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.layouts import _IN_BROWSER, _WRITTEN, Keyboard, Press, readings, translations

LAYOUTS: tuple[Keyboard, ...] = ("us", "fr", "de")
# Characters that have a key in all three layouts, without a dead key or AltGr.
COMMON = st.text("ABCXYZMQWabcxyzmqw0123456789 -_.,:;/!?\"'()&%$=", min_size=1, max_size=30)


def typed(text: str, scanner: Keyboard, tablet: Keyboard, in_browser: bool) -> tuple[Press, ...]:
    """The key names Flet reports when a scanner set to one layout types on a tablet set to another."""
    named = (_IN_BROWSER if in_browser else _WRITTEN)[tablet]
    presses: list[Press] = []
    for char in text:
        shift = next((row for row in (0, 1) if char in _WRITTEN[scanner][row]), None)
        if shift is None:
            presses.append((char, False))
        else:
            presses.append((named[shift][_WRITTEN[scanner][shift].index(char)], bool(shift)))
    return tuple(presses)


@pytest.mark.parametrize(
    ("names", "shifts", "pair", "text"),
    [
        # Read off Chromium: 4006381333931 and P-12ab of an American scanner on a French tablet.
        ("400-381333931", "", ("fr", "us"), "4006381333931"),
        ("P)12QB", "P", ("fr", "us"), "P-12ab"),
        # The same where Flet names the characters themselves (Linux, Android).
        ('\'àà-"è&"""ç"&', "", ("fr", "us"), "4006371333931"),
        ("$CÀ&", "C", ("fr", "us"), "]C01"),
        # A French scanner on an American tablet holds Shift for each digit; in a browser one of them has another name.
        ("!@#$%^&*()", "!@#$%^&*()", ("us", "fr"), "1234567890"),
        ("1234567*90", "1234567*90", ("us", "fr"), "1234567890"),
        # American on German: y and z, and the slash.
        ("ZY-", "", ("de", "us"), "yz/"),
    ],
)
def test_known_bursts(names: str, shifts: str, pair: tuple[Keyboard, Keyboard], text: str) -> None:
    found = list(translations(tuple((name, name in shifts) for name in names), pair))
    assert text in found


@given(COMMON, st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS))
def test_what_was_sent_is_among_the_readings(text: str, scanner: Keyboard, tablet: Keyboard) -> None:
    assert text in translations(typed(text, scanner, tablet, in_browser=False), (tablet, scanner))
    assert text in [reading for _, reading in readings(typed(text, scanner, tablet, in_browser=False))]


@given(st.text("0123456789", min_size=1, max_size=30), st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS))
def test_every_number_survives_a_browser(text: str, scanner: Keyboard, tablet: Keyboard) -> None:
    assert text in translations(typed(text, scanner, tablet, in_browser=True), (tablet, scanner))


def test_a_key_that_the_tablet_does_not_have_gives_no_reading() -> None:
    assert list(translations((("6", False), ("é", False)), ("fr", "us"))) == []


@given(st.lists(st.tuples(st.characters(), st.sampled_from([True, False, None])), max_size=20))
def test_no_keys_raise(presses: list[Press]) -> None:
    assert all(isinstance(text, str) for _, text in readings(presses))
