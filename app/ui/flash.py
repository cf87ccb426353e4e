"""Shows the answer to a scan around the whole screen, so that it is seen from the corner of the eye."""

import flet as ft

from app.theme import is_dark, tone
from app.ui.hooks import use_ui
from app.ui.screen import part

FRAME_DP = 10


@part
def FlashFrame(content: ft.Control) -> ft.Control:
    """A frame in the colour of the last answer for as long as it lasts; without one it takes the same room.

    Its key never changes: another key would build everything inside anew, camera and scroll position included.
    """
    flash, _set = ft.use_state(use_ui().flash)
    colour = tone(flash.verdict, is_dark(ft.context.page)).fill if flash.verdict else ft.Colors.TRANSPARENT
    return ft.Container(
        content,
        key="flash-frame",
        data=flash.verdict,
        border=ft.Border.all(FRAME_DP, colour),
        expand=True,
    )
