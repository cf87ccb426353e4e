"""A sentence in passing lies over the screen with what can be done about it, and goes by itself."""

from typing import Any

import flet as ft

from app.components.languages import speak
from app.ui import UiState
from tests.support.flet_harness import flet_main


def bars(page: Any) -> list[ft.SnackBar]:
    return [dialog for dialog in page._dialogs.controls if isinstance(dialog, ft.SnackBar)]


async def test_a_sentence_in_passing_is_shown_with_its_action_and_does_not_stay() -> None:
    look = ft.SnackBarAction("Look")

    def main(page: ft.Page) -> None:
        UiState().passing.tell(page, "New offer", look)

    async with flet_main(main) as h:
        assert "New offer" in h.texts()
        (shown,) = bars(h.page)
        assert (shown.persist, shown.duration, shown.action) == (False, ft.Duration(seconds=8), look)


async def test_a_sentence_in_passing_goes_with_the_language_it_was_said_in() -> None:
    ui = UiState()

    def main(page: ft.Page) -> None:
        ui.passing.tell(page, "New offer")
        page.add(ft.Button("English", key="same", on_click=lambda: speak(ui, page, "en")))
        page.add(ft.Button("Deutsch", key="other", on_click=lambda: speak(ui, page, "de")))

    async with flet_main(main) as h:
        await h.click("same")
        assert [bar.open for bar in bars(h.page)] == [True]
        (bar,) = bars(h.page)
        await h.click("other")
        assert not bar.open
