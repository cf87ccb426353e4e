"""What is asked about an order to collect, one question at a time: which shelf, how much longer, where they wait."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.components.buttons import primary_button
from app.components.collect_facts import locker_offline
from app.components.notice import Notice
from app.components.reasons import Choice, ReasonList
from app.components.scan_sheet import ScanPanel
from app.components.sheet import Question
from app.theme import SPACE_M, SPACE_S, bold
from app.ui import key, part, use_link, use_translations

EXTRA_DAYS = (1, 3, 7, 14)
MESSAGES = ("ready", "reminder")


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
    lines.append(ScanPanel(on_close, manual=may_type, label=_("Name of the shelf"), place="shelf", over=True))
    return ft.Column(lines, spacing=SPACE_M, tight=True)


@part
def ExtendSheet(
    days: tuple[tuple[int, str], ...], on_close: Callable[[], None], on_extend: Callable[[int], Any]
) -> Any:
    """`days`: how many more, and the last day that it then stays; none where the terms allow no more."""
    _ = use_translations()
    chosen, choose = ft.use_state("")
    choices = tuple(
        Choice(
            str(n),
            _.ngettext("{n} more day", "{n} more days", n).format(n=_.number(n)),
            _("until {day}").format(day=day),
        )
        for n, day in days
    )
    if not choices:
        text = ft.Text(_("It was kept as long as this store keeps anything. It cannot stay longer."), key="extend-none")
        close = primary_button(_("Close"), ft.Icons.CLOSE, on_close, "extend-close-button")
        return Question(_("How much longer may it stay?"), [text], close, tall=False)
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
def TellSheet(until: str, on_tell: Callable[[str], Any]) -> Any:
    """Which message is sent once more. `until`: the last day that it stays. Offline it is sent later, and says so."""
    _, online = use_translations(), use_link().online
    chosen, choose = ft.use_state("")
    words = {
        "ready": (_("It is ready"), _("with the code, the address and the opening hours")),
        "reminder": (_("Reminder"), _("that it stays until {day}").format(day=until)),
    }
    choices = tuple(Choice(name, *words[name]) for name in MESSAGES)
    send = (lambda: on_tell(chosen)) if chosen else None
    button = primary_button(_("Send the message"), ft.Icons.FORWARD_TO_INBOX, send, "tell-button")
    text = _("The message is sent again as soon as the core can be reached.")
    later = [] if online else [Notice("warn", text, ft.Icons.CLOUD_OFF, "tell-offline-text")]
    questions: list[ft.Control] = [*later, ReasonList(choices, chosen, choose)]
    return Question(_("What is the customer told?"), questions, button, tall=False)


@part
def LockerSheet(on_ask: Callable[[str], Any]) -> Any:
    """The network may go while it is open: then nothing can be asked, and it says why."""
    _, online = use_translations(), use_link().online
    chosen, choose = ft.use_state("")
    choices = (
        Choice("s", _("Small"), _("a folded shirt, a small box")),
        Choice("m", _("Medium"), _("two boxes of shoes")),
        Choice("l", _("Large"), _("a coat, a lamp")),
    )
    ask = (lambda: on_ask(chosen)) if chosen and online else None
    button = primary_button(_("Ask for a compartment"), ft.Icons.LOCK_OPEN, ask, "locker-ask-button")
    questions: list[ft.Control] = [*([] if online else [locker_offline(_)]), ReasonList(choices, chosen, choose)]
    return Question(_("How large is it?"), questions, button)


def _with(function: Callable[[str], Any], value: str) -> Callable[[], Any]:
    return lambda: function(value)
