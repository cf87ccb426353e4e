"""A sentence that changes what has to be done here: why something waits, who may do it, what goes with it."""

import flet as ft
from babel.lists import format_list

from app.i18n import Translations
from app.theme import RADIUS, SPACE_M, SPACE_S, Meaning, Tone, is_dark, regular, tone
from app.ui import part

QUIET = Tone(ft.Colors.TERTIARY_CONTAINER, ft.Colors.ON_TERTIARY_CONTAINER, ft.Icons.INFO_OUTLINE)


@part
def Notice(kind: Meaning, text: str, icon: ft.IconData | None = None, name: str = "") -> ft.Control:
    """`icon` instead of the one of its meaning; `name` is the key of its text. "info" is quiet: answers are louder."""
    look = QUIET if kind == "info" else tone(kind, is_dark(ft.context.page))
    said = ft.Text(text, key=name or None, expand=True, style=regular(size=15), color=look.ink)
    return ft.Container(
        ft.Row([ft.Icon(icon or look.icon, color=look.ink), said], spacing=SPACE_M),
        bgcolor=look.fill,
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S + 4, horizontal=SPACE_M),
    )


def names_of(_: Translations, people: tuple[str, ...]) -> str:
    """ "Ann Peeters or Bruno Martin"."""
    return str(format_list(people, style="or", locale=_.locale)) if people else _("a manager")
