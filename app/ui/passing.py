"""A sentence that comes over the screen and goes again by itself: nobody's work is held up by it."""

import flet as ft

from app.theme import SPACE_M

ABOVE_BAR_DP = 96
TOLD_FOR = ft.Duration(seconds=8)


def tell_in_passing(page: ft.Page, text: str, action: ft.SnackBarAction | None = None) -> None:
    """Above the bar of the screen. Call it in the page's context."""
    page.show_dialog(
        ft.SnackBar(
            ft.Text(text), duration=TOLD_FOR, action=action, persist=False, behavior=ft.SnackBarBehavior.FLOATING,
            margin=ft.Margin.only(left=SPACE_M, right=SPACE_M, bottom=ABOVE_BAR_DP),
        )
    )  # fmt: skip
