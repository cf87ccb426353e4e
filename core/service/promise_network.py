"""What promises are computed from, in memory: places with their hours, methods, distances. Stock is always read afresh.

A division's network is read again when a version in it changed, which is looked at once a second at most; a write of
this process that goes through `core.service.carriers` is seen at once. So a new tariff or a closed store counts within
a second, in every process.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Engine, bindparam, func, select

from core.adapters import town_directory
from core.adapters.public_holidays import holidays_of
from core.domain.calendar import Calendar, CalendarInvalid, without, zone_of
from core.domain.globe import metres_between
from core.domain.promise import Method, MethodKind, Service
from core.domain.promise_choice import Distances
from core.domain.promise_dispatch import Board, Entry, Rhythm, board
from core.domain.promise_option import Store
from core.domain.promise_reach import Reach
from core.domain.ruleset import Ruleset
from core.service import rulesets
from core.service.closed_times import Span, spans_by_place
from core.service.delivery_terms import ASSUMED_WEEK, TermsInvalid, day_of, method_of, service_of, week_of
from core.service.promise_capacity import full_days, full_today
from core.service.stock_book import book_of
from core.store import tables as t

LOOK_AGAIN_S: Final = 1.0
MOST_KEPT: Final = 4_096  # destinations in memory
MOST_PARCELS: Final = 10
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """A method and the places that may serve it, grouped by how they work. `assumed`: its terms are guesses."""

    method: Method
    entries: tuple[Entry, ...]
    rhythms: Mapping[int, Rhythm]
    assumed: bool = False


@dataclass
class Network:
    """One division's. A place is a bit: its index in `location_ids`."""

    division: Any
    location_ids: tuple[str, ...]
    index: Mapping[str, int]
    rows: Sequence[Any]
    stores: Mapping[str, Store]
    plans: tuple[Plan, ...]
    most_places: int
    split: bool
    today: date
    catalogues: Mapping[str, str]  # by channel: the id of its virtual catalogue
    slots: Any  # by place: its index in the vectors of the stock projection
    highest_slot: int
    latitudes: Any
    longitudes: Any
    boards: dict[str, Board] = field(default_factory=dict)
    reaches: dict[tuple[Any, ...], Reach] = field(default_factory=dict)
    calendars: dict[tuple[str, str, str], tuple[Calendar, bool]] = field(default_factory=dict)
    distances: dict[Point, Distances] = field(default_factory=dict)
    nears: dict[tuple[Point, int], int] = field(default_factory=dict)
    stores_around: dict[tuple[Point, int], Sequence[Store]] = field(default_factory=dict)
    defaults: dict[Any, Any] = field(default_factory=dict)  # of orders whose customer chose nothing

    def board(self, plan: Plan, at: datetime) -> Board:
        known = self.boards.get(plan.method.id)
        if known is None or not known.holds(at):
            known = board(plan.entries, at)
            self.boards[plan.method.id] = known
        return known

    def distances_to(self, point: Point | None) -> Distances:
        """Metres to every place, as the crow flies; zeros where the destination lies nobody knows where."""
        if point is None:
            return Distances([0] * len(self.location_ids))
        known = self.distances.get(point)
        if known is None:
            metres = metres_between(*point, self.latitudes, self.longitudes, np)
            known = Distances(np.rint(metres).astype(np.int64).tolist())
            remember(self.distances, point, known)
        return known

    @property
    def nowhere(self) -> Any:
        return np.zeros(len(self.location_ids), np.int32)

    def near(self, point: Point, km: int) -> int:
        """Places as bits."""
        key = (point, km)
        if key not in self.nears:
            metres = np.array(self.distances_to(point).metres, np.int64)
            packed = np.packbits(metres <= km * 1_000, bitorder="little")
            remember(self.nears, key, int.from_bytes(packed.tobytes(), "little"))
        return self.nears[key]

    def stores_near(self, point: Point, km: int) -> Sequence[Store]:
        """The nearest first."""
        key = (point, km)
        known = self.stores_around.get(key)
        if known is None:
            near, metres = self.near(point, km), self.distances_to(point).metres
            stores = [store for store in self.stores.values() if near >> store.place & 1]
            known = tuple(sorted(stores, key=lambda store: metres[store.place]))
            remember(self.stores_around, key, known)
        return known

    def timezone_in(self, country: str) -> str:
        """Of the first place in the country, or ""."""
        return next((row.timezone for row in self.rows if row.country == country), "")


def remember(kept: dict[Any, Any], key: Any, value: Any) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value


@dataclass
class _Kept:
    looked_at: float = 0.0
    print: tuple[Any, ...] = ()
    networks: dict[str, Network | None] = field(default_factory=dict)


_KEPT: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def network_of(connection: Connection, division_id: str, at: datetime) -> Network | None:
    """None: there is no such division."""
    kept = _KEPT.setdefault(connection.engine, _Kept())
    now = time.monotonic()
    if now - kept.looked_at >= LOOK_AGAIN_S:
        seen = _fingerprint(connection, at)
        if seen != kept.print:
            kept.networks, kept.print = {}, seen
        kept.looked_at = now
    networks = kept.networks
    if division_id not in networks:
        networks[division_id] = _load(connection, division_id, at)
    return networks[division_id]


def known_network(engine: Engine, division_id: str) -> Network | None:
    """What is in memory, however old: for when the database does not answer."""
    kept = _KEPT.get(engine)
    return kept.networks.get(division_id) if kept is not None else None


def fresh_network(engine: Engine, division_id: str) -> Network | None:
    """What is in memory, if it was looked at a moment ago; None: ask `network_of`."""
    kept = _KEPT.get(engine)
    if kept is None or time.monotonic() - kept.looked_at >= LOOK_AGAIN_S:
        return None
    return kept.networks.get(division_id)


def forget(connection: Connection) -> None:
    """This process looks again at its next question."""
    kept = _KEPT.get(connection.engine)
    if kept is not None:
        kept.looked_at = 0.0


@cache
def _versions() -> Any:
    """What changes with every change of a network, in one statement: to make it takes longer than to ask it."""
    versioned = (
        t.locations, t.location_closures, t.carriers, t.carrier_services, t.delivery_methods, t.divisions,
    )  # fmt: skip
    sums = [
        one
        for table in versioned
        for one in (
            select(func.coalesce(func.sum(table.c.version), 0)).scalar_subquery(),
            select(func.count()).select_from(table).scalar_subquery(),
        )
    ]
    active = select(func.count()).where(t.locations.c.active).scalar_subquery()
    serves = select(func.count()).select_from(t.location_divisions).scalar_subquery()
    p = t.publications.c
    rules = select(func.count()).where(p.from_at <= bindparam("at"), p.withdrawn_at.is_(None)).scalar_subquery()
    stock = select(func.max(t.stock_rule_clocks.c.value)).scalar_subquery()
    return select(*sums, active, serves, rules, stock)


def _fingerprint(connection: Connection, at: datetime) -> tuple[Any, ...]:
    row = connection.execute(_versions(), {"at": at}).one()
    return (*row, at.date(), full_today(connection, at), full_days(connection, at))


def _load(connection: Connection, division_id: str, at: datetime) -> Network | None:
    division = connection.execute(select(t.divisions).where(t.divisions.c.id == division_id)).first()
    if division is None:
        return None
    places, of = t.locations.c, t.location_divisions.c
    query = (
        select(t.locations)
        .join_from(t.locations, t.location_divisions, of.location_id == places.id)
        .where(of.division_id == division_id, places.active)
        .order_by(places.id)
    )
    rows = connection.execute(query).all()
    closures = spans_by_place(connection, at)
    days = full_days(connection, at)
    works = [_works(row, at.year, closures.get(row.id, ()), days.get(row.id, frozenset())) for row in rows]
    full = full_today(connection, at)
    plans = [
        _plan(method, assumed, rows, works, full)
        for method, assumed in _methods(connection, division, {row.country for row in rows})
    ]
    ruleset, _ = rulesets.live(connection, division_id, at)
    most_places, split = _limits(ruleset)
    book = book_of(connection)
    beyond = max(book.slots.values(), default=-1) + 1
    slots = [book.slots.get(row.id, beyond) for row in rows]
    return Network(
        division=division,
        location_ids=tuple(row.id for row in rows),
        index={row.id: place for place, row in enumerate(rows)},
        rows=rows,
        stores={
            row.id: Store(row.id, place, works[place].calendar, row.country)
            for place, row in enumerate(rows)
            if row.kind == "store"
        },
        plans=tuple(plans),
        most_places=most_places,
        split=split,
        today=at.date(),
        catalogues={one.code: one.id for one in book.catalogues.values() if one.division_id == division_id},
        slots=np.array(slots, np.int64),
        highest_slot=max(slots, default=0),
        latitudes=np.array([row.latitude for row in rows], float),
        longitudes=np.array([row.longitude for row in rows], float),
    )


def _limits(ruleset: Ruleset) -> tuple[int, bool]:
    """(most parts of an order, whether a line may be split): what every strategy of sourcing allows."""
    splits = [one.max_splits for one in ruleset.strategies if one.max_splits is not None]
    most = min(MOST_PARCELS, min(splits, default=MOST_PARCELS - 1) + 1)
    return most, all(one.allow_quantity_split for one in ruleset.strategies)


class _Works(NamedTuple):
    """How a place works. `flags`: what had to be assumed; `holidays`: public ones, without a carrier. `full`: days."""

    calendar: Calendar
    flags: tuple[str, ...]
    holidays: frozenset[date]
    full: frozenset[date]


def _works(row: Any, year: int, closures: Sequence[Span], full: frozenset[date]) -> _Works:
    flags = []
    hours: Mapping[str, Any] = row.hours or {}
    timezone = row.timezone
    try:
        zone_of(timezone)
    except CalendarInvalid:
        timezone = "UTC"
        flags.append("timezone_unknown")
    special: tuple[Any, ...] = ()
    try:
        week = week_of(hours)
        given = hours.get("special", {})
        special = tuple((date.fromisoformat(day), day_of(spans)) for day, spans in sorted(given.items()))
        calendar = Calendar(timezone, week, special)
    except (TermsInvalid, CalendarInvalid, ValueError):
        week, special = ASSUMED_WEEK, ()
        flags.append("hours_unknown")
    holidays = public_holidays(row.country, str(hours.get("region", "")), year)
    if holidays is None:
        flags.append("holidays_unknown")
    closed = () if hours.get("open_on_holidays") else holidays or ()
    calendar = without(Calendar(timezone, week, special, closed), closures)
    return _Works(calendar, tuple(flags), frozenset(day for day, _ in holidays or ()), full)


@cache
def public_holidays(country: str, region: str, year: int) -> tuple[tuple[date, str], ...] | None:
    """Of last year to the one after next."""
    years = [holidays_of(country, region, one) for one in range(year - 1, year + 3)]
    if any(known is None for known in years):
        return None
    return tuple(sorted((day, name) for known in years for day, name in (known or {}).items()))


def _methods(connection: Connection, division: Any, countries: set[str]) -> list[tuple[Method, bool]]:
    """(method, whether its terms are assumed): what head office entered, or what can safely be said without."""
    s, m, c = t.carrier_services.c, t.delivery_methods.c, t.carriers.c
    carriers = {row.id: row for row in connection.execute(select(t.carriers).where(c.active).order_by(c.code))}
    services = {
        row.id: service_of(row.id, carriers[row.carrier_id], row.code, row.body)
        for row in connection.execute(select(t.carrier_services).where(s.active))
        if row.carrier_id in carriers
    }
    query = select(t.delivery_methods).where(m.active, m.account_id == division.account_id)
    rows = [
        row
        for row in connection.execute(query.order_by(m.position, m.code))
        if row.division_id in (None, division.id) and (row.service_id is None or row.service_id in services)
    ]
    if rows:
        return [(method_of(row, services.get(row.service_id or "")), False) for row in rows]
    zone = {"code": "assumed", "countries": sorted({division.country, *countries}), "days": [2, 5]}
    return [
        (_assumed_method(carrier, level, service_of(f"{carrier.id}:{level}", carrier, level, {"zones": [zone]})), True)
        for carrier in carriers.values()
        for level in carrier.services
        if level in ("standard", "express")
    ]


def _assumed_method(carrier: Any, level: str, service: Service) -> Method:
    row = SimpleNamespace(
        id=service.id, code=f"{carrier.code}-{level}", kind=MethodKind.HOME, service_id=service.id, labels={},
        position=0, body={"service_level": level, "preparation_minutes": 480},
    )  # fmt: skip
    return method_of(row, service)


def _plan(method: Method, assumed: bool, rows: Sequence[Any], works: Sequence[_Works], full: frozenset[str]) -> Plan:
    """Places that work alike for the method share one rhythm."""
    shared: dict[tuple[_Works, str], Rhythm] = {}
    masks: dict[tuple[_Works, str], int] = {}
    rhythms: dict[int, Rhythm] = {}
    for place, (row, work) in enumerate(zip(rows, works, strict=True)):
        if row.id in full or (method.from_kinds and row.kind not in method.from_kinds):
            continue
        if method.kind is MethodKind.COLLECT and row.kind != "store":
            continue
        key = (work, row.country)
        if key not in shared:
            shared[key] = _rhythm(method, work)
        rhythms[place] = shared[key]
        masks[key] = masks.get(key, 0) | 1 << place
    entries = tuple(Entry(shared[key], key[1], mask) for key, mask in masks.items())
    return Plan(method, entries, rhythms, assumed)


def _rhythm(method: Method, work: _Works) -> Rhythm:
    service = method.service
    if service is None:
        minutes = method.preparation_minutes
        return Rhythm(work.calendar, minutes, cutoff_minutes=method.cutoff_minutes, flags=work.flags, full=work.full)
    return Rhythm(
        work.calendar,
        method.preparation_minutes,
        service.pickup_days,
        service.pickup_minutes,
        method.cutoff_minutes,
        work.holidays,
        work.flags,
        work.full,
    )


@lru_cache(maxsize=MOST_KEPT)
def point_of(town: str, country: str) -> tuple[Point | None, bool, str]:
    """(where it lies, whether that is sure, its time zone)."""
    place = town_directory.locate(town, country) if country else None
    if place is None:
        return None, False, ""
    return (place.latitude, place.longitude), place.exact and bool(town), place.timezone
