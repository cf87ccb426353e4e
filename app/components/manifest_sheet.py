"""The question before a driver's list is closed: how many parcels go, how many stay behind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.components.buttons import primary_button
from app.components.notice import Notice
from app.components.sheet import Question
from app.theme import TOUCH_TARGET_DP, bold, regular
from app.ui import part, use_translations


@dataclass(frozen=True, slots=True)
class CloseAsk:
    """Parcels: `cancelled` of the `going` belong to orders that were cancelled after they were scanned."""

    carrier: str
    going: int
    cancelled: int
    staying: int


@part
def CloseSheet(ask: CloseAsk, on_close: Callable[[], None], on_stay: Callable[[], None]) -> Any:
    _ = use_translations()
    going = _.ngettext("{n} parcel goes with {carrier}.", "{n} parcels go with {carrier}.", ask.going)
    lines: list[ft.Control] = [
        ft.Text(going.format(n=_.number(ask.going), carrier=ask.carrier), key="manifest-going-text",
                style=bold(size=18)),
    ]  # fmt: skip
    if ask.staying:
        staying = _.ngettext("{n} parcel stays behind.", "{n} parcels stay behind.", ask.staying)
        lines.append(
            ft.Text(staying.format(n=_.number(ask.staying)), key="manifest-staying-text", style=regular(size=16))
        )
    if ask.cancelled:
        stopped = _.ngettext(
            "{n} parcel of a cancelled order is on the list. Take it off before the driver leaves.",
            "{n} parcels of cancelled orders are on the list. Take them off before the driver leaves.",
            ask.cancelled,
        ).format(n=_.number(ask.cancelled))
        lines.append(Notice("warn", stopped, name="manifest-cancelled-text"))
    lines.append(ft.Text(_("After that the list cannot be changed."), style=regular(size=15)))
    close = primary_button(
        _("The driver has them: close"), ft.Icons.LOCAL_SHIPPING, on_close, "manifest-confirm-button"
    )
    stay = ft.TextButton(_("Not yet"), on_click=on_stay, key="manifest-stay-button", height=TOUCH_TARGET_DP)
    return Question(_("Close the list?"), lines, close, stay)
