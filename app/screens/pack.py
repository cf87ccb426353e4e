"""Packing an order: parcels filled by scan, weighed, closed, labelled. All of it happens here, network or not."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.actions import packing
from app.actions.desk import Desk
from app.actions.packing import Measured
from app.components.answer import Answer, Tell, use_telling
from app.components.buttons import ActionBar, primary_button
from app.components.frame import frame
from app.components.label_sheet import LabelPresses, LabelSheet, Said, Way
from app.components.notice import Notice, names_of
from app.components.pack_bar import PackPresses, pack_bar
from app.components.pack_body import PackagingChoice, PackBody
from app.components.parcel_card import ParcelPresses
from app.components.printing import print_paper, print_sentence
from app.components.progress import EmptyState
from app.components.save_file import save_paper
from app.components.scan_sheet import ScanPanel
from app.components.sheet import sheet
from app.components.weight_pad import WeighAsk, WeighSheet
from app.context import HOW, Workplace, use_desk, use_person, use_reader, use_workplace
from app.devices.printer import Printed
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries import paper
from app.queries.packing import PackingStep, PackView, needs_no_scan, next_to_pack, pack_view, step_of
from app.queries.paper import ParcelRef
from app.queries.people import PersonView, who_may
from app.ui import screen, use_query, use_scans, use_translations, use_ui
from app.words import sentence
from core.domain.lifecycle import ParcelState
from core.domain.outcome import Verdict
from core.domain.process import may_override_scan

Sheet = tuple[str, str]  # ("weigh" | "label", parcel id); ("", "") for none
NO_SHEET: Sheet = ("", "")
WORKING = (PackingStep.CHOOSE, PackingStep.FILL)


@dataclass(frozen=True)
class Table:
    """What a person does at the packing table with this order. `forbidden`: why they may not, "" where they may."""

    order_id: str
    workplace: Workplace
    desk: Desk
    words: Translations
    answer: Answer
    tell: Tell
    packaging: str
    forbidden: str

    def read(self) -> PackView | None:
        return pack_view(self.workplace.database, self.order_id, self.words.language.tag)

    def scan(self, scan: Scan) -> None:
        """Into the open parcel; the first scan opens one of the chosen packaging."""
        _, view = self.words, self.read()
        if view is None or self.forbidden:
            self.tell("error", self.forbidden or _("This order is not known any more."))
            return
        parcel, step, how = view.open_parcel, step_of(view), HOW[scan.source]
        if step is PackingStep.CHOOSE:
            self.answer(packing.first_scan(self.desk, self.order_id, self.packaging, scan.text, how))
        elif parcel is not None and step in (PackingStep.FILL, PackingStep.WEIGH):
            self.answer(packing.scan(self.desk, self.order_id, parcel.id, scan.text, how))
        elif step is PackingStep.STOPPED:
            self.tell("error", sentence(_, "packed_after_cancel", {}))
        elif step is PackingStep.HELD:
            self.tell("error", _("Nothing was packed: the order is on hold."))
        else:
            self.tell("warn", _("Nothing was packed: no picked article of this order is left."))

    def open_parcel(self) -> None:
        """A second tap opens no second one."""
        view = self.read()
        intent = f"open:{self.order_id}:{len(view.parcels) if view else 0}"
        packing.open_parcel(self.desk, self.order_id, self.packaging, intent)
        self.workplace.changed("work")

    def rest(self) -> None:
        view = self.read()
        if view and view.open_parcel and view.to_pack:
            self.answer(packing.pack_rest(self.desk, self.order_id, view.open_parcel.id))

    def unpack(self, parcel_id: str, line_id: str) -> None:
        view = self.read()
        parcel = view.parcel(parcel_id) if view else None
        if parcel and parcel.state is ParcelState.OPEN and any(line == line_id for line, _n, _u in parcel.contents):
            self.answer(packing.unpack(self.desk, self.order_id, parcel_id, line_id))

    def reopen(self, parcel_id: str) -> None:
        view = self.read()
        parcel = view.parcel(parcel_id) if view else None
        if parcel and parcel.state is ParcelState.CLOSED:
            self.answer(packing.reopen(self.desk, self.order_id, parcel_id))

    def close(self, parcel_id: str, weight_g: int, carrier: str) -> bool:
        """Whether the parcel is closed now; a refusal leaves everything as it was, and says why."""
        view = self.read()
        parcel = view.parcel(parcel_id) if view else None
        if view is None or parcel is None or parcel.state is not ParcelState.OPEN:
            return False
        box = next((p for p in view.packagings if p.id == parcel.packaging), None)
        sizes = (box.length_mm, box.width_mm, box.height_mm) if box else (0, 0, 0)
        outcome = packing.close(self.desk, self.order_id, parcel_id, carrier, Measured(weight_g, *sizes))
        self.answer(outcome)
        return outcome.verdict is not Verdict.REJECTED

    async def slip(self) -> None:
        view = self.read()
        if view and view.open_parcel:
            self.tell(*await self.print_it(view.open_parcel.id, "slip", ""))

    async def print_it(self, parcel_id: str, way: Way, carrier: str) -> Said:
        """A label that came out is a fact of the parcel; a slip is not."""
        database, now = self.workplace.database, self.workplace.clock()
        ref = ParcelRef(self.order_id, parcel_id, carrier)
        if way == "slip":
            return print_sentence(self.words, await print_paper(self.workplace, paper.packing_slip(database, ref, now)))
        draw = paper.label(database, ref, "zpl" if way == "zpl" else "pdf", now)
        if way == "file":
            outcome = await save_paper(ft.context.page, draw)
        else:
            outcome = await print_paper(self.workplace, draw)
        if isinstance(outcome, Printed):
            packing.record_label(self.desk, self.order_id, parcel_id, carrier)
            self.workplace.changed("work")
        return print_sentence(self.words, outcome)

    def typed(self, parcel_id: str, carrier: str, tracking: str) -> None:
        self.answer(packing.record_label(self.desk, self.order_id, parcel_id, carrier, tracking))


@screen
def PackScreen() -> ft.View:
    _, workplace, desk, reader, person = use_translations(), use_workplace(), use_desk(), use_reader(), use_person()
    order_id, (banner, answer, tell) = ft.use_route_params()["id"], use_telling()
    asked = lambda: pack_view(workplace.database, order_id, reader.language)  # noqa: E731
    view: PackView | None = use_query(asked, "work", "people", deps=(order_id, reader.language))
    following = use_query(
        lambda: next_to_pack(workplace.database, reader.location_id, order_id), "work", deps=(order_id,)
    )
    packers = use_query(lambda: who_may(workplace.database, "pack"), "people")
    unpackers = use_query(lambda: who_may(workplace.database, "unpack"), "people")
    opened, open_sheet = ft.use_state(NO_SHEET)
    packaging, choose = ft.use_state("")
    camera, show_camera = ft.use_state(False)
    anew, begin_anew = ft.use_state("")  # the empty parcel whose packaging was wrong
    later, print_later = ft.use_state(frozenset[str]())
    may = person.permissions if person else frozenset[str]()
    chosen = packaging or (view.packagings[0].id if view and view.packagings else "")
    no = _("You have no permission to pack. Ask {names}.").format(names=names_of(_, packers))
    table = Table(order_id, workplace, desk, _, answer, tell, chosen, "" if "pack" in may else no)
    step = _step(view, later, anew)
    _use_alarm(step)
    use_scans(table.scan)
    go = ft.context.page.navigate
    set_later = lambda parcel_id: print_later(later | {parcel_id})  # noqa: E731
    shown = (
        _sheet(_, table, view, (opened, open_sheet), set_later) if view and step is not PackingStep.STOPPED else None
    )
    ft.use_dialog(shown)
    if view is None:
        lost = EmptyState(ft.Icons.HELP_OUTLINE, _("This order is not known any more."), _("Another store has it now."))
        back = primary_button(_("Back to the work list"), ft.Icons.LIST, lambda: go("/"), "pack-work-button")
        return frame(_("Pack"), lost, ActionBar([back]))
    current = view.open_parcel
    presses = PackPresses(
        open_parcel=table.open_parcel,
        other_packaging=lambda: begin_anew(current.id if current else ""),
        camera=None if camera else lambda: show_camera(True),
        rest=table.rest if needs_no_scan(view) or _overrides(view, person) else None,
        rest_first=needs_no_scan(view),
        weigh=lambda: open_sheet(("weigh", current.id if current else "")),
        slip=table.slip,
        label=lambda parcel_id: open_sheet(("label", parcel_id)),
        later=set_later,
        go=go,
        put_off=later,
        following=following,
        may=may,
    )
    ask = _("Only {names} may take something out again.").format(names=names_of(_, unpackers))
    works, takes_out = "pack" in may and step is not PackingStep.STOPPED, "unpack" in may
    cards = ParcelPresses(
        label=presses.label if works else None,
        unpack=table.unpack if works and takes_out else None,
        reopen=table.reopen if works and takes_out else None,
        ask=ask if works and not takes_out else "",
    )
    top: list[ft.Control] = [banner]
    if table.forbidden:
        top.append(Notice("warn", table.forbidden, name="pack-forbidden-text"))
    if camera and step in WORKING:
        manual = view.process.manual_entry
        top.append(ScanPanel(lambda: show_camera(False), manual, place="article", key="pack-scan-panel"))
    body = PackBody(view, step, top, cards, PackagingChoice(chosen, choose))
    # Translators: a title; short, so that the short id of the order is seen on a phone
    title = _("Pack {short_id}").format(short_id=view.short_id)
    return frame(title, body, pack_bar(_, view, step, presses))


def _step(view: PackView | None, later: frozenset[str], anew: str) -> PackingStep:
    """As the order stands, except that another packaging was asked for."""
    if view is None:
        return PackingStep.HELD
    step, current = step_of(view, later), view.open_parcel
    wrong = step is PackingStep.FILL and current is not None and not current.units and current.id == anew
    return PackingStep.CHOOSE if wrong else step


def _use_alarm(step: PackingStep) -> None:
    """An order that is cancelled while somebody packs it is heard, not only seen."""
    ui = use_ui()
    before: MutableRef[PackingStep | None] = ft.use_ref(None)

    def look() -> None:
        if before.current not in (None, step) and step is PackingStep.STOPPED:
            ui.feedback.give("error")
        before.current = step

    ft.use_effect(look, [step])


def _overrides(view: PackView, person: PersonView | None) -> bool:
    if person is None or not view.to_pack:
        return False
    return "override_scan" in person.permissions or may_override_scan(view.process, person.roles)


def _sheet(
    _: Translations,
    table: Table,
    view: PackView,
    sheets: tuple[Sheet, Callable[[Sheet | Callable[[Sheet], Sheet]], None]],
    set_later: Callable[[str], None],
) -> ft.BottomSheet | None:
    (name, parcel_id), open_sheet = sheets
    parcel = view.parcel(parcel_id)
    if parcel is None:
        return None

    def close() -> None:
        """Said by the sheet on its way out, too: by then the next one may be open."""
        open_sheet(lambda now: NO_SHEET if now == (name, parcel_id) else now)

    def weighed(weight_g: int, carrier: str) -> None:
        """A closed parcel wants its label next."""
        open_sheet(("label", parcel_id) if table.close(parcel_id, weight_g, carrier) else NO_SHEET)

    def typed(carrier: str, tracking: str) -> None:
        close()
        table.typed(parcel_id, carrier, tracking)

    def leave() -> None:
        close()
        if not parcel.labels_printed:
            set_later(parcel_id)

    if name == "weigh" and parcel.state is ParcelState.OPEN:
        ask = WeighAsk(parcel.number, parcel.expected_weight_g, view.carriers, parcel.carrier)
        return sheet(WeighSheet(ask, weighed), close, "pack-weigh-sheet")
    if name == "label" and parcel.sscc:
        presses = LabelPresses(lambda way, carrier: table.print_it(parcel_id, way, carrier), typed=typed, close=leave)
        return sheet(LabelSheet(parcel, view.carriers, presses), close, "pack-label-sheet")
    return None
