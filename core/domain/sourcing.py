"""What a sourcing decision says: who sends what, what nobody sends, the proof, and what else could have been done.

Which places are chosen is found by `core.domain.cover` (fewest shipments first) or `core.service.cheapest` (any other
objective); here their units are dealt out to the lines of the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from types import MappingProxyType
from typing import Final, NamedTuple


class Demand(NamedTuple):
    line_id: str
    sku: str
    quantity: int


class Item(NamedTuple):
    """What is found as one: all lines of an article, or a single line where lines are not split.

    `units`: that may be given; fewer than the lines ask for where a limit of the article keeps the rest back.
    """

    sku: str
    units: int
    lines: tuple[Demand, ...]


class Taken(NamedTuple):
    """A chosen place: what it can give of each item, and what a unit of each costs there in the objective."""

    location_id: str
    units: Sequence[int]
    unit_costs: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    location_id: str
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Unfilled:
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """An answer without the location `without`, one of the chosen. `totals`: what it costs, by criterion.

    `proved`: no answer without it is better. Otherwise the search was not finished, and a better one may exist.
    """

    without: str
    location_ids: tuple[str, ...]
    shipments: int
    unfilled: int
    distance_m: int
    totals: Mapping[str, int] = field(default_factory=dict)
    proved: bool = True


@dataclass(frozen=True, slots=True)
class Proof:
    """No answer leaves less than `unfilled_bound` units or, with that, has fewer than `shipments_bound` shipments.

    `proved`: the answer is the best one for the whole objective. Otherwise the node limit ended the search, and answer
    and bounds say how far from the best it can be. `cost` and `cost_bound`: the objective as one number, 0 where
    shipments come first and need no other.
    """

    unfilled: int
    unfilled_bound: int
    shipments: int
    shipments_bound: int
    proved: bool
    nodes: int
    cost: int = 0
    cost_bound: int = 0

    @property
    def gap(self) -> int:
        """Shipments that a better answer might save; 0 where the number is proved."""
        return 0 if self.proved else max(0, self.shipments - self.shipments_bound)


@dataclass(frozen=True, slots=True)
class Explanation:
    """`alternatives`: fewest shipments first, then nearest. What each of `location_ids` was told is kept in columns."""

    alternatives: tuple[Alternative, ...]
    proof: Proof
    location_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    assignments: tuple[Assignment, ...]
    unfilled: tuple[Unfilled, ...]
    explanation: Explanation

    @property
    def location_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(assignment.location_id for assignment in self.assignments))


NO_LIMIT: Final[Mapping[str, int]] = MappingProxyType({})


def lines_within(demand: Iterable[tuple[str, str, int]], most: Mapping[str, int]) -> list[frozenset[str]]:
    """Lines that stay behind so that each article keeps within `most`, every way to leave out as few as possible.

    Empty where all lines are within it.
    """
    by_sku: dict[str, list[tuple[str, int]]] = {}
    for line_id, sku, units in demand:
        if sku in most and units > 0:
            by_sku.setdefault(sku, []).append((line_id, units))
    choices = [
        [{id for id, _ in lines} - kept for kept in _largest_sets(lines, most[sku])]
        for sku, lines in by_sku.items()
        if sum(units for _, units in lines) > most[sku]
    ]
    return [frozenset().union(*picked) for picked in product(*choices)] if choices else []


def _largest_sets(lines: Sequence[tuple[str, int]], most: int) -> list[set[str]]:
    fitting = [
        {id for id, _ in chosen}
        for size in range(len(lines), -1, -1)
        for chosen in combinations(lines, size)
        if sum(units for _, units in chosen) <= most
    ]
    return [one for one in fitting if not any(one < other for other in fitting)]


def items_of(lines: Sequence[Demand], splittable: bool, most: Mapping[str, int] = NO_LIMIT) -> list[Item]:
    """`most`: by SKU the units that may be given of it where lines are split (for whole lines: `lines_within`)."""
    if not splittable:
        return [Item(line.sku, line.quantity, (line,)) for line in lines]
    by_sku: dict[str, list[Demand]] = {}
    for line in lines:
        by_sku.setdefault(line.sku, []).append(line)
    items = [Item(sku, sum([line.quantity for line in same]), tuple(same)) for sku, same in by_sku.items()]
    if most:
        items = [item._replace(units=max(0, min(item.units, most.get(item.sku, item.units)))) for item in items]
    return items


def deal(items: Sequence[Item], chosen: Sequence[Taken]) -> tuple[tuple[Assignment, ...], tuple[Unfilled, ...]]:
    """Who sends what. `chosen`: cheapest first.

    One place sends all of an article where one has it all; among several ways the cheapest units go first.
    """
    assignments: list[Assignment] = []
    unfilled: list[Unfilled] = []
    for index, item in enumerate(items):
        lines, units = item.lines, item.units
        if len(lines) == 1 and lines[0].quantity == units and not (chosen and chosen[0].unit_costs):
            whole = [taken for taken in chosen if taken.units[index] >= units]
            if whole:
                assignments.append(Assignment(whole[0].location_id, lines[0].line_id, units))
                continue
        left = [line.quantity for line in item.lines]
        allowed = item.units
        for taken in _in_turn(index, item.units, chosen):
            units = min(taken.units[index], allowed)
            allowed -= units
            for position, line in enumerate(item.lines):
                given = min(units, left[position])
                if given:
                    assignments.append(Assignment(taken.location_id, line.line_id, given))
                    left[position] -= given
                    units -= given
        unfilled += [Unfilled(line.line_id, rest) for line, rest in zip(item.lines, left, strict=True) if rest]
    return tuple(assignments), tuple(unfilled)


def _in_turn(index: int, wanted: int, chosen: Sequence[Taken]) -> Sequence[Taken]:
    if chosen and chosen[0].unit_costs:
        return sorted(chosen, key=lambda taken: taken.unit_costs[index])
    whole = [taken for taken in chosen if taken.units[index] == wanted][:1]
    return whole or chosen
