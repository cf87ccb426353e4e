"""Which places could send an order, what the rule decided, and why: read, decided and kept as one explanation."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select

from core.adapters import town_directory
from core.domain.sourcing import Candidate, Decision, LocationReason, SourcingSettings, source
from core.service.cause import Cause
from core.store import tables as t

EARTH_RADIUS_KM = 6371.0
NO_LIMIT = 1_000_000
Excluded = Mapping[str, frozenset[str]]  # by SKU: locations that may not be asked for it


@dataclass(frozen=True, slots=True)
class Question:
    """`demand`: (order line id, SKU, units). `location_id`: only this place is asked, "" asks all."""

    order_id: str
    division_id: str
    town: str
    country: str
    demand: tuple[tuple[str, str, int], ...]
    excluded: Excluded
    location_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    decision: Decision
    document: Mapping[str, Any]  # what is kept and shown: the decision with its explanation
    ruleset_id: str


def decide(connection: Connection, question: Question, at: datetime) -> Answer:
    """Reads stock as it is now; reserves nothing."""
    settings, ruleset_id = settings_of(connection, question.division_id)
    place = town_directory.locate(question.town, question.country)
    rows = _locations(connection, question.division_id)
    atp = _atp(connection, [row.id for row in rows], {sku for _, sku, _ in question.demand})
    taken = _taken_today(connection, rows, at)
    candidates, barred = [], []
    for row in rows:
        stock, lost = _offered(atp.get(row.id, {}), question, row.id)
        reason = _barred(row, question, stock, lost)
        if reason is not None:
            barred.append(reason)
            continue
        km = distance_km(place, row) if place else 0.0
        left = NO_LIMIT if row.capacity_per_day is None else row.capacity_per_day - taken.get(row.id, 0)
        candidates.append(Candidate(row.id, row.kind, km, left, stock))
    decision = source(question.demand, candidates, settings)
    explanation = replace(decision.explanation, locations=(*decision.explanation.locations, *barred))
    decision = replace(decision, explanation=explanation)
    destination = {"town": question.town, "country": question.country, "exact": bool(place and place.exact)}
    document = {
        "demand": [list(line) for line in question.demand],
        "destination": destination,
        "settings": asdict(settings),
        "assignments": [asdict(one) for one in decision.assignments],
        "unfilled": [asdict(one) for one in decision.unfilled],
        # Written out: an explanation names hundreds of places, and asdict copies each of their fields one by one.
        "locations": [
            {"location_id": one.location_id, "code": one.code, "params": one.params} for one in explanation.locations
        ],
        "alternatives": [asdict(one) for one in explanation.alternatives],
        "proof": asdict(explanation.proof),
    }
    return Answer(decision, document, ruleset_id)


def keep(connection: Connection, cause: Cause, order_id: str, kind: str, answer: Answer) -> str:
    """Stores the decision as it was taken; returns its id."""
    id = cause.new_id()
    row = {
        "id": id,
        "order_id": order_id,
        "kind": kind,
        "decided_at": cause.received_at,
        "ruleset_id": answer.ruleset_id,
        "shipments": len(answer.decision.location_ids),
        "optimal": answer.decision.explanation.proof.proved,
        "explanation": dict(answer.document),
    }
    connection.execute(insert(t.decisions), [row])
    return id


def decisions_of(connection: Connection, order_id: str) -> list[Mapping[str, Any]]:
    """Oldest first, with the names of today of the locations they speak of."""
    names = {
        row.id: row for row in connection.execute(select(t.locations.c.id, t.locations.c.code, t.locations.c.name))
    }
    d = t.decisions.c
    query = select(t.decisions).where(d.order_id == order_id).order_by(d.decided_at, d.id)
    found: list[Mapping[str, Any]] = []
    for row in connection.execute(query).mappings():
        spoken = {reason["location_id"] for reason in row["explanation"].get("locations", ())}
        known = {id: {"code": names[id].code, "name": names[id].name} for id in sorted(spoken) if id in names}
        found.append({**row, "location_names": known})
    return found


def settings_of(connection: Connection, division_id: str) -> tuple[SourcingSettings, str]:
    """The published ruleset of the division, or of the account, or the defaults; and its id."""
    r = t.rulesets.c
    query = (
        select(r.id, r.body)
        .where(r.kind == "sourcing", r.state == "published", or_(r.division_id == division_id, r.division_id.is_(None)))
        .order_by(r.division_id.is_(None), r.number.desc())
    )
    row = connection.execute(query).first()
    if row is None:
        return SourcingSettings(), ""
    known = {field.name for field in fields(SourcingSettings)}
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in row.body.items() if name in known
    }
    return SourcingSettings(**values), row.id


def distance_km(place: town_directory.Place, location: Any) -> float:
    """Great circle (haversine)."""
    lat1, lat2 = radians(place.latitude), radians(location.latitude)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(location.longitude - place.longitude) / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)), 1)


def _locations(connection: Connection, division_id: str) -> list[Any]:
    """Open places that work for the brand."""
    places, of = t.locations.c, t.location_divisions.c
    columns = (places.id, places.kind, places.latitude, places.longitude, places.capacity_per_day)
    query = (
        select(*columns)
        .join_from(t.locations, t.location_divisions, of.location_id == places.id)
        .where(of.division_id == division_id, places.active)
        .order_by(places.id)
    )
    return list(connection.execute(query))


def _atp(connection: Connection, location_ids: Iterable[str], skus: set[str]) -> dict[str, dict[str, int]]:
    """Units available to promise, by location and SKU; those above zero."""
    p = t.positions.c
    free = p.on_hand - p.reserved - p.unavailable - p.safety
    query = select(p.location_id, p.sku, free.label("free")).where(p.sku.in_(sorted(skus)), free > 0)
    wanted = set(location_ids)
    found: dict[str, dict[str, int]] = {}
    for location_id, sku, units in connection.execute(query):
        if location_id in wanted:
            found.setdefault(location_id, {})[sku] = units
    return found


def _taken_today(connection: Connection, rows: list[Any], at: datetime) -> dict[str, int]:
    """Orders placed today that limited locations have taken."""
    limited = [row.id for row in rows if row.capacity_per_day is not None]
    if not limited:
        return {}
    f = t.fulfilments.c
    morning = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(f.location_id, func.count()).where(f.location_id.in_(limited), f.placed_at >= morning)
    return {row[0]: row[1] for row in connection.execute(query.group_by(f.location_id))}


def _offered(stock: Mapping[str, int], question: Question, location_id: str) -> tuple[dict[str, int], bool]:
    """What the place may be asked for; and whether something was taken off because it was short there before."""
    kept = {sku: n for sku, n in stock.items() if location_id not in question.excluded.get(sku, frozenset())}
    asked = {sku for _, sku, _ in question.demand}
    return kept, any(location_id in question.excluded.get(sku, frozenset()) for sku in asked)


def _barred(row: Any, question: Question, stock: Mapping[str, int], lost: bool) -> LocationReason | None:
    if question.location_id not in ("", row.id):
        return LocationReason(row.id, "not_requested")
    return LocationReason(row.id, "short_before") if lost and not stock else None
