"""Scanners as they are found in shops: other layouts, prefixes and suffixes, no end key, two at once."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.devices.layouts import KEYBOARDS, Keyboard, Keyboards
from app.devices.scanning import Scan
from app.devices.wedge import WedgeBuffer, WedgeSettings, is_right
from core.domain.barcodes import Gtin, check_digit, normalise
from tests.app.devices.test_layouts import typed

EAN, OTHER = "4006381333931", "5901234123457"
SSCC = "34012345000000001" + check_digit("34012345000000001")
GS = "\x1d"


def press(buffer: WedgeBuffer, keys, start_ms: float = 1000, gap_ms: float = 6, end: str = "Enter") -> Scan | None:
    """`keys`: (name, shift) pairs, or names."""
    at_ms = start_ms
    for key in keys:
        name, shift = key if isinstance(key, tuple) else (key, False)
        buffer.key(name, bool(shift), at_ms)
        at_ms += gap_ms
    return buffer.key(end, False, at_ms) if end else None


def said(scan: Scan | None) -> str:
    return scan.text if scan else ""


def us(text: str) -> list[tuple[str, bool]]:
    return [(char.upper(), char.isupper()) for char in text]


@pytest.mark.parametrize("in_browser", [True, False])
@pytest.mark.parametrize("scanner", ["us", "fr", "de"])
@pytest.mark.parametrize("tablet", ["us", "fr", "de"])
@pytest.mark.parametrize(
    "text",
    [EAN, "036000291452", SSCC, "]C1" + "00" + SSCC, "comptoir:parcel:" + SSCC, "comptoir:run:0193a-b6Mz",
     "https://id.gs1.org/01/09506000134352/21/Ax6"],
)  # fmt: skip
def test_a_code_with_a_check_is_read_on_any_layout(
    tablet: Keyboard, scanner: Keyboard, text: str, in_browser: bool
) -> None:
    """Brackets have no key of their own in France and Germany: those scanners send the number alone."""
    sent = text if scanner == "us" else text.replace("]C1", "")
    heard = press(WedgeBuffer(), typed(sent, scanner, tablet, in_browser))
    assert heard is not None
    assert normalise(heard.text) == normalise(text)


def test_a_layout_that_a_check_has_shown_reads_what_has_no_check() -> None:
    buffer = WedgeBuffer()
    assert said(press(buffer, typed("AZ-6Q", "us", "fr", True))) == "QW)-A"
    assert said(press(buffer, typed(EAN, "us", "fr", True), 3000)) == EAN
    assert said(press(buffer, typed("AZ-6Q", "us", "fr", True), 6000)) == "AZ-6Q"
    # A scanner like the tablet: what is right as it stands takes the doubt away.
    assert said(press(buffer, typed(EAN, "fr", "fr", True), 9000)) == EAN
    assert said(press(buffer, typed("AZ-6Q", "fr", "fr", True), 12000)) == "AZ-6Q"


@pytest.mark.parametrize(("keyboards", "tablet", "scanner"), [(k, *k.split("-")) for k in KEYBOARDS if "-" in k])
def test_a_layout_that_was_chosen_is_used_from_the_first_code(
    keyboards: Keyboards, tablet: Keyboard, scanner: Keyboard
) -> None:
    buffer = WedgeBuffer(WedgeSettings(keyboards=keyboards))
    assert said(press(buffer, typed("Mzy-1206", scanner, tablet, False))) == "Mzy-1206"
    assert said(press(buffer, typed(EAN, scanner, tablet, True), 4000)) == EAN


def test_a_tablet_set_to_its_own_keyboard_translates_nothing() -> None:
    buffer = WedgeBuffer(WedgeSettings(keyboards="same"))
    assert said(press(buffer, typed(EAN, "us", "fr", True))) == "400-381333931"
    assert said(press(buffer, us("P-12ab"), 4000)) == "P-12ab"


@pytest.mark.parametrize(
    ("settings", "keys", "text"),
    [
        # AIM identifiers: what says nothing is left out, what says GS1 is kept.
        (WedgeSettings(), us("]C0SKU-1"), "SKU-1"),
        (WedgeSettings(), us("]E04006381333931"), "]E04006381333931"),
        # Texts of the shop's own before and after, and function keys in their place.
        (WedgeSettings(prefix="~"), us("12~P-12"), "P-12"),
        (WedgeSettings(prefix="~", suffix="##"), us("~P-12##"), "P-12"),
        (WedgeSettings(prefix="F7"), [*us("left"), "F7", *us("P-12")], "P-12"),
        # FNC1 as a function key, in front, between and at the end.
        (WedgeSettings(), ["F8", *us("010950600013435210AB"), "F8", *us("21777"), "F8"],
         f"{GS}010950600013435210AB{GS}21777"),
        (WedgeSettings(), ["F1", *us(EAN), "F1"], EAN),
        (WedgeSettings(), [f"Numpad {digit}" for digit in EAN], EAN),
    ],
)  # fmt: skip
def test_what_stands_around_a_code_is_taken_off(settings: WedgeSettings, keys, text: str) -> None:
    assert press(WedgeBuffer(settings), keys) == Scan(text, "wedge")


@pytest.mark.parametrize("suffix", ["F9", "#"])
def test_a_suffix_of_one_key_ends_a_code(suffix: str) -> None:
    buffer = WedgeBuffer(WedgeSettings(suffix=suffix))
    assert press(buffer, us("P-12"), end=suffix) == Scan("P-12", "wedge")


def test_control_characters_frame_and_separate() -> None:
    buffer, at_ms = WedgeBuffer(), 1000.0
    for name, ctrl in [("9", False), ("B", True), *[(c, False) for c in "010950600013435210A"], ("]", True),
                       *[(c, False) for c in "2177"]]:  # fmt: skip
        assert buffer.key(name, False, at_ms, ctrl=ctrl) is None
        at_ms += 5
    assert buffer.key("C", False, at_ms, ctrl=True) == Scan(f"010950600013435210a{GS}2177", "wedge")


def test_a_person_who_copies_and_pastes_does_not_disturb() -> None:
    buffer = WedgeBuffer()
    assert buffer.key("V", False, 990, ctrl=True) is None
    assert press(buffer, us(EAN)) == Scan(EAN, "wedge")


def test_characters_sent_as_numbers_with_alt_are_read_on_any_layout() -> None:
    for width in ("d", "03d", "04d"):
        buffer, at_ms = WedgeBuffer(), 1000.0
        for digit in "".join(format(ord(char), width) for char in "P-12ab/C."):
            buffer.key(f"Numpad {digit}", False, at_ms, alt=True)
            at_ms += 4
        assert buffer.key("Enter", False, at_ms) == Scan("P-12ab/C.", "wedge")


def test_altgr_writes_a_character_and_is_no_control_key() -> None:
    buffer, at_ms = WedgeBuffer(), 1000.0
    for name, ctrl in [("Alt Graph", True), ("]", True), *[(c, False) for c in "C1" + EAN.zfill(14)]]:
        buffer.key(name, name == "C", at_ms, ctrl=ctrl)
        at_ms += 4
    assert said(buffer.key("Enter", False, at_ms)).startswith("]C1")


def test_without_an_end_key_a_pause_ends_what_is_right_by_its_check() -> None:
    buffer = WedgeBuffer(WedgeSettings(ends="pause"))
    press(buffer, us(EAN), 1000, 5, end="")
    assert buffer.pause(1100) is None
    assert buffer.pause(1065 + 200) == Scan(EAN, "wedge")
    assert buffer.pause(2000) is None
    press(buffer, us("P-12ab"), 3000, 5, end="")
    assert buffer.pause(3300) is None
    ends_by_key = WedgeBuffer()
    press(ends_by_key, us(EAN), 1000, 5, end="")
    assert ends_by_key.pause(1400) is None


def test_what_a_broken_scan_left_is_no_part_of_the_next_code() -> None:
    buffer = WedgeBuffer()
    press(buffer, us(EAN[:7]), 1000, 5, end="")
    assert press(buffer, us(OTHER), 1000 + 35 + 200, 5) == Scan(OTHER, "wedge")


def test_the_rest_of_a_mixture_is_no_code() -> None:
    buffer = WedgeBuffer()
    mixture = press(buffer, us("AB12CD34EF"), 1000, 3)
    assert mixture is None or not is_right(mixture.text)
    assert press(buffer, us("56GH78"), 1000 + 10 * 3 + 3, 3) is None
    assert press(buffer, us(EAN), 3000, 5) == Scan(EAN, "wedge")


def test_a_rejected_mixture_takes_its_rest_along_but_not_the_next_code() -> None:
    buffer = WedgeBuffer()
    press(buffer, us("12"), 1000, 5, end="")
    buffer.reject()
    assert press(buffer, us(EAN), 1010, 5) is None
    assert press(buffer, us(EAN), 3000, 5) == Scan(EAN, "wedge")


KEYS = st.one_of(
    st.sampled_from(["Enter", "Tab", "Numpad Enter", "Escape", "Shift Left", "Alt Graph", "Control Left", "F8", "F12",
                     "Numpad 7", "Numpad Subtract", "Space", "", "Process", "Unidentified"]),
    st.characters(),
)  # fmt: skip
STORM = st.lists(
    st.tuples(KEYS, st.booleans(), st.floats(0, 900), st.booleans(), st.booleans()), max_size=60
)  # fmt: skip
CHOSEN = st.builds(
    WedgeSettings, st.sampled_from(KEYBOARDS), st.sampled_from(["", "~", "F7"]), st.sampled_from(["", "#", "F9"]),
    st.sampled_from(["key", "pause"]),
)  # fmt: skip


@given(STORM, CHOSEN)
def test_no_keys_in_no_rhythm_raise(storm, settings: WedgeSettings) -> None:
    buffer, at_ms = WedgeBuffer(settings), 0.0
    for name, shift, gap_ms, ctrl, alt in storm:
        at_ms += gap_ms
        heard = buffer.key(name, shift, at_ms, ctrl, alt)
        buffer.pause(at_ms + 160)
        buffer.is_scanning(at_ms)
        assert heard is None or (heard.source == "wedge" and len(heard.text) >= 1)


@given(STORM, st.sampled_from([EAN, SSCC, "P-12ab/C.", "comptoir:shelf:a-1"]), st.floats(1, 30))
def test_a_code_after_a_silence_comes_out_exactly_whatever_stood_before(storm, code: str, gap_ms: float) -> None:
    buffer, at_ms = WedgeBuffer(WedgeSettings(keyboards="same")), 0.0
    for name, shift, before_ms, ctrl, alt in storm:
        at_ms += before_ms
        buffer.key(name, shift, at_ms, ctrl, alt)
    buffer.key("Shift Left", False, at_ms + 400)
    assert press(buffer, us(code), at_ms + 401, gap_ms) == Scan(code, "wedge")


@given(st.sampled_from([EAN, OTHER, SSCC]), st.sampled_from([OTHER, "96385074", "036000291452"]), st.data())
def test_two_scanners_at_once_are_never_taken_for_a_third_code(first: str, second: str, data) -> None:
    """One tenth of all numbers is right by chance: what is said here is that nothing else comes out of a mixture."""
    queues, order = [[*first, "Enter"], [*second, "Enter"]], []
    while any(queues):
        chosen = data.draw(st.sampled_from([queue for queue in queues if queue]))
        order.append(chosen.pop(0))
    halves = "".join(order).split("Enter")
    assume(not any(is_right(half) for half in halves if half not in (first, second)))
    buffer, counted = WedgeBuffer(), set()
    for at, name in enumerate(order):
        heard = buffer.key(name, False, 1000 + at * 3.0)
        if heard is not None and isinstance(normalise(heard.text), Gtin):
            counted.add(heard.text)
    assert counted <= {first, second}
