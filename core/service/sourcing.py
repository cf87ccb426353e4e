"""Which places could send an order, what the rule decided, and why: read, decided and kept as one explanation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import Connection, insert, select, update

from core.adapters import town_directory
from core.domain.ruleset import Criterion, Profile, Ruleset, strategies_for
from core.domain.sourcing import Decision
from core.service import atp, deciding, inbound_stock, later, postponing, rulesets
from core.service.cause import Cause
from core.service.deciding import CODES, Case
from core.service.inbound_stock import Waiting
from core.service.later import Job
from core.service.network import EARTH_RADIUS_KM, read_network, with_rejections
from core.store import tables as t

SOURCE_AGAIN: Final = "source_again"
Excluded = Mapping[str, frozenset[str]]  # by SKU: locations that may not be asked for it


@dataclass(frozen=True, slots=True)
class Question:
    """`demand`: (order line id, SKU, units). `location_id`: only this place is asked, "" asks all.

    `late`: places from which the order's promise would not be kept.
    """

    order_id: str
    division_id: str
    town: str
    country: str
    demand: tuple[tuple[str, str, int], ...]
    excluded: Excluded
    location_id: str = ""
    late: frozenset[str] = frozenset()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    decision: Decision
    document: Mapping[str, Any]  # what is kept and shown: the decision with its explanation
    ruleset_id: str

    @property
    def postponed(self) -> bool:
        """Nothing is decided yet: it is not its time."""
        return "postponed_until" in self.document


def decide(connection: Connection, question: Question, at: datetime) -> Answer:
    """Reads stock as it is now; reserves nothing."""
    ruleset, ruleset_id = rulesets.live(connection, question.division_id, at)
    order = _order(connection, question)
    early = postponing.postponed(connection, question, strategies_for(ruleset, order.profile)[0], order.placed_at, at)
    if early is not None:
        return Answer(early.decision, early.document, ruleset_id)
    network = read_network(connection, question.division_id, at)
    if judges(ruleset):
        network = with_rejections(connection, network)
    place = town_directory.locate(question.town, question.country)
    skus = sorted({sku for _, sku, _ in question.demand})
    case = Case(
        question.demand,
        atp.vectors(connection, question.division_id, question.channel, skus, network.ids),
        place.latitude if place else None,
        place.longitude if place else 0.0,
        question.excluded,
        question.location_id,
        question.late,
        order.profile,
        _weights(connection, skus) if _weighs(ruleset) else {},
        _prices(connection, question.order_id),
    )
    outcome = deciding.decide(network, case, ruleset)
    better = inbound_stock.worth_waiting(connection, Waiting(network, case, ruleset, outcome), question.order_id, at)
    if better is not None:
        outcome = better.outcome
    document = {
        **plain(deciding.document(outcome)),
        **({} if better is None else {"wait_until": better.until.isoformat(), "instead_of": better.instead_of}),
        "demand": [list(line) for line in question.demand],
        "destination": {
            "town": question.town, "country": question.country, "exact": bool(place and place.exact),
        },
    }  # fmt: skip
    return Answer(outcome.decision, document, ruleset_id)


def plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as lists, for JSON."""
    told = {name: np.asarray(column).tolist() for name, column in document["told"].items()}
    return {**document, "told": told}


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
    until = answer.document.get("wait_until") or answer.document.get("postponed_until")
    if until:
        later.schedule(connection, cause, [Job(SOURCE_AGAIN, datetime.fromisoformat(until), order_id)])
    if answer.postponed:
        moment = {"source_at": datetime.fromisoformat(answer.document["postponed_until"])}
        connection.execute(update(t.orders).where(t.orders.c.id == order_id).values(moment))
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
        spoken = explained(row["explanation"])
        ids = sorted(reason["location_id"] for reason in spoken["locations"])
        known = {id: {"code": names[id].code, "name": names[id].name} for id in ids if id in names}
        found.append({**row, "explanation": spoken, "location_names": known})
    return found


def explained(document: Mapping[str, Any]) -> dict[str, Any]:
    """A kept decision with one entry a location instead of columns."""
    if "told" not in document:
        return dict(document)
    told = dict(document["told"])
    codes, ids = told.pop("codes"), document["ids"]
    locations = [
        {"location_id": ids[n], "code": CODES[code], "params": {name: column[n] for name, column in told.items()}}
        for n, code in enumerate(codes)
    ]
    return {name: value for name, value in document.items() if name not in ("told", "ids")} | {"locations": locations}


def distance_km(place: town_directory.Place, location: Any) -> float:
    """Great circle (haversine)."""
    lat1, lat2 = radians(place.latitude), radians(location.latitude)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(location.longitude - place.longitude) / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)), 1)


class _Order(NamedTuple):
    """`placed_at` None: there is no such order."""

    profile: Profile
    placed_at: datetime | None = None
    options: Mapping[str, Any] = MappingProxyType({})


def _order(connection: Connection, question: Question) -> _Order:
    o, c = t.orders.c, t.customers.c
    query = (
        select(o.channel, o.service_level, o.total_minor, o.options, o.placed_at, c.tier)
        .join_from(t.orders, t.customers, c.id == o.customer_id, isouter=True)
        .where(o.id == question.order_id)
    )
    row = connection.execute(query).first()
    if row is None:
        return _Order(Profile(country=question.country))
    tier = str(row.options.get("tier", "") or row.tier or "")
    profile = Profile(row.channel, tier, question.country, row.service_level, row.total_minor)
    return _Order(profile, row.placed_at, row.options)


def _prices(connection: Connection, order_id: str) -> dict[str, int]:
    line = t.order_lines.c
    query = select(line.sku, line.unit_price_minor).where(line.order_id == order_id)
    return {row.sku: row.unit_price_minor for row in connection.execute(query)}


def judges(ruleset: Ruleset) -> bool:
    """Whether it asks how well places kept what they were given."""
    return any(
        Criterion.PERFORMANCE in one.criteria or one.filters.max_rejection_percent is not None
        for one in ruleset.strategies
    )


def _weighs(ruleset: Ruleset) -> bool:
    heavy = {Criterion.COST, Criterion.CARBON}
    return any(heavy.intersection(strategy.criteria) for strategy in ruleset.strategies)


def _weights(connection: Connection, skus: Sequence[str]) -> dict[str, int]:
    v = t.variants.c
    return {row.id: row.weight_g for row in connection.execute(select(v.id, v.weight_g).where(v.id.in_(skus)))}
