"""The handover place: which driver takes what and when; one tap, or one scanned parcel, begins a list (PP10)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flet as ft

from app.actions import handover
from app.components.answer import go_saying, use_telling
from app.components.buttons import ActionBar, primary_button
from app.components.carrier_card import CarrierCard, CarrierRow, ClosedCard, ClosedRow
from app.components.connection import zone_of
from app.components.frame import frame
from app.components.marks import Due, due
from app.components.minute import use_minute
from app.components.notice import Notice, names_of
from app.components.pickup import next_pickup
from app.components.progress import EmptyState
from app.context import HOW, use_desk, use_person, use_store, use_workplace
from app.devices.scanning import Scan
from app.i18n import Translations
from app.queries.handover import CarrierView, carriers_view, closed_lists
from app.queries.people import who_may
from app.state.cell import use_kept
from app.theme import SPACE_L, SPACE_M, SPACE_S, bold
from app.ui import key, screen, use_form_factor, use_query, use_scans, use_translations, use_ui

PAGE_WIDTH_DP = 720


class Opener:
    """Rows hold on to these two functions over all drawings; what they do is up to the newest one."""

    def __init__(self) -> None:
        self.carrier: Callable[[str], None] = lambda _code: None

    def open(self, code: str) -> None:
        self.carrier(code)

    def show(self, manifest_id: str) -> None:
        ft.context.page.navigate(f"/handover/{manifest_id}")


@screen
def CarriersScreen() -> ft.View:
    _, ui, workplace, desk = use_translations(), use_ui(), use_workplace(), use_desk()
    person, store, now = use_person(), use_store(), use_minute()
    wide, opener = use_form_factor() == "tablet", use_kept(Opener)
    banner, answer, tell = use_telling()
    carriers = use_query(lambda: carriers_view(workplace.database), "work", "people")
    closed = use_query(lambda: closed_lists(workplace.database), "work", "people")
    ask = use_query(lambda: who_may(workplace.database, "hand_over"), "people")
    may, clock = bool(person and "hand_over" in person.permissions), zone_of(store.timezone if store else "")
    forbidden = _("You have no permission to hand parcels over. Ask {names}.").format(names=names_of(_, ask))

    def begin(code: str) -> None:
        manifest_id = handover.open_manifest(desk, code)
        workplace.changed("work")
        opener.show(manifest_id)

    def scanned(scan: Scan) -> None:
        if not may:
            tell("error", forbidden)
            return
        manifest_id, outcome = handover.begin_with(desk, scan.text, HOW[scan.source])
        answer(outcome)
        if manifest_id:
            go_saying(ui, f"/handover/{manifest_id}", outcome)

    opener.carrier = begin
    use_scans(scanned)
    if not carriers:
        text = _("Head office has set up no carrier for this store.")
        return frame(_("Handover"), EmptyState(ft.Icons.LOCAL_SHIPPING, _("No carrier"), text))
    rows: list[ft.Control] = [banner]
    if not may:
        rows.append(Notice("warn", forbidden, name="carriers-forbidden-text"))
    if not any(_busy(view) for view in carriers):
        text = _("Packed parcels appear here by themselves.")
        rows.append(EmptyState(ft.Icons.TASK_ALT, _("No parcel waits for a driver"), text))
    for view in carriers:
        pickup = next_pickup(view.pickup_time, now, clock)
        card = CarrierCard(view, _pickup(_, due(_, pickup, now, clock)) if pickup else None, may and _busy(view))
        rows.append(CarrierRow(card, opener.open, key=key("carriers", view.code, "card")))
    if closed:
        rows.append(ft.Container(ft.Text(_("Handed over"), style=bold(size=18)), padding=ft.Padding.only(top=SPACE_L)))
    for taken in closed:
        past = ClosedCard(taken.id, taken.carrier_name, _.moment(taken.closed_at, clock), taken.parcels)
        rows.append(ClosedRow(past, opener.show, key=key("carriers", taken.id, "card")))
    first = next((view for view in carriers if view.waiting or view.loaded), None)
    bar = _begin(_, first, lambda: begin(first.code)) if may and first else None
    return frame(_("Handover"), _page(rows, wide), bar)


def _pickup(_: Translations, when: Due) -> Due:
    # Translators: when the driver comes
    return replace(when, when=_("Pick-up {time}").format(time=when.when))


def _busy(view: CarrierView) -> bool:
    return bool(view.waiting or view.loaded or view.manifest_id)


def _page(rows: list[ft.Control], wide: bool) -> ft.Control:
    body = ft.ListView(
        rows, key="carriers-list", spacing=SPACE_S, padding=SPACE_M, expand=True if not wide else None,
        width=PAGE_WIDTH_DP if wide else None,
    )  # fmt: skip
    if not wide:
        return body
    return ft.Row([body], alignment=ft.MainAxisAlignment.CENTER, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def _begin(_: Translations, first: CarrierView, begin: Callable[[], None]) -> Any:
    """The one whose driver comes first."""
    text = _("Go on with {carrier}") if first.manifest_id else _("Hand over to {carrier}")
    button = primary_button(text.format(carrier=first.name), ft.Icons.LOCAL_SHIPPING, begin, "carriers-begin-button")
    return ActionBar([button])
