"""Which places could send an order, what the rule decided, and why: read, decided and kept as one explanation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, select, update

from core.adapters import town_directory
from core.domain.globe import metres_between
from core.domain.ruleset import Criterion, Profile, Ruleset, strategies_for
from core.domain.sourcing import Assignment, Decision
from core.service import atp, deciding, inbound_stock, later, postponing, rulesets
from core.service.asking import CODES
from core.service.atp import Seen
from core.service.cause import Cause
from core.service.deciding import Case
from core.service.inbound_stock import Better, Waiting
from core.service.later import Job
from core.service.network import Network, read_network, with_rejections
from core.store import tables as t
from core.store.rows import insert_each

SOURCE_AGAIN: Final = "source_again"
NO_ANSWER: Final = "no_answer"
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
    shipments: int = 0
    start_within_minutes: int = 0
    held: tuple[Assignment, ...] = ()  # on hand, and kept while the order waits for the rest; not part of the decision

    @property
    def gathered_at(self) -> str:
        """Where its parts meet before they go to the customer; ""."""
        return str(self.document.get("gathering", {}).get("at", ""))

    @property
    def gathering_minutes(self) -> int:
        """Until all of it is there, as its way to the customer begins."""
        gathering = self.document.get("gathering")
        return 0 if gathering is None else int(gathering["minutes"] - gathering["onward"]["minutes"])

    @property
    def postponed_until(self) -> datetime | None:
        """Nothing is decided yet: it is not its time."""
        until = self.document.get("postponed_until")
        return None if until is None else datetime.fromisoformat(until)


@dataclass(frozen=True, slots=True)
class Buyer:
    """What of the order the rules ask for. `prices_minor`: of a unit, by SKU. `placed_at` None: there is no order."""

    profile: Profile
    prices_minor: Mapping[str, int] = field(default_factory=dict)
    placed_at: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sight:
    """What orders of one brand and channel are decided from, read once for those that are decided together."""

    network: Network
    ruleset: Ruleset
    ruleset_id: str
    stock: Seen
    weights_g: Mapping[str, int]

    def without(self, question: Question, answer: Answer) -> None:
        """What was decided is gone for the orders after it: units, and a place's capacity of today."""
        index = self.network.index()
        skus = {line_id: sku for line_id, sku, _ in question.demand}
        taken = self.network.taken.copy()
        for location_id in answer.decision.location_ids:
            taken[index[location_id]] += 1
        self.network = replace(self.network, taken=taken)
        for one in (*answer.decision.assignments, *answer.held):
            sku = skus[one.line_id]
            self.stock.units[sku][index[one.location_id]] -= one.quantity
            self.stock.most[sku] -= one.quantity
            np.minimum(self.stock.units[sku], max(0, self.stock.most[sku]), out=self.stock.units[sku])


def decide(connection: Connection, question: Question, at: datetime) -> Answer:
    """Reads stock as it is now; reserves nothing."""
    sight = look(connection, question.division_id, question.channel, {sku for _, sku, _ in question.demand}, at)
    return decide_from(connection, sight, question, _buyer(connection, question), at)


def look(connection: Connection, division_id: str, channel: str, skus: Iterable[str], at: datetime) -> Sight:
    ruleset, ruleset_id = rulesets.live(connection, division_id, at)
    network = read_network(connection, division_id, at)
    if judges(ruleset):
        network = with_rejections(connection, network)
    wanted = sorted(set(skus))
    stock = atp.vectors(connection, division_id, channel, wanted, network.ids)
    return Sight(network, ruleset, ruleset_id, stock, _weights(connection, wanted) if _weighs(ruleset) else {})


def decide_from(connection: Connection, sight: Sight, question: Question, buyer: Buyer, at: datetime) -> Answer:
    """As `decide`, from what was seen."""
    strategy = strategies_for(sight.ruleset, buyer.profile)[0]
    early = postponing.postponed(connection, question, strategy, buyer.placed_at, at)
    if early is not None:
        return Answer(early.decision, early.document, sight.ruleset_id)
    place = town_directory.locate(question.town, question.country)
    limits = _limits(question, sight.stock)
    case = Case(
        question.demand,
        sight.stock.units,
        place.latitude if place else None,
        place.longitude if place else 0.0,
        question.excluded,
        question.location_id,
        question.late,
        buyer.profile,
        sight.weights_g,
        buyer.prices_minor,
        limits,
        tuple(buyer.options.get("services", ())),
        str(buyer.options.get("gather_at", "")),
        _minutes_left(connection, buyer, question.order_id, at),
    )
    outcome = deciding.decide(sight.network, case, sight.ruleset)
    waiting = Waiting(sight.network, case, sight.ruleset, outcome)
    better = inbound_stock.worth_waiting(connection, waiting, question.order_id, at)
    if better is not None:
        outcome = better.outcome
    document = {
        **plain(deciding.document(outcome)),
        **({"limits": limits} if limits else {}),
        **({} if better is None else _waits(better)),
        "demand": [list(line) for line in question.demand],
        "destination": {
            "town": question.town, "country": question.country, "exact": bool(place and place.exact),
        },
    }  # fmt: skip
    start = sight.ruleset.resourcing.start_within_minutes
    held = () if better is None else better.held
    return Answer(outcome.decision, document, sight.ruleset_id, outcome.shipments, start, held)


def _waits(better: Better) -> dict[str, Any]:
    held = [{"location_id": one.location_id, "line_id": one.line_id, "quantity": one.quantity} for one in better.held]
    return {"wait_until": better.until.isoformat(), "instead_of": better.instead_of, "held": held}


def _limits(question: Question, seen: Seen) -> dict[str, int]:
    """Articles of which the order wants more than the channel may sell, though its places have more: that number."""
    wanted: dict[str, int] = {}
    for _, sku, units in question.demand:
        wanted[sku] = wanted.get(sku, 0) + units
    low = {sku: max(0, seen.most.get(sku, 0)) for sku, units in wanted.items() if units > seen.most.get(sku, 0)}
    return {sku: most for sku, most in low.items() if most < int(seen.units[sku].sum())}


def _minutes_left(connection: Connection, buyer: Buyer, order_id: str, at: datetime) -> int | None:
    """Until the promised time; None: nothing was promised."""
    if not buyer.options.get("promised"):
        return None
    p = t.promises.c
    latest = connection.execute(select(p.latest_at).where(p.order_id == order_id)).scalar()
    return None if latest is None else max(0, int((latest - at).total_seconds()) // 60)


def plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as lists, for JSON."""
    told = {name: np.asarray(column).tolist() for name, column in document["told"].items()}
    return {**document, "told": told}


@dataclass(frozen=True, slots=True)
class Run:
    """A run of sourcing that is to be kept. `kind`: what asked for it."""

    order_id: str
    kind: str
    answer: Answer


def keep(connection: Connection, cause: Cause, order_id: str, kind: str, answer: Answer) -> str:
    """Stores the decision as it was taken; returns its id."""
    return keep_each(connection, [(cause, Run(order_id, kind, answer))])[0]


def keep_each(connection: Connection, signed: Sequence[tuple[Cause, Run]]) -> list[str]:
    """As `keep`, in one statement."""
    rows = [
        {
            "id": cause.new_id(),
            "order_id": run.order_id,
            "kind": run.kind,
            "decided_at": cause.received_at,
            "ruleset_id": run.answer.ruleset_id,
            "shipments": run.answer.shipments,
            "optimal": run.answer.decision.explanation.proof.proved,
            "explanation": dict(run.answer.document),
        }
        for cause, run in signed
    ]
    insert_each(connection, t.decisions, rows)
    for cause, run in signed:
        until = run.answer.document.get("wait_until") or run.answer.document.get("postponed_until")
        if until:
            later.schedule(connection, cause, [Job(SOURCE_AGAIN, datetime.fromisoformat(until), run.order_id)])
        if run.answer.start_within_minutes and run.answer.decision.assignments:
            latest = cause.received_at + timedelta(minutes=run.answer.start_within_minutes)
            later.schedule(connection, cause, [Job(NO_ANSWER, latest, run.order_id)])
        if run.answer.postponed_until is not None:
            moment = {"source_at": run.answer.postponed_until}
            connection.execute(update(t.orders).where(t.orders.c.id == run.order_id).values(moment))
    return [str(row["id"]) for row in rows]


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
    metres = metres_between(place.latitude, place.longitude, location.latitude, location.longitude)
    return round(float(metres) / 1000, 1)


def buyer_of(order: Any, lines: Iterable[Any], customer_tier: str = "") -> Buyer:
    """`order`, `lines`: rows."""
    tier = str(order.options.get("tier", "") or customer_tier)
    country = order.ship_to.get("country", "")
    profile = Profile(order.channel, tier, country, order.service_level, order.total_minor)
    prices = {line.sku: line.unit_price_minor for line in lines}
    return Buyer(profile, prices, order.placed_at, order.options)


def _buyer(connection: Connection, question: Question) -> Buyer:
    o, line, c = t.orders.c, t.order_lines.c, t.customers.c
    query = (
        select(o.channel, o.service_level, o.total_minor, o.options, o.ship_to, o.placed_at, c.tier)
        .join_from(t.orders, t.customers, c.id == o.customer_id, isouter=True)
        .where(o.id == question.order_id)
    )
    order = connection.execute(query).first()
    if order is None:
        return Buyer(Profile(country=question.country))
    lines = select(line.sku, line.unit_price_minor).where(line.order_id == question.order_id)
    return buyer_of(order, connection.execute(lines), order.tier or "")


def judges(ruleset: Ruleset) -> bool:
    """Whether it asks how well places kept what they were given."""
    return any(
        Criterion.PERFORMANCE in one.criteria or one.filters.max_rejection_percent is not None
        for one in ruleset.strategies
    )


def _weighs(ruleset: Ruleset) -> bool:
    heavy = {Criterion.COST, Criterion.CARBON}
    return bool(ruleset.services) or any(
        strategy.consolidate or heavy.intersection(strategy.criteria) for strategy in ruleset.strategies
    )


def _weights(connection: Connection, skus: Sequence[str]) -> dict[str, int]:
    v = t.variants.c
    return {row.id: row.weight_g for row in connection.execute(select(v.id, v.weight_g).where(v.id.in_(skus)))}
