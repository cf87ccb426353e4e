"""How far something is, as numbers and as a bar; and what a list says when there is nothing in it."""

import flet as ft

from app.theme import SPACE_M, SPACE_S, SPACE_XL, bold, regular
from app.ui import part, use_translations


@part
def ProgressLine(done: int, asked: int, text: str = "") -> ft.Control:
    """`text` instead of "3 of 8"."""
    _ = use_translations()
    words = text or _("{done} of {asked}").format(done=_.number(done), asked=_.number(asked))
    share = min(1.0, done / asked) if asked else 0.0
    return ft.Row(
        [
            ft.ProgressBar(value=share, bar_height=8, border_radius=4, expand=True),
            ft.Text(words, style=regular(size=14), color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=SPACE_S,
    )


@part
def EmptyState(icon: ft.IconData, title: str, text: str = "", button: ft.Control | None = None) -> ft.Control:
    """Says why nothing is here, and what to do, where there is something to do."""
    lines: list[ft.Control] = [
        ft.Icon(icon, size=56, color=ft.Colors.OUTLINE),
        ft.Text(title, style=bold(size=20), text_align=ft.TextAlign.CENTER),
    ]
    if text:
        lines.append(ft.Text(text, color=ft.Colors.ON_SURFACE_VARIANT, text_align=ft.TextAlign.CENTER))
    if button is not None:
        lines.append(button)
    return ft.Container(
        ft.Column(lines, horizontal_alignment=ft.CrossAxisAlignment.CENTER, spacing=SPACE_M, tight=True),
        key="empty-state",
        alignment=ft.Alignment.CENTER,
        padding=SPACE_XL,
    )
