"""Pairing ends in a store or in a sentence, and never waits without an end."""

import asyncio
from pathlib import Path

import pytest

from app.context import PairingRefused
from app.devices.scanning import Scan
from app.screens import pair
from app.screens.pair import PairScreen
from tests.support.workplace import IDENTITY, Place, shown, workplace


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return workplace(tmp_path, paired=False, filled=False)


async def test_a_typed_code_pairs_the_device(place: Place) -> None:
    async with shown(PairScreen, "/", place, size=(360, 740)) as h:
        assert h.find("pair-button").disabled
        await h.type("pair-code-field", "AB-12")
        await h.type("pair-name-field", "Tablet 3")
        await h.click("pair-button")
    assert place.link.asked == [("AB-12", "Tablet 3")]
    assert place.session.identity == IDENTITY


async def test_a_scanned_code_pairs_at_once_and_another_code_is_refused(place: Place) -> None:
    async with shown(PairScreen, "/", place) as h:
        await place.ui.scans.publish(Scan("4006381333931", "wedge"))
        await h.settle()
        assert any("This is not a pairing code" in text for text in h.texts())
        await place.ui.scans.publish(Scan("comptoir:enrol:XY-99", "camera"))
        await h.settle()
    assert place.link.asked == [("XY-99", "")]


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        ("enrolment_code_unknown", "This pairing code does not exist. Check it, or ask for a new one."),
        ("enrolment_code_expired", "This pairing code has expired. Ask for a new one."),
        ("enrolment_code_other_store", "This pairing code is for another store."),
        ("unreachable", "The core cannot be reached. Check the Wi-Fi and try again."),
    ],
)
async def test_a_refusal_is_a_sentence_and_it_can_be_tried_again(place: Place, problem: str, sentence: str) -> None:
    place.link.answer = PairingRefused(problem)
    async with shown(PairScreen, "/", place) as h:
        await h.type("pair-code-field", "AB-12")
        await h.submit("pair-code-field")
        assert sentence in h.texts()
        assert h.find("pair-button").disabled is False
    assert place.session.identity is None


async def test_a_core_that_never_answers_is_not_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair, "ENDS_AFTER_S", 0.05)
    place.link.answer = None
    async with shown(PairScreen, "/", place) as h:
        await h.type("pair-code-field", "AB-12")
        pressed = h.session.dispatch_event(h.find("pair-button")._i, "click", None)
        task = asyncio.ensure_future(pressed)
        await h.until(lambda: h.has("pair-waiting-text"))
        await h.until(lambda: "The core cannot be reached. Check the Wi-Fi and try again." in h.texts())
        await task


async def test_a_code_in_the_address_is_waited_for_and_its_refusal_is_said(place: Place) -> None:
    place.session.pair_code = "AB-12"
    async with shown(PairScreen, "/", place) as h:
        assert h.has("pair-waiting-text")
        place.session.pair_refusal = "enrolment_code_used"
        await h.settle()
        assert "This pairing code was already used. Ask for a new one." in h.texts()
        assert h.find("pair-code-field").value == "AB-12"


async def test_the_language_is_chosen_before_anything_else(place: Place) -> None:
    async with shown(PairScreen, "/", place) as h:
        await h.click("pair-language-ar-button")
        assert place.ui.i18n.language == "ar"
        assert h.page.rtl
