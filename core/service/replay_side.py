"""What one version of the rules makes of past orders: the same orders in the order they came, each decision taking its
units out of the stock and a turn out of its places' day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.ruleset import Ruleset, parcel_carbon_g, parcel_cost_minor, parcel_minutes
from core.domain.sourcing import Decision
from core.service import deciding
from core.service.deciding import Case, Outcome
from core.service.network import Network

Ints = NDArray[Any]
STEP: Final = 250  # orders between two words of progress
# A replay looks at thousands of decisions: one that is hard is left unproved sooner, and counted.
MOST_STEPS: Final = 25


class Past(NamedTuple):
    """A past order. `case.stock` is not used: the replay keeps the stock."""

    order_id: str
    number: str
    day: date
    case: Case


@dataclass
class Side:
    """What one version makes of all orders. Minor units, grams, and hours of the slowest parcel of each order."""

    orders: int = 0
    shipments: Counter[int] = field(default_factory=Counter)
    units_waiting: int = 0
    orders_waiting: int = 0
    cost_minor: float = 0.0
    carbon_g: float = 0.0
    lead_hours: float = 0.0
    unproved: int = 0
    load: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        parcels = sum(number * count for number, count in self.shipments.items())
        sent = max(1, self.orders - self.shipments[0])
        return {
            "orders": self.orders,
            "shipments": {str(number): self.shipments[number] for number in sorted(self.shipments)},
            "parcels": parcels,
            "split_orders": sum(count for number, count in self.shipments.items() if number > 1),
            "orders_waiting": self.orders_waiting,
            "units_waiting": self.units_waiting,
            "cost_minor": round(self.cost_minor),
            "carbon_g": round(self.carbon_g),
            "lead_hours_mean": round(self.lead_hours / sent, 2),
            "unproved": self.unproved,
            "load": dict(self.load.most_common()),
        }


class _World:
    """Stock and turns as one version leaves them, order after order."""

    def __init__(self, network: Network, stock: Mapping[str, Ints], ruleset: Ruleset) -> None:
        self.ruleset = replace(ruleset, alternatives=False, node_limit=min(ruleset.node_limit, MOST_STEPS))
        self.stock = {sku: units.copy() for sku, units in stock.items()}
        self.network = replace(network, taken=np.zeros_like(network.taken))
        self.index = network.index()
        self.day: date | None = None
        self.side = Side()

    def decide(self, past: Past, grid: Ruleset) -> tuple[str, ...]:
        if past.day != self.day:
            self.day = past.day
            self.network.taken[:] = 0
        case = replace(past.case, stock=self.stock)
        outcome = deciding.decide(self.network, case, self.ruleset)
        self._take(case, outcome)
        self._count(case, outcome, grid)
        return tuple(sorted(outcome.decision.location_ids))

    def _take(self, case: Case, outcome: Outcome) -> None:
        skus = {line_id: sku for line_id, sku, _ in case.demand}
        for one in outcome.decision.assignments:
            self.stock[skus[one.line_id]][self.index[one.location_id]] -= one.quantity
        for location_id in outcome.decision.location_ids:
            self.network.taken[self.index[location_id]] += 1
            self.side.load[location_id] += 1

    def _count(self, case: Case, outcome: Outcome, grid: Ruleset) -> None:
        side, decision = self.side, outcome.decision
        side.orders += 1
        side.shipments[outcome.shipments] += 1
        side.unproved += not decision.explanation.proof.proved
        waiting = sum(one.quantity for one in decision.unfilled)
        side.units_waiting += waiting
        side.orders_waiting += waiting > 0
        if outcome.gathering is not None:
            self._measure_gathered(outcome.gathering, grid)
        elif decision.assignments:
            self._measure(case, decision, grid)

    def _measure_gathered(self, gathering: Mapping[str, Any], grid: Ruleset) -> None:
        for part in (*gathering["legs"], gathering["onward"]):
            self.side.cost_minor += parcel_cost_minor(grid, part["distance_m"], part["grams"])
            self.side.carbon_g += parcel_carbon_g(grid, part["distance_m"], part["grams"])
        self.side.lead_hours += gathering["minutes"] / 60

    def _measure(self, case: Case, decision: Decision, grid: Ruleset) -> None:
        """By one price grid and one way for both sides: a new grid makes nothing cheaper that is sent alike."""
        skus = {line_id: sku for line_id, sku, _ in case.demand}
        grams: Counter[str] = Counter()
        for one in decision.assignments:
            grams[one.location_id] += one.quantity * case.weights_g.get(skus[one.line_id], 0)
        slowest = 0
        known = case.latitude is not None
        metres = self.network.metres_to(case.latitude or 0.0, case.longitude) if known else self.network.taken * 0
        for location_id, weight in grams.items():
            place = self.index[location_id]
            way = int(metres[place])
            self.side.cost_minor += parcel_cost_minor(grid, way, weight)
            self.side.carbon_g += parcel_carbon_g(grid, way, weight)
            slowest = max(slowest, parcel_minutes(grid, self.network.kinds[place], way))
        self.side.lead_hours += slowest / 60


class Question(NamedTuple):
    """`ruleset` decides; `grid`: the rules whose prices and ways both sides are measured by."""

    network: Network
    stock: Mapping[str, Ints]
    orders: Sequence[Past]
    ruleset: Ruleset
    grid: Ruleset


class Answer(NamedTuple):
    """The places of the next `STEP` orders, sorted, and the side after them."""

    places: list[tuple[str, ...]]
    side: Side


def decided(question: Question) -> Iterator[Answer]:
    world = _World(question.network, question.stock, question.ruleset)
    for start in range(0, len(question.orders), STEP):
        places = [world.decide(past, question.grid) for past in question.orders[start : start + STEP]]
        yield Answer(places, world.side)
