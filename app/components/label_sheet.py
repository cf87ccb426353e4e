"""The label of a closed parcel and every way out when it does not come: again, as a file, another carrier, a number
the carrier gave, or later."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import flet as ft

from app.components.answer import AnswerBanner
from app.components.buttons import primary_button, secondary_button
from app.components.reasons import Choice, ReasonList
from app.components.sheet import Question
from app.i18n import Translations
from app.queries.packing import ParcelView
from app.theme import SPACE_M, SPACE_S, TOUCH_TARGET_DP, Meaning, bold, regular
from app.ui import part, use_translations
from app.ui.beside import beside, from_left

Said = tuple[Meaning, str]
Way = Literal["pdf", "zpl", "slip", "file"]


@dataclass(frozen=True, slots=True)
class LabelPresses:
    """`print_it(way, carrier)` answers what to say; `typed(carrier, tracking)` records the carrier's own number."""

    print_it: Callable[[Way, str], Awaitable[Said]]
    typed: Callable[[str, str], None]
    close: Callable[[], None]


@part
def LabelSheet(parcel: ParcelView, carriers: tuple[tuple[str, str], ...], presses: LabelPresses) -> Any:
    _ = use_translations()
    said, set_said = ft.use_state(("info", ""))
    busy, set_busy = ft.use_state(False)
    carrier, set_carrier = ft.use_state(parcel.carrier)
    more, set_more = ft.use_state(False)

    def printing(way: Way) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            set_busy(True)
            answer = await presses.print_it(way, carrier)
            set_busy(False)
            set_said(answer)
            set_more(answer[0] == "error" or more)

        return run

    press = None if busy else printing("pdf")
    printed = parcel.labels_printed > 0
    if printed:
        button = primary_button(_("Done"), ft.Icons.CHECK, presses.close, "label-done-button")
        first = secondary_button(_("Print the label again"), ft.Icons.PRINT, press, "label-print-button")
    else:
        text = _("Try again") if said[0] == "error" else _("Print the label")
        button = primary_button(text, ft.Icons.PRINT, press, "label-print-button")
    ways = [
        *([first] if printed else []),
        secondary_button(
            _("Label printer (ZPL)"), ft.Icons.LABEL, None if busy else printing("zpl"), "label-zpl-button"
        ),
        secondary_button(
            _("Packing slip"), ft.Icons.RECEIPT_LONG, None if busy else printing("slip"), "label-slip-button"
        ),
    ]
    controls: list[ft.Control] = [_facts(_, parcel), AnswerBanner(*said)]
    if busy:
        controls.append(ft.Text(_("The paper is being drawn."), key="label-busy-text"))
    if more:
        controls.append(_WaysOut(parcel, carriers, (carrier, set_carrier), presses, printing("file")))
    controls.append(ft.Row(list[ft.Control](ways), wrap=True, spacing=SPACE_S, run_spacing=SPACE_S))
    if not more:
        trouble = ft.TextButton(
            _("The label does not come"), on_click=lambda: set_more(True), key="label-trouble-button",
            height=TOUCH_TARGET_DP,
        )  # fmt: skip
        controls.append(trouble)
    later = _("Go on without, print it later")
    out = ft.TextButton(later, on_click=presses.close, key="label-close-button", height=TOUCH_TARGET_DP)
    return Question(
        _("Label of parcel {number}").format(number=parcel.number), controls, button, None if printed else out, more
    )


@part
def _WaysOut(
    parcel: ParcelView,
    carriers: tuple[tuple[str, str], ...],
    chosen: tuple[str, Callable[[str], None]],
    presses: LabelPresses,
    save: Callable[[], Awaitable[None]],
) -> ft.Control:
    _ = use_translations()
    tracking, set_tracking = ft.use_state("")
    carrier, choose = chosen
    send = (lambda: presses.typed(carrier, tracking.strip())) if tracking.strip() else None
    field = ft.TextField(
        label=_("Number on the carrier's own label"), value=tracking, on_change=lambda e: set_tracking(e.data),
        on_submit=send, key="label-tracking-field", autocorrect=False, enable_suggestions=False,
    )  # fmt: skip
    lines: list[ft.Control] = [
        ft.Text(_("Other ways"), style=bold(size=16)),
        secondary_button(_("Save it as a file"), ft.Icons.SAVE_ALT, save, "label-file-button"),
    ]
    if len(carriers) > 1:
        choices = tuple(Choice(code, name) for code, name in carriers)
        lines += [ft.Text(_("Another carrier takes it"), style=bold(size=16)), ReasonList(choices, carrier, choose)]
    use = secondary_button(_("Use this number"), ft.Icons.CHECK, send, "label-tracking-button")
    lines += [ft.Text(_("The carrier gave a label of its own"), style=bold(size=16)), field, use]
    return ft.Column(lines, spacing=SPACE_M, tight=True, key="label-ways-out")


def _facts(_: Translations, parcel: ParcelView) -> ft.Control:
    units = _.ngettext("{n} article", "{n} articles", parcel.units).format(n=_.number(parcel.units))
    weight = _("{weight} kg").format(weight=_.number(Decimal(parcel.weight_g) / 1000))
    number = parcel.tracking or grouped(parcel.sscc)
    lines: list[ft.Control] = [
        ft.Text(beside(units, weight, parcel.packaging_name), style=regular(size=15)),
        ft.Text(number, key="label-number-text", style=bold(size=16), selectable=True),
    ]
    return ft.Column(lines, spacing=2, tight=True)


def grouped(sscc: str) -> str:
    """18 digits in threes, to compare by eye."""
    return from_left(" ".join(sscc[start : start + 3] for start in range(0, len(sscc), 3)))
