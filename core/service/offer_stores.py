"""What the ranking of stores needs to know of them, read in a fixed number of statements for any number of stores."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from core.adapters import town_directory
from core.domain.calendar import without
from core.domain.fulfilment import CLOSED_STATES
from core.domain.offering import History, OfferSettings, Store
from core.service import atp, promise_orders, rulesets
from core.service.closed_times import closed_places, spans_by_place
from core.service.sourcing import distance_km
from core.service.working_hours import calendar_of
from core.store import tables as t

ACCEPTED = "won"
NOT_ACCEPTED = ("declined", "no_answer", "released")
LONGEST_QUEUE_DAYS = 60  # whoever has work for longer is later than any rule tolerates


@dataclass(frozen=True, slots=True)
class Published:
    """`ruleset_id`: which version said so."""

    ruleset_id: str
    settings: OfferSettings


def settings_of(connection: Connection, division_id: str, at: datetime) -> Published | None:
    """The rules of competition that are live for the division. None: nothing is offered."""
    found = rulesets.live_allocation(connection, division_id, at)
    return None if found is None else Published(found[1], found[0])


@dataclass(frozen=True, slots=True)
class Part:
    """What is offered, of which order; its units are reserved at `holder` already. `channel`: of the order."""

    division_id: str
    ship_to: Mapping[str, Any]
    demand: Mapping[str, int]
    refused: frozenset[str]
    holder: str = ""
    channel: str = ""
    order_id: str = ""


def stores_of(connection: Connection, part: Part, settings: OfferSettings, at: datetime) -> list[Store]:
    """Every active place of the division that is in no closure: what is free there, its hours, work and history."""
    place = town_directory.locate(part.ship_to.get("town", ""), part.ship_to.get("country", ""))
    closed = closed_places(connection, at)
    rows = [row for row in _locations(connection, part.division_id) if row.id not in closed]
    ids = [row.id for row in rows]
    free = _free(connection, part, set(ids))
    limited = [row.id for row in rows if row.capacity_per_day is not None]
    work = _work(connection, limited, at)
    closures = spans_by_place(connection, at)
    history = _history(connection, ids, at - timedelta(days=settings.history_days))
    found = [
        Store(
            location_id=row.id,
            kind=row.kind,
            km=distance_km(place, row) if place else None,
            calendar=without(calendar_of(row.timezone, row.hours), closures.get(row.id, ())),
            free=free.get(row.id, {}),
            work=work.get(row.id, 0),
            capacity_per_day=row.capacity_per_day,
            history=history.get(row.id, History()),
            refused=row.id in part.refused,
            paused=row.offers_paused_until is not None and row.offers_paused_until > at,
        )
        for row in rows
    ]
    return _with_promise(connection, part, found, at)


def _with_promise(connection: Connection, part: Part, stores: list[Store], at: datetime) -> list[Store]:
    """How late each would be by the promise of the order: its day of arrival, from when the store gets to it."""
    days = {min(store.days_of_work, LONGEST_QUEUE_DAYS) for store in stores if store.days_of_work is not None}
    late: dict[int, Mapping[str, int]] = {}
    for count in sorted(days):
        known = promise_orders.lateness(connection, part.order_id, at + timedelta(days=count))
        if known is None:
            return stores
        late[count] = known
    return [
        store if store.days_of_work is None else _judged(store, late[min(store.days_of_work, LONGEST_QUEUE_DAYS)])
        for store in stores
    ]


def _judged(store: Store, late: Mapping[str, int]) -> Store:
    days = late.get(store.location_id)
    return replace(store, days_late=days, reached=days is not None)


def _locations(connection: Connection, division_id: str) -> list[Any]:
    places, of = t.locations.c, t.location_divisions.c
    columns = (places.id, places.kind, places.latitude, places.longitude, places.timezone, places.hours)
    query = (
        select(*columns, places.capacity_per_day, places.offers_paused_until)
        .join_from(t.locations, t.location_divisions, of.location_id == places.id)
        .where(of.division_id == division_id, places.active)
        .order_by(places.id)
    )
    return list(connection.execute(query))


def _free(connection: Connection, part: Part, location_ids: set[str]) -> dict[str, dict[str, int]]:
    """Units that the order's channel may promise; at the holder also those that are held for this very part."""
    units = atp.available(connection, part.division_id, part.channel, sorted(part.demand)).units
    found = {id: dict(units[id]) for id in location_ids & units.keys()}
    if part.holder in location_ids:
        held = found.setdefault(part.holder, {})
        for sku, count in part.demand.items():
            held[sku] = held.get(sku, 0) + count
    return found


def _work(connection: Connection, location_ids: list[str], at: datetime) -> dict[str, int]:
    """Orders that are open there, and those closed today: they took of today's capacity."""
    if not location_ids:
        return {}
    f = t.fulfilments.c
    morning = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(f.location_id, func.count()).where(
        f.location_id.in_(location_ids),
        or_(f.state.notin_(sorted(CLOSED_STATES)), (f.state == "shipped") & (f.closed_at >= morning)),
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(f.location_id))}


def _history(connection: Connection, location_ids: list[str], since: datetime) -> dict[str, History]:
    c = t.offer_copies.c
    accepted = func.sum(case((c.answer == ACCEPTED, 1), else_=0))
    query = select(c.location_id, func.count(), accepted).where(
        c.location_id.in_(location_ids), c.answered_at >= since, c.answer.in_((ACCEPTED, *NOT_ACCEPTED))
    )
    return {row[0]: History(row[1], int(row[2])) for row in connection.execute(query.group_by(c.location_id))}
