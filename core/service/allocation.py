"""An order gets its places: decided, reserved and made into fulfilments in one transaction, or it waits for stock.

Between deciding and reserving somebody else may take the last unit: then the decision is taken again with what is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState
from core.domain.sourcing import Assignment
from core.domain.transitions import Transition, transitions
from core.service import customers, fulfilments, legs, promise_orders, sourcing, waiting_holds
from core.service.cause import Cause
from core.service.events import Happening, record, record_each
from core.service.fulfilments import Part
from core.service.order_state import OrderParts
from core.service.sourcing import Answer, Question, Run
from core.service.stock import Delta, Movement, Shortage, reserve, reserve_all
from core.service.waiting_holds import Held

MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Allocated:
    """`missing`: units by order line that no place can promise. `given`: what each place sends, on offer or not.

    `gathering_minutes`: until all of a gathered order is at its place. `postponed`: it is not its time yet.
    """

    fulfilments: tuple[Fulfilment, ...]
    missing: Mapping[str, int]
    decision_id: str
    targets: tuple[datetime, ...] = field(default=())
    given: tuple[Assignment, ...] = field(default=())
    gathering_minutes: int = 0
    postponed: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """Who sends what; its stock is reserved. `missing` as in Allocated. `postponed`: it is not its time yet.

    `gathered_at`: where its parts meet before they go to the customer; "". `gathering_minutes`: until they have.
    """

    assignments: tuple[Assignment, ...]
    missing: Mapping[str, int]
    decision_id: str
    postponed: bool
    gathered_at: str = ""
    gathering_minutes: int = 0


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
    return allocated(carry_out(connection, cause, parts, found), found)


def carry_out(connection: Connection, cause: Cause, parts: OrderParts, found: Decided) -> list[Fulfilment]:
    """Every place gets its work; where the order is gathered, what others send goes there."""
    made = give(connection, cause, parts, found.assignments)
    return legs.send(connection, cause, parts.row, made, found.gathered_at) if found.gathered_at else made


def allocate_new(connection: Connection, signed: Sequence[tuple[Cause, OrderParts]]) -> list[Allocated]:
    """As `allocate` of all units of each order: those of one brand and channel are decided from one look at the stock.

    Each is decided with what those before it left, and all of them together are reserved, kept and made into work in a
    fixed number of statements. Where somebody else took something in between, they are allocated one by one.
    """
    questions = [question_of(parts, {line.id: line.quantity for line in parts.lines}) for _, parts in signed]
    answers = _seen_together(connection, signed, questions)
    for (_, parts), answer in zip(signed, answers, strict=True):
        parts.row.source_at = answer.postponed_until
    reservations = [
        (cause, movement)
        for (cause, _), question, answer in zip(signed, questions, answers, strict=True)
        for movement in _movements(question, answer)
    ]
    savepoint = connection.begin_nested()
    if not reserve_all(connection, reservations):
        savepoint.rollback()
        wanted = [{line.id: line.quantity for line in parts.lines} for _, parts in signed]
        return [allocate(connection, *one, units) for one, units in zip(signed, wanted, strict=True)]
    savepoint.commit()
    runs = [
        (cause, Run(parts.row.id, "sourcing", answer)) for (cause, parts), answer in zip(signed, answers, strict=True)
    ]
    ids = sourcing.keep_each(connection, runs)
    asked = zip(signed, questions, answers, strict=True)
    waiting_holds.keep_each(connection, [(cause, _held(question, answer)) for (cause, _), question, answer in asked])
    decided = [_decided(answer, id) for answer, id in zip(answers, ids, strict=True)]
    told = [(cause, _sourced(parts, "sourcing", one)) for (cause, parts), one in zip(signed, decided, strict=True)]
    record_each(connection, told)
    return _give_new(connection, signed, decided)


def _seen_together(
    connection: Connection, signed: Sequence[tuple[Cause, OrderParts]], questions: Sequence[Question]
) -> list[Answer]:
    skus: dict[tuple[str, str], set[str]] = {}
    for question in questions:
        kind = (question.division_id, question.channel)
        skus.setdefault(kind, set()).update(sku for _, sku, _ in question.demand)
    at = signed[0][0].received_at
    sights = {kind: sourcing.look(connection, *kind, wanted, at) for kind, wanted in skus.items()}
    tiers = customers.tiers(connection, {parts.row.customer_id for _, parts in signed if parts.row.customer_id})
    answers = []
    for (cause, parts), question in zip(signed, questions, strict=True):
        sight = sights[question.division_id, question.channel]
        buyer = sourcing.buyer_of(parts.row, parts.lines, tiers.get(parts.row.customer_id, ""))
        answer = sourcing.decide_from(connection, sight, question, buyer, cause.received_at)
        sight.without(question, answer)
        answers.append(answer)
    return answers


def _give_new(
    connection: Connection, signed: Sequence[tuple[Cause, OrderParts]], decided: Sequence[Decided]
) -> list[Allocated]:
    """The work of new orders: their parts are numbered from 1."""
    asked: list[tuple[Cause, Part]] = []
    for (cause, parts), one in zip(signed, decided, strict=True):
        by_place = _by_place(parts, one.assignments)
        for number, location_id in enumerate(sorted(by_place), 1):
            part = Part(parts.row, location_id, f"{parts.row.number}-{number}", by_place[location_id])
            asked.append((cause, part))
    made = fulfilments.make_each(connection, asked)
    told = [
        (cause, _given("FulfilmentCreated", one, part.lines, transitions(None, one)))
        for (cause, part), one in zip(asked, made, strict=True)
    ]
    record_each(connection, told)
    by_order: dict[str, list[Fulfilment]] = {}
    for work in made:
        by_order.setdefault(work.order_id, []).append(work)
    for (cause, parts), one in zip(signed, decided, strict=True):
        if one.gathered_at:
            sent = legs.send(connection, cause, parts.row, by_order.get(parts.row.id, ()), one.gathered_at)
            by_order[parts.row.id] = sent
    return [allocated(by_order.get(parts.row.id, ()), one) for (_, parts), one in zip(signed, decided, strict=True)]


def allocated(made: Sequence[Fulfilment], decided: Decided) -> Allocated:
    """What is gathered first leaves for the customer from where it is gathered, wherever it lies now."""
    targets, at = tuple(one.target_at for one in made), decided.gathered_at
    given = tuple(replace(one, location_id=at or one.location_id) for one in decided.assignments)
    minutes, postponed = decided.gathering_minutes, decided.postponed
    return Allocated(tuple(made), decided.missing, decided.decision_id, targets, given, minutes, postponed)


def decide(
    connection: Connection, cause: Cause, parts: OrderParts, wanted: Mapping[str, int], terms: Terms = FIRST
) -> Decided:
    """Decided, reserved, kept with its reasons and told; nobody has work of it yet.

    What the order held of these lines while it waited is at its disposal, and goes where it is decided now.
    """
    waiting_holds.let_go(connection, cause, parts.row.id, wanted)
    question = question_of(parts, wanted, terms)
    answer = _promised(connection, cause, question) if parts.row.options.get("promised") else None
    answer = answer or _reserved(connection, cause, question)
    decided = _decided(answer, sourcing.keep(connection, cause, parts.row.id, terms.kind, answer))
    waiting_holds.keep_each(connection, [(cause, _held(question, answer))])
    record(connection, cause, [_sourced(parts, terms.kind, decided)])
    return decided


def question_of(parts: OrderParts, wanted: Mapping[str, int], terms: Terms = FIRST) -> Question:
    skus = {line.id: line.sku for line in parts.lines}
    return Question(
        order_id=parts.row.id,
        division_id=parts.row.division_id,
        town=parts.row.ship_to.get("town", ""),
        country=parts.row.ship_to.get("country", ""),
        demand=tuple((id, skus[id], units) for id, units in sorted(wanted.items()) if units > 0),
        excluded=_by_sku(terms.excluded, skus),
        location_id=parts.row.options.get("location_id", "") if terms.kind == "sourcing" else "",
        channel=parts.row.channel,
    )


def _decided(answer: Answer, decision_id: str) -> Decided:
    missing = {one.line_id: one.quantity for one in answer.decision.unfilled}
    postponed = answer.postponed_until is not None
    minutes = answer.gathering_minutes
    return Decided(answer.decision.assignments, missing, decision_id, postponed, answer.gathered_at, minutes)


def _held(question: Question, answer: Answer) -> Held:
    skus = {line_id: sku for line_id, sku, _ in question.demand}
    return Held(question.order_id, question.division_id, skus, answer.held)


def _sourced(parts: OrderParts, kind: str, decided: Decided) -> Happening:
    shipments = 1 if decided.gathered_at else len({one.location_id for one in decided.assignments})
    told = {"number": parts.row.number, "decision_id": decided.decision_id, "shipments": shipments, "kind": kind}
    name = "OrderPostponed" if decided.postponed else "OrderSourced"
    return Happening(name, "order", parts.row.id, parts.row.id, told)


def _promised(connection: Connection, cause: Cause, question: Question) -> Answer | None:
    """From places that keep the order's promise. None: they cannot have all of it, and the promise is at risk.

    A promise of announced stock was made in the knowledge that not all of it is there.
    """
    late = promise_orders.late_places(connection, question.order_id, cause.received_at)
    if late is not None:
        savepoint = connection.begin_nested()
        answer = _reserved(connection, cause, replace(question, late=late))
        complete = not answer.decision.unfilled or promise_orders.counts_on_supply(connection, question.order_id)
        if answer.postponed_until or complete:
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
    movements = _movements(question, answer)
    if not movements:
        return None
    savepoint = connection.begin_nested()
    shortage = reserve(connection, cause, movements)
    if shortage is None:
        savepoint.commit()
    else:
        savepoint.rollback()
    return shortage


def _movements(question: Question, answer: Answer) -> list[Movement]:
    """What is given to places, or held there: an order that waits is given nothing yet."""
    skus = {line_id: sku for line_id, sku, _ in question.demand}
    units: dict[tuple[str, str], int] = {}
    for one in (*answer.decision.assignments, *answer.held):
        key = (one.location_id, skus[one.line_id])
        units[key] = units.get(key, 0) + one.quantity
    of = (waiting_holds.REASON if answer.held else "", question.order_id, "", question.division_id)
    return [Movement(*key, "reservation", Delta(reserved=count), *of) for key, count in units.items()]


def give(
    connection: Connection, cause: Cause, parts: OrderParts, assignments: Sequence[Assignment]
) -> list[Fulfilment]:
    """Reserved units become work: one fulfilment per place; where one waits there untouched, it gets the units."""
    by_place = _by_place(parts, assignments)
    waiting = {f.location_id: f for f in parts.fulfilments if not_begun(f)}
    made = []
    for location_id in sorted(by_place):
        known, lines = waiting.get(location_id), by_place[location_id]
        if known is not None:
            after = fulfilments.extended(connection, cause, known, lines)
        else:
            after = fulfilments.make(connection, cause, parts.row, location_id, lines)
        name = "FulfilmentExtended" if known is not None else "FulfilmentCreated"
        record(connection, cause, [_given(name, after, lines, transitions(known, after))])
        made.append(after)
    return made


def _by_place(parts: OrderParts, assignments: Sequence[Assignment]) -> dict[str, list[tuple[Any, int]]]:
    lines = {line.id: line for line in parts.lines}
    found: dict[str, list[tuple[Any, int]]] = {}
    for one in assignments:
        found.setdefault(one.location_id, []).append((lines[one.line_id], one.quantity))
    return found


def _given(name: str, work: Fulfilment, lines: Sequence[tuple[Any, int]], changes: Sequence[Transition]) -> Happening:
    units = sum(count for _, count in lines)
    told = {"number": work.number, "short_id": work.short_id, "location_id": work.location_id, "units": units}
    return Happening(name, "fulfilment", work.id, work.order_id, told, transitions=changes)


def not_begun(fulfilment: Fulfilment) -> bool:
    """Whether units may still be added to it: nobody works on it, as far as the core knows."""
    return fulfilment.state is FulfilmentState.OPEN and not fulfilment.run_id
