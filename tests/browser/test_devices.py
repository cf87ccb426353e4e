"""The foundation in a real browser: scanner, profile, routing, faults; no request leaves the machine."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import AppServer, Tablet

pytestmark = pytest.mark.browser
EAN, OTHER = "4006381333931", "5901234123457"
# Keys by character and place, as a scanner of another layout presses them: [key, code, whether Shift is held].
PLACES_BURST = """keys => {
  const send = (type, key, code, shiftKey) => window.dispatchEvent(
    new KeyboardEvent(type, {key, code, shiftKey, bubbles: true, cancelable: true}));
  for (const [key, code, shift] of [...keys, ['Enter', 'Enter']]) {
    if (shift) send('keydown', 'Shift', 'ShiftLeft', true);
    ['keydown', 'keyup'].forEach(type => send(type, key, code, !!shift));
    if (shift) send('keyup', 'Shift', 'ShiftLeft', false);
  }
}"""


@pytest.fixture
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server([sys.executable, str(Path(__file__).with_name("device_demo.py"))])


def test_a_wedge_burst_is_read_with_and_without_a_focused_field(
    server: AppServer, tablet: Callable[..., Tablet]
) -> None:
    desk = tablet(server, "/?pair=AB-12")
    desk.sees("pairing AB-12")
    desk.scan("P-12ab")
    desk.sees("wedge read P-12ab")
    desk.page.get_by_label("Type here").click()
    desk.scan(EAN)
    desk.sees(f"wedge read {EAN}")
    desk.page.keyboard.type("12345", delay=90)
    desk.page.keyboard.press("Enter")
    desk.scan(OTHER)
    desk.sees(f"wedge read {OTHER}")
    assert "read 12345" not in desk.texts()
    desk.screenshot("foundation-wedge")


def test_real_key_presses_have_the_names_the_recogniser_knows(server: AppServer, tablet: Callable[..., Tablet]) -> None:
    desk = tablet(server)
    desk.sees("language English")
    # A busy machine may press its keys as slowly as a person: that is not a scan, so it tries again.
    for _ in range(8):
        desk.scan_by_keys("P-12ab/C.")
        desk.page.wait_for_timeout(1000)
        if "wedge read P-12ab/C." in desk.texts():
            break
    desk.sees("wedge read P-12ab/C.")


def test_a_focused_field_keeps_what_a_person_typed_and_nothing_of_a_scanner(
    server: AppServer, tablet: Callable[..., Tablet]
) -> None:
    desk = tablet(server)
    desk.sees("language English")
    field = desk.page.get_by_label("Type here")
    # As above: a busy machine may make a person of the scanner, whose text then rightly stays; and Flutter takes a
    # field's text from a moment after it has the focus.
    for _ in range(8):
        field.click()
        desk.page.keyboard.press("Control+A")
        desk.page.keyboard.type("two ", delay=150)
        if not desk.shows("field holds [two ]", within_ms=2000):
            continue
        desk.page.wait_for_timeout(800)
        desk.page.keyboard.type(EAN)
        desk.page.keyboard.press("Enter")
        desk.page.wait_for_timeout(1500)
        if f"wedge read {EAN}" in desk.texts():
            break
    desk.sees(f"wedge read {EAN}")
    desk.sees("field holds [two ]")


def test_an_american_scanner_is_understood_on_a_french_tablet(server: AppServer, tablet: Callable[..., Tablet]) -> None:
    desk = tablet(server)
    desk.sees("language English")
    french = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))
    desk.page.evaluate(PLACES_BURST, [[french[digit], f"Digit{digit}"] for digit in EAN])
    desk.sees(f"wedge read {EAN}")
    own = {"o": ["o", "KeyO"], "c": ["c", "KeyC"], "m": [",", "KeyM"], "p": ["p", "KeyP"], "t": ["t", "KeyT"],
           "i": ["i", "KeyI"], "r": ["r", "KeyR"], "u": ["u", "KeyU"], "n": ["n", "KeyN"], "z": ["w", "KeyZ"],
           ":": ["M", "Semicolon", True], "6": ["-", "Digit6"]}  # fmt: skip
    desk.page.evaluate(PLACES_BURST, [own[char] for char in "comptoir:run:z6"])
    desk.sees("wedge read comptoir:run:z6")


def test_a_profile_is_one_device_across_tabs_and_reloads(server: AppServer, tablet: Callable[..., Tablet]) -> None:
    def key(window: Tablet) -> str:
        window.sees("profile ")
        found = re.search(r"profile (\w+)", window.texts())
        assert found, window.texts()
        return found[1]

    first = tablet(server)
    before = key(first)
    tab = tablet(server, profile=first.page.context)
    other = tablet(server)
    assert key(tab) == before != key(other)
    first.page.reload()
    first.wake()
    assert key(first) == before


def test_routes_dialogs_and_faults_behave(server: AppServer, tablet: Callable[..., Tablet]) -> None:
    desk = tablet(server)
    desk.press("Detail")
    desk.sees("Detail 7")
    assert desk.page.url.endswith("/detail/7")
    desk.press("Count")
    desk.sees("count 1")
    desk.press("Ask")
    desk.sees("Really?")
    desk.press("Yes")
    desk.press("Next")
    desk.sees("Detail 8")
    desk.sees("count 0")
    desk.press("Break")
    desk.sees("Report the code UI-")
    desk.screenshot("foundation-fault")
    desk.press("Back to the work list")
    desk.press("Fail")
    desk.sees("Something went wrong")
    desk.press("Close")
    desk.scan(EAN)
    desk.sees(f"wedge read {EAN}")


def test_the_back_button_and_right_to_left(server: AppServer, tablet: Callable[..., Tablet]) -> None:
    desk = tablet(server, "/detail/3")
    desk.sees("Detail 3")
    desk.press("Back")
    desk.sees("language English")
    desk.press("Language")
    desk.sees("العربية")
    desk.screenshot("foundation-rtl")
