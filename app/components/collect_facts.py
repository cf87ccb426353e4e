"""What is said about an order that a customer fetches: its kind, its tab, how long it stays, for how long they wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

import flet as ft

from app.components.marks import BrandChip, Mark
from app.components.notice import Notice
from app.i18n import Translations
from app.queries.collecting import CollectItemView, Tab
from app.queries.finding import Found
from app.theme import SPACE_S, Meaning, bold
from app.ui import part
from app.ui.beside import beside
from core.domain.collection import CollectionKind
from core.domain.lifecycle import CollectionState

TAB_ICONS = {
    Tab.INCOMING: ft.Icons.LOCAL_SHIPPING,
    Tab.PREPARE: ft.Icons.SHELVES,
    Tab.READY: ft.Icons.SHOPPING_BAG,
    Tab.LATE: ft.Icons.UNDO,
    Tab.DONE: ft.Icons.TASK_ALT,
}
KIND_ICONS = {
    CollectionKind.COLLECT: ft.Icons.STOREFRONT,
    CollectionKind.SHIP_TO_STORE: ft.Icons.LOCAL_SHIPPING,
    CollectionKind.RESERVATION: ft.Icons.CHECKROOM,
    CollectionKind.LOCKER: ft.Icons.LOCK,
}


def whose_code(_: Translations, found: Sequence[Found], collection_id: str) -> tuple[Meaning, str] | None:
    """What is said of a customer's code at this order: its own, or another one's; None where it is none."""
    orders = [one for one in found if one.kind == "collection"]
    if any(one.id == collection_id for one in orders):
        return "ok", _("The code is right: this is the order.")
    if orders:
        return "error", _("This code is of order {number}, not of this one.").format(number=orders[0].number)
    return None


def tab_word(_: Translations, tab: Tab) -> str:
    return {
        # Translators: parcels of orders to collect that are on their way to the store
        Tab.INCOMING: _("Incoming"),
        Tab.PREPARE: _("To prepare"),
        # Translators: orders that customers can fetch now
        Tab.READY: _("Ready"),
        # Translators: orders to collect whose time is over
        Tab.LATE: _("Late"),
        # Translators: orders to collect that are over
        Tab.DONE: _("Done"),
    }[tab]


def collect_kind_word(_: Translations, kind: CollectionKind) -> str:
    return {
        CollectionKind.COLLECT: _("From this store"),
        CollectionKind.SHIP_TO_STORE: _("Sent to this store"),
        # Translators: the customer tries it on here, then pays or leaves it
        CollectionKind.RESERVATION: _("Reservation, try first"),
        CollectionKind.LOCKER: _("For the locker"),
    }[kind]


def collect_state_word(_: Translations, state: CollectionState) -> str:
    return {
        CollectionState.EXPECTED: _("Being prepared"),
        CollectionState.ARRIVED: _("All here, to be put on a shelf"),
        CollectionState.READY: _("Ready to be fetched"),
        CollectionState.COLLECTED: _("Handed over"),
        CollectionState.REFUSED: _("Nothing was taken"),
        CollectionState.EXPIRED: _("Its time is over"),
        CollectionState.CANCELLED: _("Cancelled"),
    }[state]


def last_day(_: Translations, until: datetime, clock: tzinfo) -> str:
    """The last day that the customer may come: `until` is its end."""
    return _.day((until - timedelta(seconds=1)).astimezone(clock).date())


def waiting_words(_: Translations, since: datetime, where: str, now: datetime) -> str:
    span = _.duration(max(timedelta(), now - since))
    if where:
        return _("Here for {duration}, {where}").format(duration=span, where=where)
    return _("Here for {duration}").format(duration=span)


def money_due(_: Translations, view: CollectItemView) -> str:
    return _("To pay: {amount}").format(amount=_.money(view.due_minor, view.currency)) if view.due_minor else ""


@part
def OtherBrand(name: str, colour: str) -> ft.Control:
    """An order of a brand whose bags, cards and rules are not those of this store: framed, so that it is seen."""
    return ft.Container(
        BrandChip(name, colour),
        border=ft.Border.all(2, colour or ft.Colors.OUTLINE),
        border_radius=8,
        padding=ft.Padding.symmetric(vertical=2, horizontal=SPACE_S),
        visible=bool(name),
    )


@part
def ShelfMark(names: tuple[str, ...]) -> ft.Control:
    """Where it lies, to be read from arm's length."""
    text = ft.Text(beside(*names), style=bold(size=16), color=ft.Colors.ON_PRIMARY_CONTAINER)
    return ft.Container(
        ft.Row([ft.Icon(ft.Icons.SHELVES, size=18, color=ft.Colors.ON_PRIMARY_CONTAINER), text], spacing=6, tight=True),
        bgcolor=ft.Colors.PRIMARY_CONTAINER,
        border_radius=8,
        padding=ft.Padding.symmetric(vertical=2, horizontal=SPACE_S),
        visible=bool(names),
    )


def kind_mark(_: Translations, kind: CollectionKind) -> ft.Control:
    strong = kind in (CollectionKind.RESERVATION, CollectionKind.LOCKER)
    mark: ft.Control = Mark(collect_kind_word(_, kind), KIND_ICONS[kind], strong=strong)
    return mark


def locker_offline(_: Translations) -> ft.Control:
    """Why no compartment can be asked for now."""
    text = _("A compartment can only be asked for while the core can be reached. A shelf always works.")
    notice: ft.Control = Notice("warn", text, ft.Icons.CLOUD_OFF, "collection-offline-text")
    return notice
