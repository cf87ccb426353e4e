"""The languages by their own names, wherever one may be chosen: a person who cannot read the screen finds theirs."""

import flet as ft

from app.actions import preferences
from app.context import use_workplace
from app.i18n import LANGUAGES, Language, language
from app.theme import SPACE_S, bold, regular
from app.ui import UiState, key, part, use_translations, use_ui


def speak(ui: UiState, page: ft.Page, tag: str) -> None:
    """Every text of this window is in that language at once. Call it inside the page's context."""
    chosen = language(tag)
    page.rtl = chosen.rtl
    ui.i18n.language = chosen.tag


@part
def LanguageChooser(screen_name: str, centred: bool = False) -> ft.Control:
    """Keys are `{screen_name}-language-{tag}-chip`. The device remembers the choice for its next start."""
    _, ui, workplace = use_translations(), use_ui(), use_workplace()

    def choose(tag: str) -> None:
        speak(ui, ft.context.page, tag)
        preferences.choose_language(workplace.database, tag)

    def chip(known: Language) -> ft.Control:
        is_chosen = known.tag == _.language.tag
        return ft.Chip(
            label=ft.Text(known.own_name, style=(bold if is_chosen else regular)(size=15)),
            key=key(screen_name, "language", known.tag, "chip"),
            selected=is_chosen,
            on_select=lambda: choose(known.tag),
            padding=ft.Padding.symmetric(vertical=10, horizontal=8),
        )

    where = ft.MainAxisAlignment.CENTER if centred else ft.MainAxisAlignment.START
    chips = [chip(known) for known in LANGUAGES]
    return ft.Row(chips, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S, alignment=where)
