"""Whether an order should wait for announced stock instead of going out in more parcels, as its strategy allows.

Then nobody gets it yet. What of that answer is on hand today is held for it (`core.service.waiting_holds`). It waits
like any other, is served when the supply is received, and decided again when the day has passed without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from core.domain.ruleset import Ruleset
from core.domain.sourcing import Assignment, Unfilled
from core.service import deciding
from core.service.asking import CODE
from core.service.deciding import Case, Outcome
from core.service.network import Network
from core.store import tables as t


class Waiting(NamedTuple):
    """What was decided with the stock of now, and from what."""

    network: Network
    case: Case
    ruleset: Ruleset
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Better:
    """`until`: the last announced date it needs. `instead_of`: shipments that go out if it does not wait.

    `held`: what is there already of what it will be sent.
    """

    outcome: Outcome
    until: datetime
    instead_of: int
    held: tuple[Assignment, ...]


def worth_waiting(connection: Connection, waiting: Waiting, order_id: str, at: datetime) -> Better | None:
    rule = waiting.outcome.strategy.wait
    now = _parcels(waiting.outcome)
    if rule is None or waiting.outcome.gathering is not None or now <= rule.saves_shipments:
        return None
    placed_at = connection.execute(select(t.orders.c.placed_at).where(t.orders.c.id == order_id)).scalar() or at
    coming = _announced(connection, waiting.case, at, placed_at + timedelta(days=rule.max_days))
    if not coming:
        return None
    index = waiting.network.index()
    stock = {sku: units.copy() for sku, units in waiting.case.stock.items()}
    mine = _promised_to(connection, order_id)
    for row in coming:
        if row.location_id in index:
            promised = row.promised - mine.get(row.id, 0)
            stock[row.sku][index[row.location_id]] += max(0, row.quantity - row.received - promised - row.protected)
    then = deciding.decide(waiting.network, replace(waiting.case, stock=stock), waiting.ruleset)
    if then.decision.unfilled or now - then.shipments < rule.saves_shipments:
        return None
    until = _needed(waiting, then, coming)
    return None if until is None else Better(_nobody_yet(waiting), until, now, _on_hand(waiting, then))


def _parcels(outcome: Outcome) -> int:
    return outcome.shipments + bool(outcome.decision.unfilled)


def _announced(connection: Connection, case: Case, at: datetime, deadline: datetime) -> list[Any]:
    i = t.inbound.c
    skus = sorted({sku for _, sku, _ in case.demand})
    query = select(t.inbound).where(i.state == "expected", i.sku.in_(skus), i.expected_at > at)
    return list(connection.execute(query.where(i.expected_at <= deadline).order_by(i.expected_at, i.id)))


def _promised_to(connection: Connection, order_id: str) -> dict[str, int]:
    """Units of each supply that are kept for this order: it may count on them."""
    p = t.inbound_promises.c
    query = select(p.inbound_id, func.sum(p.units)).where(p.order_id == order_id).group_by(p.inbound_id)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _on_hand(waiting: Waiting, then: Outcome) -> tuple[Assignment, ...]:
    """The part of the answer that does not have to arrive first."""
    skus = {line_id: sku for line_id, sku, _ in waiting.case.demand}
    index, left, held = waiting.network.index(), dict[tuple[str, str], int](), []
    for one in then.decision.assignments:
        key = (one.location_id, skus[one.line_id])
        there = left.get(key, int(waiting.case.stock[key[1]][index[key[0]]]))
        units = min(one.quantity, max(0, there))
        left[key] = there - units
        if units:
            held.append(replace(one, quantity=units))
    return tuple(held)


def _needed(waiting: Waiting, then: Outcome, coming: list[Any]) -> datetime | None:
    """The latest date of the supply that the answer takes more from than is there."""
    skus = {line_id: sku for line_id, sku, _ in waiting.case.demand}
    taken: dict[tuple[str, str], int] = {}
    for one in then.decision.assignments:
        key = (one.location_id, skus[one.line_id])
        taken[key] = taken.get(key, 0) + one.quantity
    index = waiting.network.index()
    lacking = {key for key, units in taken.items() if units > waiting.case.stock[key[1]][index[key[0]]]}
    return max((row.expected_at for row in coming if (row.location_id, row.sku) in lacking), default=None)


def _nobody_yet(waiting: Waiting) -> Outcome:
    decision = waiting.outcome.decision
    every = tuple(Unfilled(line_id, units) for line_id, _, units in waiting.case.demand if units > 0)
    told: Mapping[str, Any] = waiting.outcome.told
    codes = np.where(told["codes"] == CODE["chosen"], CODE["not_needed"], told["codes"])
    return replace(
        waiting.outcome, decision=replace(decision, assignments=(), unfilled=every), told={**told, "codes": codes}
    )
