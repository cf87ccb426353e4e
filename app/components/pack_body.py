"""The packing table: what there is to know of the order, what is still to pack, what lies in which parcel."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.components.marks import BrandChip, Mark
from app.components.notice import Notice
from app.components.parcel_card import PackLine, ParcelCard, ParcelPresses
from app.components.progress import ProgressLine
from app.components.reasons import Choice, ReasonList
from app.components.work_words import reason_word
from app.i18n import Translations
from app.queries.packing import PackingStep, PackView
from app.theme import RADIUS, SPACE_L, SPACE_M, SPACE_S, bold, is_dark, regular, tone
from app.ui import key, part, use_form_factor, use_translations
from core.domain.lifecycle import FulfilmentState, ParcelState


@dataclass(frozen=True, slots=True)
class PackagingChoice:
    chosen: str
    choose: Callable[[str], None]


@part
def PackBody(
    view: PackView, step: PackingStep, top: list[ft.Control], presses: ParcelPresses, packaging: PackagingChoice
) -> ft.Control:
    """`top` stays in sight over the rest, which scrolls."""
    _, tablet = use_translations(), use_form_factor() == "tablet"
    head, lines, parcels = _head(_, view, step), _lines(view), _parcels(view, presses)
    if step is PackingStep.STOPPED:
        head, lines = [*head, _Stop(bool(view.to_put_back))], []
    if step is PackingStep.CHOOSE:
        parcels.insert(0, _Packaging(view, packaging))
    pinned = ft.Container(
        ft.Column(top, spacing=SPACE_S, tight=True), padding=ft.Padding.symmetric(horizontal=SPACE_M, vertical=SPACE_S)
    )
    pad = ft.Padding.symmetric(horizontal=SPACE_M, vertical=SPACE_S)
    if tablet:
        left = ft.ListView([*head, *lines], expand=3, spacing=SPACE_S, padding=pad)
        right = ft.ListView(parcels, expand=2, spacing=SPACE_M, padding=pad)
        walk: ft.Control = ft.Row([left, right], spacing=SPACE_L, expand=True)
    else:
        # What is still to pack stands first while there is something; then what is done.
        shown = [*lines, *parcels] if step is PackingStep.FILL else [*parcels, *lines]
        walk = ft.ListView([*head, *shown], expand=True, padding=pad, spacing=SPACE_S, key="pack-list")
    return ft.Column([pinned, walk], expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _lines(view: PackView) -> list[ft.Control]:
    """Those that still wait come first."""
    lines = sorted(view.lines, key=lambda line: not line.to_pack)
    return [PackLine(line, key=key("pack", line.line_id, "row")) for line in lines]


def _parcels(view: PackView, presses: ParcelPresses) -> list[ft.Control]:
    """The one that is being filled, then the others, the newest first; empty ones are of no use to anybody."""
    current = view.open_parcel
    others = [p for p in reversed(view.parcels) if p is not current and (p.units or p.state is not ParcelState.OPEN)]
    shown = [*([current] if current else []), *others]
    return [ParcelCard(parcel, presses, key=key("pack", parcel.id, "parcel")) for parcel in shown]


def _head(_: Translations, view: PackView, step: PackingStep) -> list[ft.Control]:
    """What a person must know before the first article goes in."""
    place = ", ".join(filter(None, (view.customer, view.town)))
    marks: list[ft.Control] = [BrandChip(view.brand, view.colour), Mark(place, ft.Icons.PERSON)]
    if view.service_level == "express":
        marks.append(Mark(_("Express"), ft.Icons.BOLT, strong=True))
    head: list[ft.Control] = [ft.Row(marks, wrap=True, spacing=SPACE_M, run_spacing=SPACE_S)]
    if step is PackingStep.STOPPED:
        return head
    asked = sum(line.picked for line in view.lines)
    if asked:
        words = _("{packed} of {picked} packed").format(packed=asked - view.to_pack, picked=asked)
        head.append(ProgressLine(asked - view.to_pack, asked, words))
    return [*head, *_notices(_, view, step)]


def _notices(_: Translations, view: PackView, step: PackingStep) -> list[ft.Control]:
    notices: list[ft.Control] = []
    if view.hold:
        held = _("On hold: {reason}. Do not pack it yet.").format(reason=reason_word(_, view.hold))
        notices.append(Notice("warn", held, ft.Icons.PAN_TOOL, "pack-hold-text"))
    if view.still_to_pick:
        said = _.ngettext(
            "{n} unit is still to be picked. You can pack what is there.",
            "{n} units are still to be picked. You can pack what is there.", view.still_to_pick,
        )  # fmt: skip
        if not any(line.picked for line in view.lines):
            said = _("Nothing of this order is picked yet.")
        notices.append(Notice("warn", said.format(n=_.number(view.still_to_pick)), ft.Icons.SHOPPING_BASKET))
    if view.gift_message:
        gift = _("Gift message: {text}").format(text=view.gift_message)
        notices.append(Notice("info", gift, ft.Icons.CARD_GIFTCARD, "pack-gift-text"))
    if step is PackingStep.DONE and view.state is FulfilmentState.SHIPPED:
        notices.append(Notice("ok", _("The driver has this order."), ft.Icons.LOCAL_SHIPPING, "pack-done-text"))
    elif step is PackingStep.DONE and view.parcels:
        text = _("Everything is packed. Take it to the handover place.")
        notices.append(Notice("ok", text, name="pack-done-text"))
    return notices


@part
def _Stop(anything_left: bool) -> ft.Control:
    """Nobody packs on without having seen it."""
    _, look = use_translations(), tone("error", is_dark(ft.context.page))
    lines: list[ft.Control] = [
        ft.Icon(ft.Icons.PAN_TOOL, size=48, color=look.ink),
        ft.Text(_("This order was cancelled."), style=bold(size=24), color=look.ink, text_align=ft.TextAlign.CENTER),
    ]
    if anything_left:
        text = _("Take everything out of its parcels and put it back on the shelves.")
        lines.append(ft.Text(text, style=regular(size=16), color=look.ink, text_align=ft.TextAlign.CENTER))
    words = ft.Column(lines, spacing=SPACE_M, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Container(
        words, key="pack-stop", bgcolor=look.fill, border_radius=RADIUS, padding=SPACE_L, alignment=ft.Alignment.CENTER
    )


@part
def _Packaging(view: PackView, packaging: PackagingChoice) -> ft.Control:
    _ = use_translations()
    choices = tuple(
        # Translators: length, width and height of a packaging in centimetres
        Choice(p.id, p.name, _("{length} x {width} x {height} cm").format(
            length=_.number(p.length_mm / 10), width=_.number(p.width_mm / 10), height=_.number(p.height_mm / 10)))
        for p in view.packagings
    )  # fmt: skip
    title = _("What do you pack the rest in?") if any(p.units for p in view.parcels) else _("What do you pack it in?")
    return ft.Column([ft.Text(title, style=bold(size=18)), ReasonList(choices, packaging.chosen, packaging.choose)],
                     spacing=SPACE_S, tight=True)  # fmt: skip
