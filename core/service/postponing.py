"""An order that its strategy leaves alone for now: it cools off, or it waits for a time of release.

Nothing is reserved for it, and whoever cancels it takes it from nobody. A promise counts more: an order is never left
alone past the last moment to begin.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, select

from core.domain.ruleset import Strategy
from core.domain.ruleset_timing import not_before
from core.domain.sourcing import Decision, Explanation, Proof, Unfilled
from core.store import tables as t


class Asked(Protocol):
    """What of a question matters here."""

    @property
    def order_id(self) -> str: ...

    @property
    def demand(self) -> tuple[tuple[str, str, int], ...]: ...


class Postponed(NamedTuple):
    """`document`: as it is kept and told."""

    decision: Decision
    document: Mapping[str, Any]


def postponed(
    connection: Connection, asked: Asked, strategy: Strategy, placed_at: datetime | None, at: datetime
) -> Postponed | None:
    """None: it is time."""
    if placed_at is None or (not strategy.cooling_off_minutes and strategy.release is None):
        return None
    until, because = not_before(strategy, placed_at)
    p = t.promises.c
    last = connection.execute(select(p.cutoff_at).where(p.order_id == asked.order_id)).scalar()
    if last is not None and last < until:
        until, because = last, (*because, "promise")
    if until <= at:
        return None
    missing = tuple(Unfilled(line_id, units) for line_id, _, units in asked.demand)
    units = sum(one.quantity for one in missing)
    proof = Proof(units, units, 0, 0, True, 0)
    document = {
        "strategy": strategy.name,
        "postponed_until": until.isoformat(),
        "because": list(because),
        "assignments": [],
        "unfilled": [{"line_id": one.line_id, "quantity": one.quantity} for one in missing],
        "locations": [],
        "totals": {},
        "alternatives": [],
        "proof": {"unfilled": units, "unfilled_bound": units, "shipments": 0, "shipments_bound": 0, "proved": True,
                  "nodes": 0, "cost": 0, "cost_bound": 0},
        "demand": [list(line) for line in asked.demand],
    }  # fmt: skip
    return Postponed(Decision((), missing, Explanation((), proof)), document)
