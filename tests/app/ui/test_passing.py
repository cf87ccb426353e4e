"""A sentence in passing lies over the screen with what can be done about it, and goes by itself."""

import flet as ft

from app.ui.passing import tell_in_passing
from tests.support.flet_harness import flet_main


async def test_a_sentence_in_passing_is_shown_with_its_action_and_does_not_stay() -> None:
    look = ft.SnackBarAction("Look")

    def main(page: ft.Page) -> None:
        tell_in_passing(page, "New offer", look)

    async with flet_main(main) as h:
        assert "New offer" in h.texts()
        (shown,) = [dialog for dialog in h.page._dialogs.controls if isinstance(dialog, ft.SnackBar)]
        assert (shown.persist, shown.duration, shown.action) == (False, ft.Duration(seconds=8), look)
