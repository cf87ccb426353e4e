"""An order gets its places: decided, reserved and made into fulfilments in one transaction, or it waits for stock.

Between deciding and reserving somebody else may take the last unit: then the decision is taken again with what is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState
from core.domain.sourcing import Assignment
from core.service import fulfilments, promise_orders, sourcing
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.order_state import OrderParts
from core.service.sourcing import Answer, Question
from core.service.stock import Delta, Movement, Shortage, reserve

MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Allocated:
    """`missing`: units by order line that no place can promise. `given`: what each place gets, on offer or not."""

    fulfilments: tuple[Fulfilment, ...]
    missing: Mapping[str, int]
    decision_id: str
    targets: tuple[datetime, ...] = field(default=())
    given: tuple[Assignment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Terms:
    """`excluded`: by order line the locations that may not be asked. A "sourcing" heeds the place the order names."""

    kind: str = "sourcing"
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)


FIRST = Terms()


def allocate(
    connection: Connection, cause: Cause, parts: OrderParts, wanted: Mapping[str, int], terms: Terms = FIRST
) -> Allocated:
    """`wanted`: units by order line."""
    found = decide(connection, cause, parts, wanted, terms)
    made = give(connection, cause, parts, found.assignments)
    targets = tuple(one.target_at for one in made)
    return Allocated(tuple(made), found.missing, found.decision_id, targets, found.assignments)


@dataclass(frozen=True, slots=True)
class Decided:
    """Who sends what; its stock is reserved. `missing` as in Allocated."""

    assignments: tuple[Assignment, ...]
    missing: Mapping[str, int]
    decision_id: str


def decide(
    connection: Connection, cause: Cause, parts: OrderParts, wanted: Mapping[str, int], terms: Terms = FIRST
) -> Decided:
    """Decided, reserved, kept with its reasons and told; nobody has work of it yet."""
    kind = terms.kind
    skus = {line.id: line.sku for line in parts.lines}
    question = Question(
        order_id=parts.row.id,
        division_id=parts.row.division_id,
        town=parts.row.ship_to.get("town", ""),
        country=parts.row.ship_to.get("country", ""),
        demand=tuple((id, skus[id], units) for id, units in sorted(wanted.items()) if units > 0),
        excluded=_by_sku(terms.excluded, skus),
        location_id=parts.row.options.get("location_id", "") if kind == "sourcing" else "",
        channel=parts.row.channel,
    )
    answer = _promised(connection, cause, question) if parts.row.options.get("promised") else None
    answer = answer or _reserved(connection, cause, question)
    decision_id = sourcing.keep(connection, cause, parts.row.id, kind, answer)
    shipments = len(answer.decision.location_ids)
    told = {"number": parts.row.number, "decision_id": decision_id, "shipments": shipments, "kind": kind}
    record(
        connection,
        cause,
        [
            Happening(
                "OrderPostponed" if answer.postponed else "OrderSourced", "order", parts.row.id, parts.row.id, told
            )
        ],
    )
    missing = {one.line_id: one.quantity for one in answer.decision.unfilled}
    return Decided(answer.decision.assignments, missing, decision_id)


def _promised(connection: Connection, cause: Cause, question: Question) -> Answer | None:
    """From places that keep the order's promise. None: they cannot have all of it, and the promise is at risk."""
    late = promise_orders.late_places(connection, question.order_id, cause.received_at)
    if late is not None:
        savepoint = connection.begin_nested()
        answer = _reserved(connection, cause, replace(question, late=late))
        if answer.postponed or not answer.decision.unfilled:
            savepoint.commit()
            return answer
        savepoint.rollback()
    promise_orders.risk(connection, cause, question.order_id, "nobody_in_time")
    return None


def _by_sku(excluded: Mapping[str, frozenset[str]], skus: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line_id, places in excluded.items():
        found[skus[line_id]] = found.get(skus[line_id], frozenset()) | places
    return found


def _reserved(connection: Connection, cause: Cause, question: Question) -> Answer:
    """A decision whose stock is reserved. After some attempts what keeps slipping away is left to wait."""
    for _ in range(MOST_ATTEMPTS):
        answer = sourcing.decide(connection, question, cause.received_at)
        if _try_to_reserve(connection, cause, question, answer) is None:
            return answer
    nobody = {sku: frozenset(_places(answer)) for _, sku, _ in question.demand}
    return sourcing.decide(connection, replace(question, excluded=nobody), cause.received_at)


def _places(answer: Answer) -> list[str]:
    return list(answer.decision.explanation.location_ids)


def _try_to_reserve(connection: Connection, cause: Cause, question: Question, answer: Answer) -> Shortage | None:
    skus = {line_id: sku for line_id, sku, _ in question.demand}
    units: dict[tuple[str, str], int] = {}
    for one in answer.decision.assignments:
        key = (one.location_id, skus[one.line_id])
        units[key] = units.get(key, 0) + one.quantity
    movements = [
        Movement(
            location_id, sku, "reservation", Delta(reserved=count), "", question.order_id, "", question.division_id
        )
        for (location_id, sku), count in units.items()
    ]
    if not movements:
        return None
    savepoint = connection.begin_nested()
    shortage = reserve(connection, cause, movements)
    if shortage is None:
        savepoint.commit()
    else:
        savepoint.rollback()
    return shortage


def give(
    connection: Connection, cause: Cause, parts: OrderParts, assignments: Sequence[Assignment]
) -> list[Fulfilment]:
    """Reserved units become work: one fulfilment per place; where one waits there untouched, it gets the units."""
    lines = {line.id: line for line in parts.lines}
    by_place: dict[str, list[tuple[object, int]]] = {}
    for one in assignments:
        by_place.setdefault(one.location_id, []).append((lines[one.line_id], one.quantity))
    waiting = {f.location_id: f for f in parts.fulfilments if not_begun(f)}
    made = []
    for location_id in sorted(by_place):
        known = waiting.get(location_id)
        if known is not None:
            after = fulfilments.extended(connection, cause, known, by_place[location_id])
        else:
            after = fulfilments.make(connection, cause, parts.row, location_id, by_place[location_id])
        units = sum(count for _, count in by_place[location_id])
        told = {"number": after.number, "short_id": after.short_id, "location_id": location_id, "units": units}
        name = "FulfilmentExtended" if known is not None else "FulfilmentCreated"
        record(connection, cause, [Happening(name, "fulfilment", after.id, after.order_id, told)])
        made.append(after)
    return made


def not_begun(fulfilment: Fulfilment) -> bool:
    """Whether units may still be added to it: nobody works on it, as far as the core knows."""
    return fulfilment.state is FulfilmentState.OPEN and not fulfilment.run_id
