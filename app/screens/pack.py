"""Packing an order: parcels filled by scan, weighed, closed, labelled. All of it happens here, network or not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.actions import packing
from app.actions.desk import Desk
from app.actions.packing import Measured
from app.components.answer import use_answer
from app.components.buttons import ActionBar, primary_button, secondary_button
from app.components.frame import frame
from app.components.label_sheet import LabelPresses, LabelSheet, Said, Way
from app.components.marks import BrandChip, Mark
from app.components.parcel_card import PackLine, ParcelCard, ParcelPresses
from app.components.printing import print_paper, print_sentence
from app.components.progress import EmptyState, ProgressLine
from app.components.reasons import Choice, ReasonList
from app.components.save_file import save_paper
from app.components.scan_sheet import use_scan_sheet
from app.components.sheet import sheet
from app.components.weight_pad import WeighAsk, WeighSheet
from app.context import HOW, Workplace, use_desk, use_person, use_reader, use_workplace
from app.devices.printer import Printed
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries import paper
from app.queries.packing import PackingStep, PackView, may_pack_the_rest, next_to_pack, pack_view, step_of
from app.queries.paper import ParcelRef
from app.theme import RADIUS, SPACE_L, SPACE_M, SPACE_S, bold, regular
from app.ui import key, part, screen, use_form_factor, use_query, use_scans, use_translations
from core.domain.lifecycle import ParcelState
from core.domain.outcome import Outcome, Verdict

Sheet = tuple[str, str]  # ("weigh" | "label", parcel id); ("", "") for none
NO_SHEET: Sheet = ("", "")


@dataclass(frozen=True)
class Table:
    """What a person does at the packing table with this order."""

    view: PackView
    workplace: Workplace
    desk: Desk
    words: Translations
    answer: Callable[[Outcome], None]
    open_sheet: Callable[[Sheet], None]
    packaging: str

    def scan(self, scan: Scan) -> None:
        """Into the open parcel; the first scan opens one of the chosen packaging."""
        parcel = self.view.open_parcel
        if parcel is None and step_of(self.view) is PackingStep.CHOOSE:
            packing.open_parcel(self.desk, self.view.fulfilment_id, self.packaging)
            parcel = self._read().open_parcel
        parcel_id = parcel.id if parcel else ""
        self.answer(packing.scan(self.desk, self.view.fulfilment_id, parcel_id, scan.text, HOW[scan.source]))

    def open_parcel(self) -> None:
        packing.open_parcel(self.desk, self.view.fulfilment_id, self.packaging)
        self.workplace.changed("work")

    def rest(self) -> None:
        parcel = self.view.open_parcel
        if parcel is not None:
            self.answer(packing.pack_rest(self.desk, self.view.fulfilment_id, parcel.id))

    def unpack(self, parcel_id: str, line_id: str) -> None:
        self.answer(packing.unpack(self.desk, self.view.fulfilment_id, parcel_id, line_id))

    def reopen(self, parcel_id: str) -> None:
        self.answer(packing.reopen(self.desk, self.view.fulfilment_id, parcel_id))

    def close(self, parcel_id: str, weight_g: int, carrier: str) -> None:
        """A closed parcel wants its label next; a refusal leaves everything as it was, and says why."""
        parcel = self.view.parcel(parcel_id)
        box = next((p for p in self.view.packagings if parcel and p.id == parcel.packaging), None)
        sizes = (box.length_mm, box.width_mm, box.height_mm) if box else (0, 0, 0)
        measured = Measured(weight_g, *sizes)
        outcome = packing.close(self.desk, self.view.fulfilment_id, parcel_id, carrier, measured)
        self.open_sheet(NO_SHEET if outcome.verdict is Verdict.REJECTED else ("label", parcel_id))
        self.answer(outcome)

    async def print_it(self, parcel_id: str, way: Way, carrier: str) -> Said:
        """A label that came out is a fact of the parcel; a slip or a file is not."""
        database, now = self.workplace.database, self.workplace.clock()
        ref = ParcelRef(self.view.fulfilment_id, parcel_id, carrier)
        if way == "slip":
            return print_sentence(self.words, await print_paper(self.workplace, paper.packing_slip(database, ref, now)))
        draw = paper.label(database, ref, "zpl" if way == "zpl" else "pdf", now)
        if way == "file":
            outcome = await save_paper(ft.context.page, draw)
        else:
            outcome = await print_paper(self.workplace, draw)
        if isinstance(outcome, Printed):
            packing.record_label(self.desk, self.view.fulfilment_id, parcel_id, carrier)
            self.workplace.changed("work")
        return print_sentence(self.words, outcome)

    def typed(self, parcel_id: str, carrier: str, tracking: str) -> None:
        self.open_sheet(NO_SHEET)
        self.answer(packing.record_label(self.desk, self.view.fulfilment_id, parcel_id, carrier, tracking))

    def _read(self) -> PackView:
        return pack_view(self.workplace.database, self.view.fulfilment_id, "en") or self.view


@screen
def PackScreen() -> ft.View:
    _, workplace, desk, reader, person = use_translations(), use_workplace(), use_desk(), use_reader(), use_person()
    order_id, (banner, answer) = ft.use_route_params()["id"], use_answer()
    asked = lambda: pack_view(workplace.database, order_id, reader.language)  # noqa: E731
    view: PackView | None = use_query(asked, "work", "people", deps=(order_id, reader.language))
    following = use_query(
        lambda: next_to_pack(workplace.database, reader.location_id, order_id), "work", deps=(order_id,)
    )
    opened, open_sheet = ft.use_state(NO_SHEET)
    packaging, choose = ft.use_state("")
    chosen = packaging or (view.packagings[0].id if view and view.packagings else "")
    table = Table(view, workplace, desk, _, answer, open_sheet, chosen) if view else None
    camera = use_scan_sheet(manual=view is None or view.process.manual_entry)
    use_scans(table.scan if table else lambda scan: None)
    ft.use_dialog(_sheet(_, table, opened) if table else None)
    go = ft.context.page.navigate
    if view is None or table is None:
        lost = EmptyState(ft.Icons.HELP_OUTLINE, _("This order is not known any more."), _("Another store has it now."))
        back = primary_button(_("Back to the work list"), ft.Icons.LIST, lambda: go("/"), "pack-work-button")
        return frame(_("Pack"), lost, ActionBar([back]))
    permissions = person.permissions if person else frozenset[str]()
    rest = may_pack_the_rest(view, person.roles if person else ())
    presses = ParcelPresses(
        label=lambda parcel_id: open_sheet(("label", parcel_id)),
        unpack=table.unpack if "unpack" in permissions else None,
        reopen=table.reopen if "unpack" in permissions else None,
    )
    bar = _bar(_, table, (camera, table.rest if rest else None), following, go)
    body = PackBody(view, banner, presses, (chosen, choose))
    return frame(_("Pack order {short_id}").format(short_id=view.short_id), body, bar, flash=True)


def _bar(
    _: Translations,
    table: Table,
    ways: tuple[Callable[[], None], Callable[[], None] | None],
    following: tuple[str, str] | None,
    go: Callable[[str], None],
) -> Any:
    """One next action for each step; `ways`: the camera, and putting the rest in where that is allowed."""
    view, (camera, rest) = table.view, ways
    parcel = view.open_parcel
    weigh = lambda: table.open_sheet(("weigh", parcel.id if parcel else ""))  # noqa: E731
    match step_of(view):
        case PackingStep.STOPPED:
            back = lambda: go(f"/put-back/{view.fulfilment_id}")  # noqa: E731
            return ActionBar([primary_button(_("Put the articles back"), ft.Icons.UNDO, back, "pack-putback-button")])
        case PackingStep.HELD:
            back = lambda: go("/")  # noqa: E731
            return ActionBar([primary_button(_("Back to the work list"), ft.Icons.LIST, back, "pack-work-button")])
        case PackingStep.CHOOSE:
            opens = primary_button(_("Open this parcel"), ft.Icons.ADD_BOX, table.open_parcel, "pack-open-button")
            return ActionBar([opens])
        case PackingStep.FILL:
            may_weigh = weigh if parcel and parcel.units else None
            buttons = [secondary_button(_("Weigh and close"), ft.Icons.SCALE, may_weigh, "pack-weigh-button")]
            if rest:
                buttons.append(secondary_button(_("Put the rest in"), ft.Icons.MOVE_TO_INBOX, rest, "pack-rest-button"))
            buttons.append(primary_button(_("Scan with the camera"), ft.Icons.PHOTO_CAMERA, camera, "pack-scan-button"))
            return ActionBar(buttons)
        case PackingStep.WEIGH:
            return ActionBar([primary_button(_("Weigh and close"), ft.Icons.SCALE, weigh, "pack-weigh-button")])
        case PackingStep.LABEL:
            bare = next(p for p in view.parcels if p.state is not ParcelState.OPEN and not p.labels_printed)
            label = lambda: table.open_sheet(("label", bare.id))  # noqa: E731
            text = _("Label of parcel {number}").format(number=bare.number)
            return ActionBar([primary_button(text, ft.Icons.PRINT, label, "pack-label-button"), _work(_, go)])
        case _:
            return ActionBar(_after(_, following, go))


def _work(_: Translations, go: Callable[[str], None]) -> ft.Control:
    return secondary_button(_("Work list"), ft.Icons.LIST, lambda: go("/"), "pack-work-button")


def _after(_: Translations, following: tuple[str, str] | None, go: Callable[[str], None]) -> list[ft.Control]:
    """What comes after this order: the next one to pack, else the driver."""
    hand_over = lambda: go("/handover")  # noqa: E731
    if following is None:
        last = primary_button(_("To the handover"), ft.Icons.LOCAL_SHIPPING, hand_over, "pack-handover-button")
        return [_work(_, go), last]
    order_id, short_id = following
    text = _("Pack order {short_id}").format(short_id=short_id)
    more = primary_button(text, ft.Icons.INVENTORY_2, lambda: go(f"/pack/{order_id}"), "pack-next-button")
    return [secondary_button(_("Handover"), ft.Icons.LOCAL_SHIPPING, hand_over, "pack-handover-button"), more]


def _sheet(_: Translations, table: Table, opened: Sheet) -> ft.BottomSheet | None:
    name, parcel_id = opened
    parcel = table.view.parcel(parcel_id)
    close = lambda: table.open_sheet(NO_SHEET)  # noqa: E731
    if parcel is None:
        return None
    if name == "weigh" and parcel.state is ParcelState.OPEN:
        ask = WeighAsk(parcel.number, parcel.expected_weight_g, table.view.carriers, parcel.carrier)
        pad = WeighSheet(ask, lambda weight_g, carrier: table.close(parcel_id, weight_g, carrier))
        return sheet(pad, close, "pack-weigh-sheet")
    if name == "label" and parcel.sscc:
        presses = LabelPresses(
            print_it=lambda way, carrier: table.print_it(parcel_id, way, carrier),
            typed=lambda carrier, tracking: table.typed(parcel_id, carrier, tracking),
            close=close,
        )
        return sheet(LabelSheet(parcel, table.view.carriers, presses), close, "pack-label-sheet")
    return None


@part
def PackBody(
    view: PackView, banner: ft.Control, presses: ParcelPresses, packaging: tuple[str, Callable[[str], None]]
) -> ft.Control:
    _, tablet = use_translations(), use_form_factor() == "tablet"
    notes = _notes(_, view)
    if step_of(view) in (PackingStep.STOPPED, PackingStep.HELD):
        return ft.ListView([banner, *notes], padding=SPACE_M, spacing=SPACE_M)
    lines: list[ft.Control] = [PackLine(line, key=key("pack", line.line_id, "row")) for line in view.lines]
    parcels: list[ft.Control] = [
        ParcelCard(parcel, presses, key=key("pack", parcel.id, "parcel")) for parcel in view.parcels
    ]
    parcels.reverse()
    if step_of(view) is PackingStep.CHOOSE:
        parcels.insert(0, _Packaging(view, packaging))
    asked = view.to_pack + sum(line.packed for line in view.lines)
    head: list[ft.Control] = [banner, *notes, ProgressLine(asked - view.to_pack, asked)]
    if not tablet:
        return ft.ListView([*head, *parcels[:1], *lines, *parcels[1:]], padding=SPACE_M, spacing=SPACE_S)
    left = ft.ListView([*head, *lines], expand=3, spacing=SPACE_S)
    right = ft.ListView(parcels, expand=2, spacing=SPACE_M)
    return ft.Container(ft.Row([left, right], spacing=SPACE_L, expand=True), padding=SPACE_M, expand=True)


@part
def _Packaging(view: PackView, packaging: tuple[str, Callable[[str], None]]) -> ft.Control:
    _ = use_translations()
    chosen, choose = packaging
    choices = tuple(
        # Translators: length, width and height of a packaging in centimetres
        Choice(p.id, p.name, _("{length} x {width} x {height} cm").format(
            length=_.number(p.length_mm / 10), width=_.number(p.width_mm / 10), height=_.number(p.height_mm / 10)))
        for p in view.packagings
    )  # fmt: skip
    title = _("What do you pack it in?") if not view.parcels else _("What do you pack the rest in?")
    return ft.Column([ft.Text(title, style=bold(size=18)), ReasonList(choices, chosen, choose)], spacing=SPACE_S,
                     tight=True)  # fmt: skip


def _notes(_: Translations, view: PackView) -> list[ft.Control]:
    """What a person must know before the first article goes in."""
    marks: list[ft.Control] = [
        BrandChip(view.brand, view.colour),
        Mark(f"{view.customer}, {view.town}", ft.Icons.PERSON),
    ]
    if view.service_level == "express":
        marks.append(Mark(_("Express"), ft.Icons.BOLT, strong=True))
    notes: list[ft.Control] = [ft.Row(marks, wrap=True, spacing=SPACE_M)]
    if step_of(view) is PackingStep.STOPPED:
        text = _("Take everything out of its parcels and put it back on the shelves.")
        notes.append(EmptyState(ft.Icons.CANCEL, _("This order was cancelled."), text))
    if view.hold:
        notes.append(_note(ft.Icons.PAN_TOOL, _("On hold: {reason}. Do not pack it yet.").format(reason=view.hold)))
    if view.still_to_pick:
        said = _.ngettext(
            "{n} unit is still to be picked. You can pack what is there.",
            "{n} units are still to be picked. You can pack what is there.", view.still_to_pick,
        ).format(n=_.number(view.still_to_pick))  # fmt: skip
        notes.append(_note(ft.Icons.INFO_OUTLINE, said))
    if view.gift_message:
        notes.append(_note(ft.Icons.CARD_GIFTCARD, _("Gift message: {text}").format(text=view.gift_message)))
    return notes


def _note(icon: ft.IconData, text: str) -> ft.Control:
    line = ft.Row([ft.Icon(icon), ft.Text(text, style=regular(size=15), expand=True)], spacing=SPACE_M)
    return ft.Container(line, bgcolor=ft.Colors.TERTIARY_CONTAINER, border_radius=RADIUS, padding=SPACE_M)
