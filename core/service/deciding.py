"""From an order, the stock and a ruleset to a decision with its reasons: pure, nothing is read or reserved here.

What each place was told is kept in columns (`told`): hundreds of places a decision, so a number or a word for each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.ruleset import Criterion, Profile, Ruleset, Strategy, parts_allowed, strategies_for, zone_of
from core.domain.sourcing import (
    Alternative,
    Assignment,
    Decision,
    Demand,
    Explanation,
    Item,
    Proof,
    Taken,
    deal,
    items_of,
    lines_within,
)
from core.domain.weight_steps import step_or_last
from core.service import weighing
from core.service.asking import CODE, asked
from core.service.cheapest import Charged, cheapest
from core.service.gathering import Rules, gathered
from core.service.matching import Found, Search, fewest
from core.service.network import Network
from core.service.parting import Parcels, parted
from core.service.ways import whole_line_ways
from core.service.weighing import IN_THOUSANDTHS, Basket, Objective, Score

Ints = NDArray[Any]
NAMES: Final[Mapping[Criterion, str]] = MappingProxyType({one: one.value for one in Criterion})
ALTERNATIVE_STEPS: Final = 0
NOBODY_IN_PARTICULAR: Final = Profile()
NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """An order as sourcing sees it. `stock`: units by SKU, one entry a place; what is missing has none anywhere.

    `excluded`: by SKU the locations that may not be asked for it. `location_id`: only this place is asked. `late`:
    locations from which the promise of the order would not be kept.
    `weights_g`, `prices_minor`: of a unit, by SKU. `latitude` None: the destination is not known. `most`: by SKU the
    units that all places together may give; what is not named has no such limit. `services`: done where all parts are
    gathered; `gather_at`: where that is, if it is known already. `minutes_left`: until its promise is broken.
    """

    demand: Sequence[tuple[str, str, int]]
    stock: Mapping[str, Ints]
    latitude: float | None = None
    longitude: float = 0.0
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    location_id: str = ""
    late: frozenset[str] = frozenset()
    profile: Profile = NOBODY_IN_PARTICULAR
    weights_g: Mapping[str, int] = field(default_factory=dict)
    prices_minor: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    gather_at: str = ""
    minutes_left: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`told`: what is kept of every place, in columns; `totals`: the answer's sum by criterion, `raw`: as it is scored.

    `score`: units missing, then what the objective makes small. `gathering`: where its parts meet (core.service.
    gathering); None: each goes to the customer.
    """

    decision: Decision
    strategy: Strategy
    told: Mapping[str, Any]
    totals: Mapping[str, int]
    score: tuple[int, ...] = ()
    raw: Mapping[Criterion, int] = field(default_factory=dict)
    gathering: Mapping[str, Any] | None = None

    @property
    def shipments(self) -> int:
        """That reach the customer."""
        return len(self.decision.location_ids) if self.gathering is None else 1


class _Run(NamedTuple):
    """One strategy at work on a case."""

    network: Network
    items: Sequence[Item]
    basket: Basket
    offered: Ints
    have: Ints
    given: Ints  # units that each place could give
    codes: Ints
    weighed: Mapping[Criterion, Score]
    objective: Objective
    kept_back: int  # units that a limit of their article leaves nobody to send


def decide(network: Network, case: Case, ruleset: Ruleset) -> Outcome:
    """The first strategy whose condition holds; where it leaves something unfilled, its fallbacks."""
    best: Outcome | None = None
    for strategy in strategies_for(ruleset, case.profile):
        outcome = _by(network, case, ruleset, strategy)
        if strategy.consolidate or case.services or case.gather_at:
            solve = partial(_solved, network, ruleset)
            outcome = gathered(Rules(network, ruleset, strategy), case, outcome, solve)
        if best is None or _missing(outcome) < _missing(best):
            best = outcome
        if not _missing(best):
            break
    assert best is not None
    return best


def _missing(outcome: Outcome) -> int:
    return sum([one.quantity for one in outcome.decision.unfilled])


def _solved(network: Network, ruleset: Ruleset, case: Case, strategy: Strategy) -> Outcome:
    """For one leg of the way: without alternatives."""
    return _by(network, case, replace(ruleset, alternatives=False), strategy)


def _by(network: Network, case: Case, ruleset: Ruleset, strategy: Strategy) -> Outcome:
    if case.most and not strategy.allow_quantity_split and (choices := lines_within(case.demand, case.most)):
        # Whole lines under a limit: each largest set of lines that it leaves is tried.
        made = [_searched(network, case, ruleset, strategy, left_out) for left_out in choices]
        return min(made, key=lambda outcome: outcome.score)
    return _searched(network, case, ruleset, strategy)


def _searched(
    network: Network, case: Case, ruleset: Ruleset, strategy: Strategy, left_out: frozenset[str] = NOTHING
) -> Outcome:
    """`left_out`: lines that nobody may send."""
    run = _prepared(network, case, ruleset, strategy, left_out)
    most = len(network) if strategy.max_splits is None else strategy.max_splits + 1
    search = _search(run, strategy, most, ruleset)
    found, cost, bound = _choose(run, search)
    if isinstance(search, Parcels) and not found.proved and not run.objective.shipments_first:
        found = _cheaper(run, found, bound, search.full)
    if run.kept_back:
        missing, missing_bound = found.missing + run.kept_back, found.missing_bound + run.kept_back
        found = found._replace(missing=missing, missing_bound=missing_bound)
    assignments, unfilled = deal(run.items, _taken(run, found))
    if not _may_part(strategy.partial, case, unfilled):
        found = found._replace(places=(), units=(), missing=int(run.basket.units.sum()) + run.kept_back)
        assignments, unfilled = deal(run.items, ())
    if run.objective.tiers is not None:
        cost = _cost(run, assignments)
    used = {one.location_id for one in assignments}
    places = [place for place in found.places if network.ids[place] in used]
    run.codes[places] = CODE["chosen"]
    if run.objective.shipments_first:
        score: tuple[int, ...] = (
            found.missing,
            len(places),
            sum([int(run.objective.fixed[place]) for place in places]),
        )
    else:
        score = (found.missing, cost)
    if not ruleset.alternatives:
        raw = _raw(run, places, assignments) if strategy.consolidate else {}
        return replace(_brief(network, strategy, found, assignments, unfilled), score=score, raw=raw)
    others = _alternatives(run, search, found) if places else ()
    proof = Proof(
        found.missing, found.missing_bound, len(used), found.places_bound, found.proved, found.nodes, cost, bound
    )
    decision = Decision(assignments, unfilled, Explanation(others, proof, network.ids))
    told = {"codes": run.codes, "units": run.given, "distance_m": run.basket.metres, **run.objective.told}
    if run.objective.tiers is not None:
        told |= _parcels(run, ruleset, assignments)
    return Outcome(decision, strategy, told, _totals(run, places, assignments), score)


def _brief(
    network: Network, strategy: Strategy, found: Found, assignments: tuple[Assignment, ...], unfilled: Any
) -> Outcome:
    """Without what every place was told, for thousands of decisions that are only counted."""
    proof = Proof(found.missing, found.missing_bound, len(found.places), found.places_bound, found.proved, found.nodes)
    return Outcome(Decision(assignments, unfilled, Explanation((), proof, network.ids)), strategy, {}, {})


def _choose(run: _Run, search: Search | Parcels) -> tuple[Found, int, int]:
    """The choice; its cost and what any costs at least, where shipments do not come first."""
    if isinstance(search, Parcels):
        if search.columns is None and (priced := parted(search)):
            return priced
        search = search.columns or search.in_steps()
    if run.objective.shipments_first:
        found = fewest(search)
        return found._replace(proved=found.proved and search.complete), 0, 0
    unit = np.zeros_like(search.have) if run.objective.unit is None else run.objective.unit
    if search.owners is not None:
        unit = unit[:, search.owners] if run.objective.unit is not None else unit
    priced = cheapest(Charged(search, unit))
    found = priced.found if search.complete else priced.found._replace(proved=False)
    return found, priced.cost, priced.bound


def _cheaper(run: _Run, found: Found, bound: int, full: Search) -> Found:
    """Where not every way was looked at: this choice, or that of `full` parcels where it really costs less."""

    def cost(one: Found) -> int:
        return _cost(run, deal(run.items, _taken(run, one))[0])

    best = min(found, _choose(run, full)[0], key=lambda one: (one.missing, cost(one)))
    proved = best.missing == found.missing_bound and cost(best) <= bound
    return best._replace(missing_bound=found.missing_bound, places_bound=found.places_bound, proved=proved)


def _prepared(
    network: Network, case: Case, ruleset: Ruleset, strategy: Strategy, left_out: frozenset[str] = NOTHING
) -> _Run:
    lines = [Demand(*line) for line in case.demand if line[2] > 0]
    items = items_of(lines, strategy.allow_quantity_split, case.most)
    nothing = np.zeros(len(network), dtype=np.int64)
    stock = np.array([case.stock.get(item.sku, nothing) for item in items], dtype=np.int64)
    stock = stock.reshape(len(items), len(network))
    if left_out:
        stock[[number for number, item in enumerate(items) if item.lines[0].line_id in left_out]] = 0
    units = np.array([item.units for item in items], dtype=np.int64)
    weights = np.array([case.weights_g.get(item.sku, 0) for item in items], dtype=np.int64)
    metres = nothing if case.latitude is None else network.metres_to(case.latitude, case.longitude)
    basket = Basket(units, weights, stock, metres)
    offered, have, given, codes = asked(network, case, strategy, basket, items)
    kind = weighing.of_the_way(strategy)
    key = None if kind is None else (kind, case.latitude, case.longitude)
    weighed, objective = (
        _weighed(network, ruleset, strategy, basket)
        if key is None
        else network.of_way(key, lambda: _weighed(network, ruleset, strategy, basket))
    )
    kept_back = sum([line.quantity for line in lines]) - int(units.sum()) if case.most else 0
    return _Run(network, items, basket, offered, have, given, codes, weighed, objective, kept_back)


def _weighed(
    network: Network, ruleset: Ruleset, strategy: Strategy, basket: Basket
) -> tuple[Mapping[Criterion, Score], Objective]:
    weighed = weighing.scores(ruleset, strategy, network, basket)
    return weighed, weighing.objective(strategy, weighed, basket)


def _search(run: _Run, strategy: Strategy, most: int, ruleset: Ruleset) -> Search | Parcels:
    costs, order = run.objective.fixed, run.objective.order
    plain = Search(run.basket.units, run.have, costs, most, ruleset.node_limit, None, order, ruleset.alternatives)
    tiers, ways = run.objective.tiers, None
    if not strategy.allow_quantity_split:
        ways = whole_line_ways(run.have, run.offered, run.basket.units, [item.sku for item in run.items])
    if ways is not None:
        plain = replace(plain, have=ways.have, costs=costs[ways.owners], owners=ways.owners, order=None)
    owners = np.arange(len(run.network)) if plain.owners is None else plain.owners
    if tiers is None or np.less_equal(run.basket.weights_g @ plain.have, tiers.limits_g[0, owners]).all():
        return plain
    whole = not strategy.allow_quantity_split
    parcels = Parcels(plain, run.objective.unit, run.basket.weights_g, tiers, whole)
    is_small = parcels.is_small and not run.objective.shipments_first
    return parcels if is_small else replace(parcels, columns=parcels.in_steps())


def _taken(run: _Run, found: Found) -> list[Taken]:
    unit = run.objective.unit
    return [
        Taken(run.network.ids[place], units, () if unit is None else unit[:, place].tolist())
        for place, units in zip(found.places, found.units, strict=True)
    ]


def _may_part(rule: Any, case: Case, unfilled: Sequence[Any]) -> bool:
    if rule is None or not unfilled:
        return True
    price = {line_id: case.prices_minor.get(sku, 0) for line_id, sku, _ in case.demand}
    waiting = sum(price[one.line_id] * one.quantity for one in unfilled)
    whole = sum(price[line_id] * units for line_id, _, units in case.demand)
    return parts_allowed(rule, whole - waiting, waiting)


def _alternatives(run: _Run, search: Search | Parcels, found: Found) -> tuple[Alternative, ...]:
    hurried: Search | Parcels | None = None
    made: list[Alternative] = []
    for avoided in found.places:
        places, missing, proved = found.spare.get(avoided, ()), found.missing, True
        if not places:
            hurried = hurried or search.hurried(ALTERNATIVE_STEPS)
            other, _, _ = _choose(run, hurried.without(avoided))
            places, missing, proved = other.places, other.missing + run.kept_back, other.proved
        dealt = deal(run.items, _taken(run, other))[0] if run.objective.unit is not None and not found.spare else ()
        ids = tuple([run.network.ids[place] for place in places])
        metres = sum([int(run.basket.metres[place]) for place in places])
        totals = _totals(run, places, dealt)
        made.append(Alternative(run.network.ids[avoided], ids, len(ids), missing, metres, totals, proved))
    return tuple(sorted(made, key=lambda one: (one.unfilled, one.shipments, one.distance_m, one.without)))


def _totals(run: _Run, places: Sequence[int], assignments: Sequence[Assignment]) -> dict[str, int]:
    """What an answer costs by criterion, in the units of `Criterion`."""
    raw = _raw(run, places, assignments)
    return {NAMES[one]: total // 1000 if one in IN_THOUSANDTHS else total for one, total in raw.items()}


def _raw(run: _Run, places: Sequence[int], assignments: Sequence[Assignment]) -> dict[Criterion, int]:
    totals: dict[Criterion, int] = {}
    for criterion, score in run.weighed.items():
        if criterion is Criterion.SHIPMENTS:
            totals[criterion] = len(places)
            continue
        if score.tiers is None:
            total = sum([int(score.fixed[place]) for place in places])  # a few: quicker than a vector
        else:
            total = sum(score.of_shipment(place, grams) for place, grams in _grams(run, assignments).items())
        if score.unit is not None:
            total += _of_units(run, score.unit, assignments)
        totals[criterion] = total
    return totals


def _of_units(run: _Run, unit: Ints, assignments: Sequence[Assignment]) -> int:
    index = {run.network.ids[place]: place for place in np.flatnonzero(run.have.any(axis=0)).tolist()}
    item_of = {line.line_id: number for number, item in enumerate(run.items) for line in item.lines}
    return sum(one.quantity * int(unit[item_of[one.line_id], index[one.location_id]]) for one in assignments)


def _grams(run: _Run, assignments: Sequence[Assignment]) -> dict[int, int]:
    """What the parcel of each place weighs."""
    index = run.network.index()
    weights = {line.line_id: weight for item, weight in _weighed_items(run) for line in item.lines}
    found: dict[int, int] = {}
    for one in assignments:
        place = index[one.location_id]
        found[place] = found.get(place, 0) + one.quantity * weights[one.line_id]
    return found


def _weighed_items(run: _Run) -> Sequence[tuple[Item, int]]:
    return list(zip(run.items, run.basket.weights_g.tolist(), strict=True))


def _cost(run: _Run, assignments: Sequence[Assignment]) -> int:
    """Of the objective, by the steps that the parcels are really in."""
    objective = run.objective
    assert objective.tiers is not None
    total = sum(objective.tiers.at(place, grams) for place, grams in _grams(run, assignments).items())
    return total + (0 if objective.unit is None else _of_units(run, objective.unit, assignments))


def _parcels(run: _Run, ruleset: Ruleset, assignments: Sequence[Assignment]) -> Mapping[str, Ints]:
    """By place what its parcel weighs, up to what weight its step of the price grid goes, and what it costs."""
    score, places = run.weighed[Criterion.COST], len(run.network)
    grams, steps, cost = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.int64), score.fixed // 1000
    for place, weight in _grams(run, assignments).items():
        step = step_or_last(zone_of(ruleset, int(run.basket.metres[place])).steps, weight)
        grams[place], steps[place] = weight, step[0] if step else 0
        cost[place] = score.of_shipment(place, weight) // 1000
    return {"cost": cost, "parcel_g": grams, "step_g": steps}


def document(outcome: Outcome) -> dict[str, Any]:
    """The decision as it is kept, without what the caller knows: JSON but for its columns, which are arrays."""
    explanation = outcome.decision.explanation
    return {
        "strategy": outcome.strategy.name,
        "assignments": [
            {"location_id": one.location_id, "line_id": one.line_id, "quantity": one.quantity}
            for one in outcome.decision.assignments
        ],
        "unfilled": [{"line_id": one.line_id, "quantity": one.quantity} for one in outcome.decision.unfilled],
        "ids": explanation.location_ids,
        "told": outcome.told,
        "totals": outcome.totals,
        **({} if outcome.gathering is None else {"gathering": outcome.gathering}),
        "alternatives": [{name: getattr(one, name) for name in _ALTERNATIVE} for one in explanation.alternatives],
        "proof": {name: getattr(explanation.proof, name) for name in _PROOF},
    }


_ALTERNATIVE: Final = tuple(Alternative.__dataclass_fields__)
_PROOF: Final = tuple(Proof.__dataclass_fields__)
