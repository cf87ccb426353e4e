"""Sheets from below: one question at a time, said in words, answered by one large button."""

from collections.abc import Callable, Sequence

import flet as ft

from app.components.buttons import SHEET_WIDTH_DP
from app.theme import SPACE_L, SPACE_M, bold
from app.ui import part

LOW_DP = 600


def sheet(content: ft.Control, on_dismiss: Callable[[], None], key: str) -> ft.BottomSheet:
    """As high as its content; touching beside it closes it. Show it with `ft.use_dialog`."""
    return ft.BottomSheet(
        # The key is inside: Flet takes a second sheet of the same key for the first one, which is closing.
        ft.Container(
            content,
            key=key,
            padding=ft.Padding.only(left=SPACE_L, right=SPACE_L, bottom=SPACE_L),
            rtl=bool(ft.context.page.rtl),  # what lies over the page does not take its direction
        ),
        on_dismiss=on_dismiss,
        show_drag_handle=True,
        scrollable=True,
        size_constraints=ft.BoxConstraints(max_width=SHEET_WIDTH_DP),
        maintain_bottom_view_insets_padding=True,
    )


@part
def Question(
    title: str,
    controls: Sequence[ft.Control],
    button: ft.Control,
    other: ft.Control | None = None,
    tall: bool = False,
) -> ft.Control:
    """`other`: the way back, where there is one besides touching beside the sheet.

    `tall`: may be longer than the screen, so it scrolls above its buttons. What scrolls takes the whole height in
    Flutter, so a short question scrolls only where the screen itself is low.
    """
    page, head = ft.context.page, ft.Text(title, style=bold(size=20))
    ends: list[ft.Control] = [ft.Row([button])]
    if other is not None:
        ends.append(ft.Row([other], alignment=ft.MainAxisAlignment.CENTER))
    if not tall and (page.height or LOW_DP) >= LOW_DP:
        return ft.Column([head, *controls, *ends], spacing=SPACE_M, tight=True)
    middle = ft.Column(list(controls), spacing=SPACE_M, tight=True, scroll=ft.ScrollMode.AUTO, expand=True)
    return ft.Column([head, middle, *ends], spacing=SPACE_M, tight=True)
