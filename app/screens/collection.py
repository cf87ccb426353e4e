"""One order that a customer fetches: where each part is, and the one next thing to do with it, network or not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from app.actions import collecting
from app.actions.collecting import Shelf
from app.actions.desk import Desk
from app.components.answer import Answer, Tell, use_telling
from app.components.collect_facts import last_day, whose_code
from app.components.collection_bar import CollectionPresses, collection_bar, more_buttons
from app.components.collection_page import CollectionPage, PageParts
from app.components.collection_sheets import EXTRA_DAYS, ExtendSheet, HereSheet, LockerSheet, ShelfSheet, TellSheet
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.minute import use_minute
from app.components.notice import names_of
from app.components.progress import EmptyState
from app.components.scan_sheet import use_closing_scan_sheet
from app.components.sheet import sheet
from app.components.story_button import story_button
from app.context import HOW, Workplace, use_desk, use_person, use_reader, use_store, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries.collection import CollectionView, PartStep, collection_view
from app.queries.finding import find, nothing_called
from app.queries.people import who_may
from app.ui import screen, use_form_factor, use_link, use_query, use_scans, use_translations
from core.contract.story import Subject
from core.domain.barcodes import ShelfCode, normalise
from core.domain.calendar import local_day, moment
from core.domain.outcome import Verdict

DAY_ENDS = 24 * 60


@dataclass(frozen=True)
class Tending:
    """What a person does with it. `forbidden`: why they may not, "" where they may."""

    collection_id: str
    workplace: Workplace
    desk: Desk
    words: Translations
    forbidden: str
    answer: Answer
    tell: Tell
    timezone: str

    def hear(self, scan: Scan, view: CollectionView | None, chosen: str) -> bool:
        """A parcel arrives, a shelf takes the chosen part, an article goes back. Whether something was done."""
        if view is None or self.forbidden:
            self.tell("error", self.forbidden or self.words("This order is not known here"))
            return False
        how = HOW[scan.source]
        outcome = collecting.arrive(self.desk, self.collection_id, scan.text, how)
        if outcome is None and view.item.back and not isinstance(normalise(scan.text), ShelfCode):
            outcome = collecting.put_back_scanned(self.desk, self.collection_id, scan.text)
        if outcome is not None:
            self.answer(outcome)
            return True
        return self.shelve(scan, view, chosen)

    def shelve(self, scan: Scan, view: CollectionView, chosen: str) -> bool:
        _, part_id = self.words, chosen or _next_part(view)
        shelf = collecting.shelf_of(scan.text, view.terms.shelf_scan)
        if not isinstance(shelf, Shelf):
            if not self.tell_whose(scan.text):
                self.answer(collecting.named(self.desk, shelf, scan.text))
            return False
        if not part_id:
            self.answer(nothing_called(self.workplace.database, scan.text))
            return False
        part = view.part(part_id)
        if part is not None and part.step is PartStep.ARRIVE:
            self.tell("error", _("This parcel has not arrived yet. Scan its label first."))
            return False
        self.answer(collecting.put_away(self.desk, self.collection_id, part_id, shelf.name))
        return True

    def tell_whose(self, text: str) -> bool:
        """A customer's code, of this order or of another one; False where it is none."""
        said = whose_code(self.words, find(self.workplace.database, text), self.collection_id)
        if said is not None:
            self.tell(*said)
        return said is not None

    def receive(self, part_id: str) -> None:
        self.answer(collecting.arrive_part(self.desk, self.collection_id, part_id))

    def all_back(self, view: CollectionView) -> None:
        for line in view.lines:
            if line.back:
                self.answer(collecting.put_back(self.desk, self.collection_id, line.line_id))

    def extend(self, days: int, view: CollectionView) -> None:
        self.answer(collecting.extend(self.desk, self.collection_id, self.later(days, view)))

    def later(self, days: int, view: CollectionView) -> datetime:
        """The end of that day; counted from today where its time is over."""
        now = self.workplace.clock()
        base = max(view.pick_up_by or now, now) - timedelta(seconds=1)
        return moment(self.timezone, local_day(self.timezone, base) + timedelta(days=days), DAY_ENDS)

    def extra_days(self, view: CollectionView) -> list[int]:
        """Of those that may be chosen, what the terms of the store still allow."""
        most = view.latest_pick_up
        return [n for n in EXTRA_DAYS if n <= view.terms.most_extra_days and (not most or self.later(n, view) <= most)]

    def note(self, where: str) -> None:
        self.answer(collecting.note_customer(self.desk, self.collection_id, where))

    def resend(self, message: str) -> None:
        outcome = collecting.notify(self.desk, self.collection_id, message, self.desk.new_id())
        self.workplace.changed("work")
        if outcome.verdict is Verdict.REJECTED:
            self.answer(outcome)
        else:
            self.tell("ok", self.words("The message is sent again as soon as the core can be reached."))

    def ask_locker(self, size: str) -> None:
        """Nothing is won by asking: the screen says that it asks, until the core has answered."""
        outcome = collecting.reserve_locker(self.desk, self.collection_id, size, self.desk.new_id())
        self.workplace.changed("work")
        if outcome.verdict is Verdict.REJECTED:
            self.answer(outcome)

    def drop(self, compartment: str) -> None:
        self.answer(collecting.drop_in_locker(self.desk, self.collection_id, compartment))


@screen
def CollectionScreen() -> ft.View:
    _, workplace, desk, reader = use_translations(), use_workplace(), use_desk(), use_reader()
    person, store, now = use_person(), use_store(), use_minute()
    collection_id, wide = ft.use_route_params()["id"], use_form_factor() == "tablet"
    online = use_link().online
    chosen, choose = ft.use_state("")
    opened, show = ft.use_state("")
    banner, answer, tell = use_telling()
    camera, close_camera = use_closing_scan_sheet(label=_("Number of the parcel, article or shelf"))
    view = use_query(
        lambda: collection_view(workplace.database, collection_id, reader.language), "work", "people",
        deps=(collection_id, reader),
    )  # fmt: skip
    ask = use_query(lambda: who_may(workplace.database, "collect"), "people")
    may = bool(person and "collect" in person.permissions)
    no = (
        ""
        if may
        else _("You have no permission to hand orders to customers. Ask {names}.").format(names=names_of(_, ask))
    )
    timezone = store.timezone if store else "UTC"
    tending = Tending(collection_id, workplace, desk, _, no, answer, tell, timezone)

    def hear(scan: Scan) -> None:
        if tending.hear(scan, view, chosen):
            choose("")
            show("")
            close_camera()

    def done(act: Callable[..., Any], *args: Any) -> None:
        show("")
        act(*args)

    use_scans(hear)
    clock = zone_of(timezone)
    sheets = _Sheets(tending, view, lambda: show(""), done)
    ft.use_dialog(sheets.of(_, opened) if view and opened else None)
    if view is None:
        text = _("It may have been finished long ago, or moved to another store.")
        return frame(_("Collect"), EmptyState(ft.Icons.SEARCH_OFF, _("This order is not known here"), text))
    presses = CollectionPresses(
        go=ft.context.page.navigate, open=show, scan=camera, all_back=lambda: tending.all_back(view),
        drop=lambda: tending.drop(view.locker_ask.param("compartment") if view.locker_ask else ""),
    )  # fmt: skip
    parts = PageParts(banner, no, more_buttons(_, view, presses) if may else [], tending.receive if may else None)
    page = CollectionPage(_, view, parts, (now, clock, chosen, choose), wide)
    bar = collection_bar(_, view, presses, online) if may else None
    story = story_button(_, Subject.COLLECTION, view.item.id)
    return frame(_("Collect {name}").format(name=view.item.short_id), page, bar, [story])


class _Sheets:
    def __init__(self, tending: Tending, view: CollectionView | None, close: Callable[[], Any], done: Any) -> None:
        self.tending, self.view, self.close, self.done = tending, view, close, done

    def of(self, _: Translations, name: str) -> ft.BottomSheet | None:
        view, tending = self.view, self.tending
        if view is None:
            return None
        content: Any = None
        if name == "shelf":
            may_type = not view.terms.shelf_scan
            content = ShelfSheet(_("Which shelf?"), view.known_shelves, may_type, self.close, self._shelve)
        elif name == "extend":
            clock = zone_of(tending.timezone)
            days = tuple((n, last_day(_, tending.later(n, view), clock)) for n in tending.extra_days(view))
            content = ExtendSheet(days, self.close, lambda n: self.done(tending.extend, n, view))
        elif name == "tell":
            until = last_day(_, view.pick_up_by, zone_of(tending.timezone)) if view.pick_up_by else ""
            content = TellSheet(until, lambda message: self.done(tending.resend, message))
        elif name == "here":
            content = HereSheet(lambda where: self.done(tending.note, where))
        elif name == "locker":
            content = LockerSheet(lambda size: self.done(tending.ask_locker, size))
        return sheet(content, self.close, f"collection-{name}-sheet") if content is not None else None

    def _shelve(self, shelf: str) -> None:
        if self.view is not None:
            self.done(self.tending.shelve, Scan(shelf, "typed"), self.view, "")


def _next_part(view: CollectionView) -> str:
    """The one to put away next; where all lie on shelves the only one, which is moved."""
    waiting = [part.id for part in view.parts if part.step in (PartStep.SHELF, PartStep.PICK)]
    here = [part.id for part in view.parts if part.shelf]
    return waiting[0] if waiting else (here[0] if len(here) == 1 and len(view.parts) == 1 else "")
