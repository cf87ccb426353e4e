"""Shows the answer to a scan around the whole screen, so that it is seen from the corner of the eye."""

import flet as ft

from app.theme import is_dark, tone
from app.ui.hooks import use_ui
from app.ui.screen import part

FRAME_DP = 10


def FlashFrame(content: ft.Control) -> ft.Stack:
    """`content` under a frame in the colour of the last answer, for as long as that lasts.

    The frame lies over the content and does not hold it: a component that redraws by itself cuts the controls it was
    given off from the page, and their methods (camera, focus) stop working.
    """
    return ft.Stack([content, _Frame()], expand=True)


@part
def _Frame() -> ft.Control:
    flash, _set = ft.use_state(use_ui().flash)
    colour = tone(flash.verdict, is_dark(ft.context.page)).fill if flash.verdict else ft.Colors.TRANSPARENT
    return ft.Container(
        key="flash-frame",
        data=flash.verdict,
        border=ft.Border.all(FRAME_DP, colour),
        ignore_interactions=True,
        left=0,
        top=0,
        right=0,
        bottom=0,
    )
