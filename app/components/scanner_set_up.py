"""How the scanner in the hand of this tablet types: its keyboard, what it puts around a code, how a code ends."""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from app.actions import preferences
from app.components.chip_label import chip_label
from app.components.switch_line import switch_line
from app.context import use_workplace
from app.devices.keyboard import set_up_scanner
from app.devices.layouts import KEYBOARDS, Keyboards
from app.devices.wedge import WedgeSettings
from app.i18n import Translations
from app.theme import SPACE_M, SPACE_S
from app.ui import key, part, use_translations

LONGEST = 8


@part
def ScannerSetUp() -> ft.Control:
    """Acts at once and is kept. A text field counts when it is left or submitted, so that half a prefix never does."""
    _, workplace = use_translations(), use_workplace()
    chosen, set_chosen = ft.use_state(preferences.scanner(workplace.database))
    page = ft.context.page

    def choose(settings: WedgeSettings) -> None:
        preferences.choose_scanner(workplace.database, settings)
        set_up_scanner(page, settings)
        set_chosen(settings)

    helper = _("A text, or a function key such as F7")
    around = [
        _around(
            (_("Before every code"), helper), "prefix", chosen.prefix, lambda text: choose(replace(chosen, prefix=text))
        ),
        _around(
            (_("After every code"), helper), "suffix", chosen.suffix, lambda text: choose(replace(chosen, suffix=text))
        ),
    ]
    ends = switch_line(
        _("The scanner presses no key after a code: a pause ends it"),
        chosen.ends == "pause",
        lambda is_on: choose(replace(chosen, ends="pause" if is_on else "key")),
        "settings-scanner-pause-switch",
    )
    lines: list[ft.Control] = [
        ft.Text(_("Keyboard of the scanner"), color=ft.Colors.ON_SURFACE_VARIANT),
        _keyboards(_, chosen.keyboards, lambda keyboards: choose(replace(chosen, keyboards=keyboards))),
        ft.ResponsiveRow(around, spacing=SPACE_M, run_spacing=SPACE_M),
        ends,
    ]
    return ft.Column(lines, spacing=SPACE_M, tight=True)


def _keyboards(_: Translations, chosen: Keyboards, choose: Callable[[Keyboards], None]) -> ft.Control:
    words: dict[Keyboards, str] = {
        "auto": _("Recognise by itself"),
        "same": _("As the tablet"),
        "fr-us": _("American, on a French tablet"),
        "us-fr": _("French, on an American tablet"),
        "de-us": _("American, on a German tablet"),
        "us-de": _("German, on an American tablet"),
    }

    def chip(known: Keyboards) -> ft.Control:
        return ft.Chip(
            label=chip_label(words[known], 14, known == chosen),
            key=key("settings", "keyboards", known, "chip"),
            selected=known == chosen,
            show_checkmark=False,
            on_select=lambda: choose(known),
            padding=ft.Padding.symmetric(vertical=10, horizontal=4),
        )

    return ft.Row([chip(known) for known in KEYBOARDS], wrap=True, spacing=SPACE_S, run_spacing=SPACE_S)


def _around(words: tuple[str, str], name: str, value: str, choose: Callable[[str], None]) -> ft.Control:
    label, helper = words

    def keep(event: ft.Event[ft.TextField]) -> None:
        text = (event.control.value or "").strip()[:LONGEST]
        if text != value:
            choose(text)

    return ft.TextField(
        key=key("settings-scanner", name, "field"),
        label=label,
        helper=helper,
        helper_max_lines=2,
        value=value,
        on_blur=keep,
        on_submit=keep,
        autocorrect=False,
        enable_suggestions=False,
        col={"xs": 12, "sm": 6},
    )
