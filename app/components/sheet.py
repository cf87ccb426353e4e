"""Sheets from below: one question at a time, said in words, answered by one large button."""

from collections.abc import Callable, Sequence

import flet as ft

from app.components.buttons import SHEET_WIDTH_DP
from app.theme import SPACE_L, SPACE_M, bold
from app.ui import part


def sheet(content: ft.Control, on_dismiss: Callable[[], None], key: str) -> ft.BottomSheet:
    """As high as its content; touching beside it closes it. Show it with `ft.use_dialog`."""
    return ft.BottomSheet(
        # The key is inside: Flet takes a second sheet of the same key for the first one, which is closing.
        ft.Container(content, key=key, padding=ft.Padding.only(left=SPACE_L, right=SPACE_L, bottom=SPACE_L)),
        on_dismiss=on_dismiss,
        show_drag_handle=True,
        scrollable=True,
        size_constraints=ft.BoxConstraints(max_width=SHEET_WIDTH_DP),
        maintain_bottom_view_insets_padding=True,
    )


@part
def Question(
    title: str, controls: Sequence[ft.Control], button: ft.Control, other: ft.Control | None = None
) -> ft.Control:
    """`other`: the way back, where there is one besides touching beside the sheet."""
    lines: list[ft.Control] = [ft.Text(title, style=bold(size=20)), *controls, ft.Row([button])]
    if other is not None:
        lines.append(ft.Row([other], alignment=ft.MainAxisAlignment.CENTER))
    return ft.Column(lines, spacing=SPACE_M, tight=True, scroll=ft.ScrollMode.AUTO)
