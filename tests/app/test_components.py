"""Shared drawings: the frame with its connection, person and language; answers, choices, codes, numbers, emptiness."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import flet as ft
import pytest

from app.actions import preferences
from app.components import minute
from app.components.answer import use_answer
from app.components.buttons import ActionBar, icon_button, primary_button, secondary_button
from app.components.frame import frame
from app.components.page_column import PageColumn, Section
from app.components.pin_pad import PinPad
from app.components.progress import EmptyState, ProgressLine
from app.components.quantity import QuantityStepper
from app.components.reasons import Choice, ReasonList
from app.components.scan_sheet import use_scan_sheet
from app.ui import screen, use_scans
from core.domain.picking import LineComplete, OverPicked
from tests.support.workplace import shown, shown_part, workplace

PHONE = (360, 740)


@screen
def Sample() -> ft.View:
    banner, answer = use_answer()
    open_sheet = use_scan_sheet()
    heard, set_heard = ft.use_state("")
    amount, set_amount = ft.use_state(1)
    reason, set_reason = ft.use_state("")
    use_scans(lambda scan: set_heard(f"{scan.source} {scan.text}"))
    choices = ReasonList((Choice("a", "Torn", "Stock is lowered"), Choice("b", "Lost")), reason, set_reason)
    bar = ActionBar([
        secondary_button("Camera", ft.Icons.CAMERA, open_sheet, "sample-camera-button"),
        primary_button("Done", ft.Icons.CHECK, lambda: answer(LineComplete()), "sample-done-button"),
    ])  # fmt: skip
    warn = icon_button(ft.Icons.WARNING, "Too many", lambda: answer(OverPicked(2)), "sample-warn-button")
    body = ft.Column([banner, ft.Text(f"{heard}|{reason}"), choices, QuantityStepper(amount, 1, 2, set_amount)])
    return frame("Sample", body, bar, [warn])


async def test_an_answer_is_seen_heard_and_stays_until_the_next(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(Sample, "/sample", place, size=PHONE) as h:
        await h.click("sample-done-button")
        assert h.find("answer-ok-text").value == "This line is complete."
        await h.click("sample-warn-button")
        assert h.find("answer-warn-text").value.startswith("2 units too many")
        assert not h.has("answer-ok-text")
        place.ui.i18n.language = "fr"
        await h.settle()
        assert h.has("answer-warn-text")
    assert place.feedback.given == ["ok", "warn"]


async def test_the_connection_is_told_in_words(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(Sample, "/sample", place, size=PHONE) as h:
        assert "Online" in h.texts()
        place.ui.sync.status = replace(place.ui.sync.status, connection="asking")
        await h.settle()
        assert "Connecting" in h.texts()
        place.offline(minutes=20)
        await h.settle()
        assert any(text.startswith("Offline since 09:40") for text in h.texts())
        place.ui.sync.status = replace(place.ui.sync.status, waiting=999)
        await h.settle()
        assert "999 waiting" in h.texts()


async def test_a_long_silence_and_a_long_queue_are_told_as_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minute, "LOOK_EVERY_S", 0.01)
    place = workplace(tmp_path)
    async with shown(Sample, "/sample", place, size=PHONE) as h:
        place.offline(minutes=8 * 60 - 1)
        await h.settle()
        assert any(text.startswith("Offline since ") for text in h.texts())
        place.now += timedelta(minutes=61)  # nobody touches anything
        await h.until(lambda: "Offline for 9 hours" in h.texts())
        place.ui.sync.status = replace(place.ui.sync.status, waiting=1_204)
        await h.settle()
        assert "Waiting: 1,204. Connect soon" in h.texts()


async def test_the_person_menu_speaks_leads_to_settings_and_signs_out(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(Sample, "/sample", place) as h:
        assert "Ann Peeters" in h.texts()
        await h.click("frame-language-ar-button")
        assert (place.ui.i18n.language, h.page.rtl) == ("ar", True)
        assert preferences.chosen(place.database).language == "ar"
        await h.click("frame-sign-out-button")
        assert place.session.user_id == ""


async def test_a_typed_code_is_a_scan(tmp_path: Path) -> None:
    async with shown(Sample, "/sample", workplace(tmp_path)) as h:
        await h.click("sample-camera-button")
        await h.type("scan-code-field", " K001 ")
        await h.click("scan-code-button")
        assert "typed K001|" in h.texts()
        assert h.find("scan-code-field").value == ""


async def test_reasons_and_quantities_are_chosen_by_large_keys(tmp_path: Path) -> None:
    async with shown(Sample, "/sample", workplace(tmp_path), size=PHONE) as h:
        await h.click("reason-b-button")
        assert "|b" in h.texts()
        assert h.find("quantity-less-button").disabled
        await h.click("quantity-more-button")
        assert h.find("quantity-text").value == "2"
        assert h.find("quantity-more-button").disabled


async def test_progress_is_a_number_and_never_more_than_all(tmp_path: Path) -> None:
    async with shown_part(ProgressLine, 3, 2, place=workplace(tmp_path)) as h:
        assert "3 of 2" in h.texts()
        assert [c.value for c in h.controls() if isinstance(c, ft.ProgressBar)] == [1.0]


async def test_an_empty_page_says_why_and_what_to_do(tmp_path: Path) -> None:
    button = ft.TextButton("Again", key="again")

    def page() -> ft.Control:
        empty = EmptyState(ft.Icons.INBOX, "Nothing here", "Come back later.", button)
        drawn: ft.Control = PageColumn([Section("Work", [empty])])
        return drawn

    async with shown_part(page, place=workplace(tmp_path)) as h:
        assert {"Work", "Nothing here", "Come back later.", "Again"} <= set(h.texts())


async def test_a_pin_has_at_most_eight_digits_and_nothing_is_pressed_while_it_is_checked(tmp_path: Path) -> None:
    pins: list[str] = []
    place = workplace(tmp_path)

    def change(to: Callable[[str], str]) -> None:
        pins.append(to("12345678"))

    async with shown_part(PinPad, "12345678", change, lambda: None, False, place=place) as h:
        await h.click("pin-9-button")
        await h.click("pin-back-button")
        assert pins == ["12345678", "1234567"]
    async with shown_part(PinPad, "1234", change, lambda: None, True, place=place) as h:
        assert h.find("pin-1-button").disabled
        assert h.find("pin-enter-button").disabled
