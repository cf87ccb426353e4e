"""Which locations send an order: exact for its objective, with the reasons and the proof.

The objective, one part after the other: fewest units missing, fewest shipments, the kinds of location that are
preferred, the shortest way. The search itself is `core.domain.cover`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import NamedTuple

from core.domain.cover import Cover, Supply, cover

# A kind of location outweighs any sum of distances: metres once round the earth, for more shipments than an order has.
_RANK = 10**12


class Demand(NamedTuple):
    line_id: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A location that might send something. `capacity_left`: orders it can still take today."""

    location_id: str
    kind: str  # "store" | "warehouse"
    distance_km: float
    capacity_left: int
    atp: Mapping[str, int]  # by SKU


@dataclass(frozen=True, slots=True)
class SourcingSettings:
    """`max_splits`: shipments beyond the first; None: as many as it takes. `prefer`: kinds of location, best first.

    Without `allow_quantity_split` a line comes whole from one location, or not at all.
    """

    max_splits: int | None = None
    allow_quantity_split: bool = True
    prefer: tuple[str, ...] = ()
    alternatives: bool = True
    node_limit: int = 20_000


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
class LocationReason:
    """Why a location was chosen or not. `code`: "chosen", "not_needed", or the rule that filtered it out.

    Those are "no_capacity" (capacity_left), "no_stock", "no_whole_line". Params of the others: units (that it could
    send), rank (of its kind, 0 is best), distance_m.
    """

    location_id: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alternative:
    """The best answer without the location `without`, one of the chosen."""

    without: str
    location_ids: tuple[str, ...]
    shipments: int
    unfilled: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class Proof:
    """No answer leaves less than `unfilled_bound` units or, with that, has fewer than `shipments_bound` shipments.

    `proved`: the answer is the best one for the whole objective. Otherwise the node limit ended the search, and answer
    and bounds say how far from the best it can be.
    """

    unfilled: int
    unfilled_bound: int
    shipments: int
    shipments_bound: int
    proved: bool
    nodes: int

    @property
    def gap(self) -> int:
        """Shipments that a better answer might save; 0 where the number is proved."""
        return max(0, self.shipments - self.shipments_bound)


@dataclass(frozen=True, slots=True)
class Explanation:
    locations: tuple[LocationReason, ...]  # in the order of the candidates
    alternatives: tuple[Alternative, ...]  # fewest shipments first, then nearest
    proof: Proof


@dataclass(frozen=True, slots=True)
class Decision:
    assignments: tuple[Assignment, ...]
    unfilled: tuple[Unfilled, ...]
    explanation: Explanation

    @property
    def location_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(assignment.location_id for assignment in self.assignments))


class _Item(NamedTuple):
    """What is found as one: all lines of an article, or a single line where lines are not split."""

    sku: str
    units: int
    lines: tuple[Demand, ...]


def source(
    lines: Sequence[tuple[str, str, int]], candidates: Sequence[Candidate], settings: SourcingSettings
) -> Decision:
    """Where each of `lines` (line id, SKU, quantity) comes from. The order of the candidates has no influence."""
    items = _items([Demand(*line) for line in lines if line[2] > 0], settings.allow_quantity_split)
    ranks = {kind: rank for rank, kind in reversed(list(enumerate(settings.prefer)))}
    costs = [
        (ranks.get(c.kind, len(ranks)) * _RANK + round(c.distance_km * 1000), c.location_id, c) for c in candidates
    ]
    costs.sort(key=lambda priced: priced[:2])
    ordered = [candidate for _, _, candidate in costs]
    supplies: list[Supply] = []
    reasons: dict[str, LocationReason] = {}
    for place, (cost, location_id, candidate) in enumerate(costs):
        found = _supplies(place, cost, candidate, items, settings.allow_quantity_split)
        supplies += found
        reasons[location_id] = _reason(candidate, cost, found, items)
    most = len(ordered) if settings.max_splits is None else max(0, settings.max_splits) + 1
    case = _Case([item.units for item in items], supplies, most, settings.node_limit)
    best = case.best()
    assignments, unfilled = _shared_out(items, best.chosen, ordered)
    used = {assignment.location_id for assignment in assignments}
    for location_id in used:
        reasons[location_id] = replace(reasons[location_id], code="chosen")
    others = _alternatives(case, best, ordered) if settings.alternatives else ()
    proof = Proof(best.missing, best.missing_bound, len(used), best.places_bound, best.proved, best.nodes)
    notes = tuple(reasons[candidate.location_id] for candidate in candidates)
    return Decision(assignments, unfilled, Explanation(notes, others, proof))


class _Case(NamedTuple):
    demand: Sequence[int]
    supplies: Sequence[Supply]
    most_places: int
    node_limit: int

    def best(self) -> Cover:
        return cover(self.demand, self.supplies, self.most_places, self.node_limit)


def _items(lines: Sequence[Demand], splittable: bool) -> list[_Item]:
    if not splittable:
        return [_Item(line.sku, line.quantity, (line,)) for line in lines]
    by_sku: dict[str, list[Demand]] = {}
    for line in lines:
        by_sku.setdefault(line.sku, []).append(line)
    return [_Item(sku, sum(line.quantity for line in same), tuple(same)) for sku, same in by_sku.items()]


def _metres(candidate: Candidate) -> int:
    return round(candidate.distance_km * 1000)


def _supplies(place: int, cost: int, candidate: Candidate, items: Sequence[_Item], splittable: bool) -> list[Supply]:
    """How the location can be used: one way where quantities may be split or each line has its own article."""
    if candidate.capacity_left <= 0:
        return []
    stock = candidate.atp.get
    have = [stock(item.sku, 0) for item in items]
    if splittable:
        units = [min(have[i], item.units) if have[i] > 0 else 0 for i, item in enumerate(items)]
        return [Supply(place, cost, tuple(units))] if any(units) else []
    found: list[Supply] = []
    for whole in product(*_whole_lines(items, have)):
        served = {index for group in whole for index in group}
        if served:
            found.append(Supply(place, cost, tuple(item.units if i in served else 0 for i, item in enumerate(items))))
    return found


def _whole_lines(items: Sequence[_Item], have: Sequence[int]) -> list[list[tuple[int, ...]]]:
    """For each article the largest sets of its lines that its stock serves whole."""
    by_sku: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        by_sku.setdefault(item.sku, []).append(index)
    choices: list[list[tuple[int, ...]]] = []
    for indexes in by_sku.values():
        fitting = [
            chosen
            for size in range(len(indexes), -1, -1)
            for chosen in combinations(indexes, size)
            if sum(items[i].units for i in chosen) <= have[indexes[0]]
        ]
        choices.append([one for one in fitting if not any(set(one) < set(other) for other in fitting)])
    return choices


def _reason(candidate: Candidate, cost: int, found: Sequence[Supply], items: Sequence[_Item]) -> LocationReason:
    if candidate.capacity_left <= 0:
        return LocationReason(candidate.location_id, "no_capacity", {"capacity_left": candidate.capacity_left})
    if not found:
        some = any(candidate.atp.get(item.sku, 0) > 0 for item in items)
        return LocationReason(candidate.location_id, "no_whole_line" if some else "no_stock")
    units = max([sum(supply.units) for supply in found])
    rank, metres = divmod(cost, _RANK)
    return LocationReason(candidate.location_id, "not_needed", {"units": units, "rank": rank, "distance_m": metres})


def _shared_out(
    items: Sequence[_Item], chosen: Sequence[Supply], ordered: Sequence[Candidate]
) -> tuple[tuple[Assignment, ...], tuple[Unfilled, ...]]:
    """Who sends what. One location sends all of an article where one has it all; else the cheapest ones first."""
    assignments: list[Assignment] = []
    unfilled: list[Unfilled] = []
    for index, item in enumerate(items):
        whole = [supply for supply in chosen if supply.units[index] == item.units][:1]
        left = [line.quantity for line in item.lines]
        for supply in whole or chosen:
            units = supply.units[index]
            for position, line in enumerate(item.lines):
                given = min(units, left[position])
                if given:
                    assignments.append(Assignment(ordered[supply.place].location_id, line.line_id, given))
                    left[position] -= given
                    units -= given
        unfilled += [Unfilled(line.line_id, rest) for line, rest in zip(item.lines, left, strict=True) if rest]
    return tuple(assignments), tuple(unfilled)


def _alternatives(case: _Case, best: Cover, ordered: Sequence[Candidate]) -> tuple[Alternative, ...]:
    found: list[Alternative] = []
    for avoided in best.chosen:
        others = [supply for supply in case.supplies if supply.place != avoided.place]
        other = case._replace(supplies=others).best()
        places = [ordered[supply.place] for supply in other.chosen]
        found.append(
            Alternative(
                without=ordered[avoided.place].location_id,
                location_ids=tuple(place.location_id for place in places),
                shipments=len(places),
                unfilled=other.missing,
                distance_m=sum(_metres(place) for place in places),
            )
        )
    return tuple(sorted(found, key=lambda a: (a.unfilled, a.shipments, a.distance_m, a.without)))
