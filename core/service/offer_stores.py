"""What the ranking of stores needs to know of them, read in a fixed number of statements for any number of stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from core.adapters import town_directory
from core.domain.fulfilment import CLOSED_STATES
from core.domain.offering import History, OfferSettings, Store
from core.service import rulesets
from core.service.sourcing import distance_km
from core.service.working_hours import calendar_of
from core.store import tables as t

ACCEPTED = "won"
NOT_ACCEPTED = ("declined", "no_answer", "released")


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
    """What is offered. `held`: units by SKU that are reserved for it at `holder` already."""

    division_id: str
    ship_to: Mapping[str, Any]
    demand: Mapping[str, int]
    refused: frozenset[str]
    holder: str = ""


def stores_of(connection: Connection, part: Part, settings: OfferSettings, at: datetime) -> list[Store]:
    """Every active place of the division, with what is free there, its hours, its work and its history."""
    place = town_directory.locate(part.ship_to.get("town", ""), part.ship_to.get("country", ""))
    rows = _locations(connection, part.division_id)
    ids = [row.id for row in rows]
    free = _free(connection, part, set(ids))
    limited = [row.id for row in rows if row.capacity_per_day is not None]
    work = _work(connection, limited, at)
    history = _history(connection, ids, at - timedelta(days=settings.history_days))
    return [
        Store(
            location_id=row.id,
            kind=row.kind,
            km=distance_km(place, row) if place else 0.0,
            calendar=calendar_of(row.timezone, row.hours),
            free=free.get(row.id, {}),
            work=work.get(row.id, 0),
            capacity_per_day=row.capacity_per_day,
            history=history.get(row.id, History()),
            refused=row.id in part.refused,
        )
        for row in rows
    ]


def _locations(connection: Connection, division_id: str) -> list[Any]:
    places, of = t.locations.c, t.location_divisions.c
    columns = (places.id, places.kind, places.latitude, places.longitude, places.timezone, places.hours)
    query = (
        select(*columns, places.capacity_per_day)
        .join_from(t.locations, t.location_divisions, of.location_id == places.id)
        .where(of.division_id == division_id, places.active)
        .order_by(places.id)
    )
    return list(connection.execute(query))


def _free(connection: Connection, part: Part, location_ids: set[str]) -> dict[str, dict[str, int]]:
    """Units that may be promised; at the holder also those that are held for this very part."""
    p = t.positions.c
    units = p.on_hand - p.reserved - p.unavailable - p.safety
    query = select(p.location_id, p.sku, units.label("units")).where(p.sku.in_(sorted(part.demand)))
    query = query.where(or_(units > 0, p.location_id == part.holder))
    found: dict[str, dict[str, int]] = {}
    for location_id, sku, free in connection.execute(query):
        if location_id in location_ids:
            held = part.demand[sku] if location_id == part.holder else 0
            found.setdefault(location_id, {})[sku] = free + held
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
