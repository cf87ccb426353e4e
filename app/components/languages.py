"""The languages by their own names, wherever one may be chosen: a person who cannot read the screen finds theirs."""

from collections.abc import Callable

import flet as ft

from app.actions import preferences
from app.context import use_workplace
from app.i18n import LANGUAGES, Language, language
from app.theme import SPACE_S, TOUCH_TARGET_DP, bold, regular, write_as
from app.ui import UiState, key, part, use_translations, use_ui


def speak(ui: UiState, page: ft.Page, tag: str) -> None:
    """Every text of this window is in that language at once. Call it inside the page's context."""
    chosen = language(tag)
    if chosen.tag != ui.i18n.language:
        ui.passing.take_back()
    write_as(page, chosen.tag, chosen.rtl)
    ui.i18n.language = chosen.tag


@part
def LanguageChooser(screen_name: str) -> ft.Control:
    """All side by side. Keys are `{screen_name}-language-{tag}-chip`."""
    _, choose = use_translations(), use_language_choice()

    def chip(known: Language) -> ft.Control:
        is_chosen = known.tag == _.language.tag
        return ft.Chip(
            label=ft.Text(known.own_name, style=(bold if is_chosen else regular)(size=15)),
            key=key(screen_name, "language", known.tag, "chip"),
            selected=is_chosen,
            on_select=lambda: choose(known.tag),
            padding=ft.Padding.symmetric(vertical=10, horizontal=8),
        )

    return ft.Row([chip(known) for known in LANGUAGES], wrap=True, spacing=SPACE_S, run_spacing=SPACE_S)


@part
def LanguageMenu(screen_name: str) -> ft.Control:
    """Where something else matters more: one button that names the language and opens the others.

    Keys are `{screen_name}-language-menu` and `{screen_name}-language-{tag}-button`.
    """
    _, choose = use_translations(), use_language_choice()
    face: list[ft.Control] = [
        ft.Icon(ft.Icons.LANGUAGE, size=22),
        ft.Text(_.language.own_name, style=bold(size=15)),
        ft.Icon(ft.Icons.ARROW_DROP_DOWN, size=22),
    ]
    menu = ft.PopupMenuButton(
        ft.Container(
            ft.Row(face, spacing=SPACE_S, tight=True), height=TOUCH_TARGET_DP, alignment=ft.Alignment.CENTER_LEFT
        ),
        key=key(screen_name, "language", "menu"),
        items=language_items(screen_name, _.language, choose),
        tooltip=_("Language"),
    )
    return ft.Row([menu])


def language_items(screen_name: str, spoken: Language, choose: Callable[[str], None]) -> list[ft.PopupMenuItem]:
    def item(known: Language) -> ft.PopupMenuItem:
        return ft.PopupMenuItem(
            known.own_name,
            key=key(screen_name, "language", known.tag, "button"),
            checked=known == spoken,
            on_click=lambda: choose(known.tag),
        )

    return [item(known) for known in LANGUAGES]


def use_language_choice() -> Callable[[str], None]:
    """The device remembers the choice for its next start."""
    ui, workplace = use_ui(), use_workplace()

    def choose(tag: str) -> None:
        speak(ui, ft.context.page, tag)
        preferences.choose_language(workplace.database, tag)

    return choose
