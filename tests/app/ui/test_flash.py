"""The frame shows the last answer, and what is inside is not built anew by it."""

import flet as ft

from app.theme import LIGHT_TONES
from app.ui import FlashFrame, UiState
from tests.support.flet_harness import flet_part


async def test_the_frame_takes_the_colour_of_the_answer_and_loses_it() -> None:
    ui = UiState()
    async with flet_part(lambda: FlashFrame(ft.Text("inside", key="inside")), ui=ui) as h:
        ui.flash.verdict = "error"
        await h.settle()
        frame = h.find("flash-frame")
        assert (frame.data, frame.border.top.color) == ("error", LIGHT_TONES["error"].fill)
        assert h.find("inside").page is h.page
        ui.flash.verdict = None
        await h.settle()
        assert h.find("flash-frame").border.top.color == ft.Colors.TRANSPARENT
