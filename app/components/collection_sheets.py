"""What is asked about an order to collect, one question at a time: which shelf, how much longer, where they wait."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.components.buttons import primary_button
from app.components.reasons import Choice, ReasonList
from app.components.scan_sheet import ScanPanel
from app.components.sheet import Question
from app.theme import SPACE_M, SPACE_S, bold
from app.ui import key, part, use_translations

EXTRA_DAYS = (1, 3, 7, 14)


@part
def ShelfSheet(title: str, known: tuple[str, ...], may_type: bool, on_close: Callable[[], None],
               on_shelf: Callable[[str], Any]) -> ft.Control:  # fmt: skip
    """`known`: shelves that other orders lie on; one tap where a name may be given without a scan."""
    _ = use_translations()
    lines: list[ft.Control] = [ft.Text(title, style=bold(size=18))]
    lines.append(ft.Text(_("Scan the label of the shelf. Everybody finds the order by it.")))
    if may_type and known:
        chips: list[ft.Control] = [
            ft.OutlinedButton(name, icon=ft.Icons.SHELVES, key=key("shelf", name, "button"), height=48,
                              on_click=_with(on_shelf, name))
            for name in known
        ]  # fmt: skip
        lines.append(ft.Row(chips, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S))
    lines.append(ScanPanel(on_close, manual=may_type, label=_("Name of the shelf")))
    return ft.Column(lines, spacing=SPACE_M, tight=True)


@part
def ExtendSheet(most: int, days: tuple[str, ...], on_extend: Callable[[int], Any]) -> Any:
    """`days`: the new last day of each of `EXTRA_DAYS` that is allowed."""
    _ = use_translations()
    chosen, choose = ft.use_state("")
    allowed = [n for n in EXTRA_DAYS if n <= most]
    choices = tuple(
        Choice(
            str(n),
            _.ngettext("{n} more day", "{n} more days", n).format(n=_.number(n)),
            _("until {day}").format(day=day),
        )
        for n, day in zip(allowed, days, strict=False)
    )
    give = (lambda: on_extend(int(chosen))) if chosen else None
    button = primary_button(_("Give more time"), ft.Icons.MORE_TIME, give, "extend-button")
    return Question(_("How much longer may it stay?"), [ReasonList(choices, chosen, choose)], button, tall=False)


@part
def HereSheet(on_note: Callable[[str], Any]) -> Any:
    _ = use_translations()
    where, set_where = ft.use_state("")
    field = ft.TextField(
        key="here-where-field", label=_("Where (bay, car, colour)"), value=where, max_length=40,
        on_change=lambda e: set_where(e.data), on_submit=lambda: on_note(where),
    )  # fmt: skip
    text = ft.Text(_("The order comes first in the list, with the time they wait."))
    button = primary_button(
        _("The customer is here"), ft.Icons.PERSON_PIN_CIRCLE, lambda: on_note(where), "here-button"
    )
    return Question(_("Where does the customer wait?"), [text, field], button)


@part
def LockerSheet(on_ask: Callable[[str], Any]) -> Any:
    _ = use_translations()
    chosen, choose = ft.use_state("")
    choices = (
        Choice("s", _("Small"), _("a folded shirt, a small box")),
        Choice("m", _("Medium"), _("two boxes of shoes")),
        Choice("l", _("Large"), _("a coat, a lamp")),
    )
    ask = (lambda: on_ask(chosen)) if chosen else None
    button = primary_button(_("Ask for a compartment"), ft.Icons.LOCK_OPEN, ask, "locker-ask-button")
    return Question(_("How large is it?"), [ReasonList(choices, chosen, choose)], button)


def _with(function: Callable[[str], Any], value: str) -> Callable[[], Any]:
    return lambda: function(value)
