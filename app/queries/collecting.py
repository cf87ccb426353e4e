"""What customers fetch at this store: who is here, what comes, what waits for a shelf, what is ready, late or over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection

from app.queries.finding import is_called
from app.store import documents, references
from app.store.database import Database
from app.store.documents import Where
from core.domain.collection import Collection, CollectionKind, shelves, to_put_back
from core.domain.lifecycle import CollectionState

MOST_DONE = 60
FAR = datetime.max.replace(tzinfo=UTC)


class Tab(StrEnum):
    INCOMING = "incoming"  # on its way from other places, nothing to do here
    PREPARE = "prepare"  # something of it is here and lies on no shelf
    READY = "ready"
    LATE = "late"  # its time is over, or something goes back to the shelves
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CollectItemView:
    """`other_brand`: not the one this store is known for. `from_places`: names of who sent its parcels.

    `target_at`: ready by, or to be fetched by. `back`: units to put back.
    """

    id: str
    short_id: str
    number: str
    customer: str
    kind: CollectionKind
    tab: Tab
    state: CollectionState
    brand: str
    colour: str
    other_brand: bool
    units: int
    shelves: tuple[str, ...]
    from_places: tuple[str, ...]
    missing: int  # parcels that did not arrive yet
    target_at: datetime
    waiting_since: datetime | None
    waiting_where: str
    due_minor: int
    currency: str
    back: int


@dataclass(frozen=True, slots=True)
class CollectListView:
    """`here`: whoever waits longest first, whatever tab they are in. `items`: of the tab, or all that match a text."""

    here: tuple[CollectItemView, ...]
    items: tuple[CollectItemView, ...]
    counts: Mapping[Tab, int]


def collect_list(database: Database, location_id: str, tab: Tab, text: str = "") -> CollectListView:
    """`text`: part of a name, a short id, an order number or a shelf; then every tab is searched."""
    with database.read() as connection:
        views = _views(connection, location_id)
    counts = {one: sum(view.tab is one for view in views) for one in Tab}
    wanted = text.strip()
    shown = [view for view in views if _matches(view, wanted)] if wanted else [v for v in views if v.tab is tab]
    here = sorted((view for view in views if view.waiting_since), key=lambda view: view.waiting_since or FAR)
    if wanted:
        here = [view for view in here if view in shown]
    done = tab is Tab.DONE and not wanted
    ordered = sorted(shown, key=lambda view: (view.target_at, view.number), reverse=done)
    listed = [view for view in ordered if view not in here]
    return CollectListView(tuple(here), tuple(listed[:MOST_DONE] if done else listed), counts)


@dataclass(frozen=True, slots=True)
class CollectCount:
    """`to_do`: collections that somebody has to do something for now. `here`: customers who wait in the store."""

    to_do: int
    here: int
    longest_since: datetime | None


def collect_count(database: Database, location_id: str) -> CollectCount:
    with database.read() as connection:
        found = open_collections(connection, location_id)
    since = [one.waiting.since for one in found if one.waiting]
    to_do = sum(tab_of(one) in (Tab.PREPARE, Tab.LATE) or one.waiting is not None for one in found)
    return CollectCount(to_do, len(since), min(since, default=None))


def open_collections(connection: Connection, location_id: str) -> list[Collection]:
    """Those that are not over, or have something to put back."""
    return documents.all(connection, "collection", Where(is_open=True, location_id=location_id))


def tab_of(collection: Collection) -> Tab:
    back = units_back(collection)
    if back or collection.state is CollectionState.EXPIRED:
        return Tab.LATE
    if collection.closed:
        return Tab.DONE
    if collection.state is CollectionState.READY:
        return Tab.READY
    waits = any((part.own or part.arrived_at) and not part.shelf for part in collection.parts)
    return Tab.PREPARE if waits else Tab.INCOMING


def units_back(collection: Collection) -> int:
    return sum(to_put_back(collection, line) for line in collection.lines)


def _views(connection: Connection, location_id: str) -> list[CollectItemView]:
    return item_views(connection, documents.all(connection, "collection", Where(location_id=location_id)))


def item_views(connection: Connection, found: Sequence[Collection]) -> list[CollectItemView]:
    """`found`: of one store."""
    brands = {division.id: (division.brand, division.colour) for division in references.divisions(connection)}
    own = places_brand(connection, found[0].location_id) if found else ""
    return [_view(one, brands.get(one.division_id, ("", "")), own) for one in found]


def places_brand(connection: Connection, location_id: str) -> str:
    """Id of the brand that this store is known for: the first of those it serves; "" before the first pull."""
    try:
        return next(iter(references.location(connection, location_id).division_ids), "")
    except references.Missing:
        return ""


def _view(one: Collection, brand: tuple[str, str], own: str) -> CollectItemView:
    came = dict.fromkeys(part.from_location for part in one.parts if not part.own)
    tab = tab_of(one)
    return CollectItemView(
        id=one.id,
        short_id=one.short_id,
        number=one.number,
        customer=one.customer_name,
        kind=one.kind,
        tab=tab,
        state=one.state,
        brand=brand[0],
        colour=brand[1],
        other_brand=bool(own) and one.division_id != own,
        units=sum(line.wanted for line in one.lines),
        shelves=(one.locker,) if one.locker else shelves(one),
        from_places=tuple(name for name in came if name),
        missing=sum(not part.own and part.arrived_at is None for part in one.parts),
        target_at=_target(one, tab),
        waiting_since=one.waiting.since if one.waiting else None,
        waiting_where=one.waiting.where if one.waiting else "",
        due_minor=0 if one.closed else one.due_minor,
        currency=one.currency,
        back=units_back(one),
    )


def _target(one: Collection, tab: Tab) -> datetime:
    """What the list is sorted by, and says."""
    if tab in (Tab.READY, Tab.LATE):
        return one.pick_up_by or one.expected_at
    if tab is Tab.DONE:
        return one.handed.at if one.handed else one.pick_up_by or one.expected_at
    return one.expected_at


def _matches(view: CollectItemView, wanted: str) -> bool:
    lies_on = () if view.tab is Tab.DONE else view.shelves  # what is over lay there once
    return is_called(wanted, (view.customer, view.short_id, view.number, *lies_on))
