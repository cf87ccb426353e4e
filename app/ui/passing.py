"""A sentence that comes over the screen and goes again by itself: nobody's work is held up by it."""

import flet as ft

from app.theme import SPACE_M

ABOVE_BAR_DP = 96
TOLD_FOR = ft.Duration(seconds=8)


class Passing:
    """What one window shows in passing now."""

    def __init__(self) -> None:
        self._shown: list[ft.SnackBar] = []

    def tell(self, page: ft.Page, text: str, action: ft.SnackBarAction | None = None) -> None:
        """Above the bar of the screen. Call it in the page's context."""
        bar: ft.SnackBar = ft.SnackBar(
            ft.Text(text), duration=TOLD_FOR, action=action, persist=False, behavior=ft.SnackBarBehavior.FLOATING,
            margin=ft.Margin.only(left=SPACE_M, right=SPACE_M, bottom=ABOVE_BAR_DP),
            on_dismiss=lambda: self._shown.remove(bar),
        )  # fmt: skip
        self._shown.append(bar)
        page.show_dialog(bar)

    def take_back(self) -> None:
        """All of it, before its time: it speaks a language that the window does not speak any more."""
        for bar in self._shown:
            bar.open = False
            bar.update()
