"""What each place would cost by every criterion of a strategy, and all of it as the one number that is made small.

In order: a criterion outweighs any sum of those after it. Weighted: points for natural units (`NATURAL_UNIT`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.ruleset import NATURAL_UNIT, Criterion, Ruleset, Strategy, Zone
from core.service.network import Network

Ints = NDArray[Any]
LARGEST: Final = 2**62  # what sums of the objective may reach in 64 bits
POINT: Final = 1000  # weighted: thousandths of a point
ANY_WEIGHT: Final = 2**60


class Tiers(NamedTuple):
    """What a shipment costs by its weight, steps x places: the first that carries it counts, the last carries all."""

    costs: Ints
    limits_g: Ints

    def at(self, place: int, grams: int) -> int:
        return int(self.costs[int(np.searchsorted(self.limits_g[:, place], grams)), place])


class Score(NamedTuple):
    """`fixed`: for a shipment from the place. `unit`: items x places, for each unit; None where only places cost.

    `tiers`: where the weight of the shipment counts; `fixed` is then that of the lightest.
    """

    fixed: Ints
    unit: Ints | None = None
    tiers: Tiers | None = None

    def of_shipment(self, place: int, grams: int) -> int:
        return int(self.fixed[place]) if self.tiers is None else self.tiers.at(place, grams)


@dataclass(frozen=True, slots=True)
class Basket:
    """What is asked: `units` and `weights_g` (of a unit) by item, `stock`: items x places, `metres` to the places."""

    units: Ints
    weights_g: Ints
    stock: Ints
    metres: Ints


class Objective(NamedTuple):
    """`shipments_first`: their number decides before `fixed`, which then does not hold it. `order`: places by `fixed`.

    `told`: scores of places in the units of their criterion, as they are kept of a decision. `tiers`: as of a score.
    """

    shipments_first: bool
    fixed: Ints
    unit: Ints | None
    order: Ints
    told: Mapping[str, Ints]
    tiers: Tiers | None = None


def scores(ruleset: Ruleset, strategy: Strategy, network: Network, basket: Basket) -> dict[Criterion, Score]:
    asked = _Asked(ruleset, strategy, network, basket)
    return {criterion: _SCORES[criterion](asked) for criterion in strategy.criteria}


class _Asked(NamedTuple):
    ruleset: Ruleset
    strategy: Strategy
    network: Network
    basket: Basket


def _shipments(asked: _Asked) -> Score:
    return Score(np.ones(len(asked.network), dtype=np.int64))


def _priority(asked: _Asked) -> Score:
    return Score(ranks(asked.strategy, asked.network))


def ranks(strategy: Strategy, network: Network) -> Ints:
    """Of the places' kinds, 0 is best; a kind that is not named comes last."""
    return _ranks(network.kinds, strategy.prefer)


@lru_cache(maxsize=256)
def _ranks(kinds: tuple[str, ...], prefer: tuple[str, ...]) -> Ints:
    order = {kind: rank for rank, kind in reversed(list(enumerate(prefer)))}
    return np.array([order.get(kind, len(order)) for kind in kinds], dtype=np.int64)


def _proximity(asked: _Asked) -> Score:
    return Score(asked.basket.metres)


def _cost(asked: _Asked) -> Score:
    """Minor units in thousandths, so that a light article's share of a kg is not lost."""
    grid, basket = asked.ruleset.grid, asked.basket
    bounds = np.array([zone.up_to_km * 1000 for zone in grid])
    zone = np.minimum(np.searchsorted(bounds, basket.metres), len(grid) - 1)
    fixed = np.array([one.base_minor * 1000 for one in grid], dtype=np.int64)[zone]
    per_kg = np.array([one.per_kg_minor for one in grid], dtype=np.int64)[zone]
    unit = basket.weights_g[:, None] * per_kg[None, :]
    if not any(one.steps for one in grid):
        return Score(fixed, unit)
    tiers = _tiers(grid)
    placed = Tiers(tiers.costs[:, zone], tiers.limits_g[:, zone])
    return Score(placed.costs[0], unit, placed)


@lru_cache(maxsize=64)
def _tiers(grid: tuple[Zone, ...]) -> Tiers:
    """By zone, in thousandths; a zone of fewer steps repeats its last."""
    most = max(len(one.steps) for one in grid)
    costs, limits = np.zeros((most, len(grid)), dtype=np.int64), np.full((most, len(grid)), ANY_WEIGHT)
    for number, one in enumerate(grid):
        steps = one.steps or ((0, 0),)
        for tier in range(most):
            up_to, minor = steps[min(tier, len(steps) - 1)]
            costs[tier, number] = (one.base_minor + minor) * 1000
            if tier < len(steps) - 1:
                limits[tier, number] = up_to
    return Tiers(costs, limits)


def _lead_time(asked: _Asked) -> Score:
    way = asked.ruleset.way
    preparation = np.array([way.preparation_minutes.get(kind, 0) for kind in asked.network.kinds], dtype=np.int64)
    return Score(preparation + asked.basket.metres * 1440 // (way.km_per_day * 1000))


def _capacity(asked: _Asked) -> Score:
    return Score(load_of(asked.network))


def load_of(network: Network) -> Ints:
    """Thousandths of the day's capacity that are taken; 1000 where nothing is left."""
    return np.minimum(network.taken * 1000 // np.maximum(network.capacity, 1), 1000)  # type: ignore[no-any-return]


def _performance(asked: _Asked) -> Score:
    return Score(asked.network.rejections)


def _carbon(asked: _Asked) -> Score:
    """Grams in thousandths, as costs."""
    way, basket = asked.ruleset.way, asked.basket
    fixed = np.full(len(asked.network), way.carbon_g_per_parcel * 1000, dtype=np.int64)
    per_unit = basket.weights_g[:, None] * (basket.metres * way.carbon_g_per_tonne_km // 1000)[None, :] // 1000
    return Score(fixed, per_unit)


def _cover(asked: _Asked) -> Score:
    stock = asked.basket.stock
    return Score(np.zeros(len(asked.network), dtype=np.int64), 1000 // np.maximum(stock, 1))


_SCORES: Final[Mapping[Criterion, Callable[[_Asked], Score]]] = {
    Criterion.SHIPMENTS: _shipments,
    Criterion.PRIORITY: _priority,
    Criterion.PROXIMITY: _proximity,
    Criterion.COST: _cost,
    Criterion.LEAD_TIME: _lead_time,
    Criterion.CAPACITY: _capacity,
    Criterion.PERFORMANCE: _performance,
    Criterion.CARBON: _carbon,
    Criterion.COVER: _cover,
}
# Scores of these are kept in thousandths of their unit.
IN_THOUSANDTHS: Final = frozenset({Criterion.COST, Criterion.CARBON})


def objective(strategy: Strategy, weighed: Mapping[Criterion, Score], basket: Basket) -> Objective:
    """One number for a place and, where units cost, one for each unit there."""
    first, fixed, unit = _summed(strategy, weighed, basket)
    stepped = weighed.get(Criterion.COST)
    tiers = None
    if stepped is not None and stepped.tiers is not None:
        each = [{**weighed, Criterion.COST: stepped._replace(fixed=costs)} for costs in stepped.tiers.costs]
        tiers = Tiers(np.array([_summed(strategy, one, basket)[1] for one in each]), stepped.tiers.limits_g)
    return Objective(first, fixed, unit, np.argsort(fixed, kind="stable"), _told(weighed), tiers)


def _told(weighed: Mapping[Criterion, Score]) -> Mapping[str, Ints]:
    """Without what is 1 each, and without distances, which are always kept."""
    return {
        criterion.value: score.fixed // 1000 if criterion in IN_THOUSANDTHS else score.fixed
        for criterion, score in weighed.items()
        if criterion not in (Criterion.SHIPMENTS, Criterion.PROXIMITY) and score.fixed.any()
    }


def _summed(strategy: Strategy, weighed: Mapping[Criterion, Score], basket: Basket) -> tuple[bool, Ints, Ints | None]:
    if strategy.weights:
        return False, *_weighted(strategy, weighed)
    first = strategy.criteria[0] is Criterion.SHIPMENTS
    levels = [weighed[criterion] for criterion in strategy.criteria[1 if first else 0 :]]
    if first and any(score.unit is not None for score in levels):  # steps of weight come with a cost of units
        first, levels = False, [weighed[criterion] for criterion in strategy.criteria]
    return first, *_in_order(levels, basket)


def ranked(strategy: Strategy, raw: Mapping[Criterion, int]) -> tuple[int, ...]:
    """Sums of scores as what the objective compares: level by level, or one number of points."""
    if not strategy.weights:
        return tuple(raw[criterion] for criterion in strategy.criteria)
    return (sum(total * strategy.weights[one] * POINT // _scale(one) for one, total in raw.items()),)


def _scale(criterion: Criterion) -> int:
    return NATURAL_UNIT[criterion] * (1000 if criterion in IN_THOUSANDTHS else 1)


# Where these alone count, a place costs the same for every order that goes to the same destination.
_OF_THE_WAY: Final = frozenset({Criterion.SHIPMENTS, Criterion.PRIORITY, Criterion.PROXIMITY})


def of_the_way(strategy: Strategy) -> tuple[Any, ...] | None:
    """What scores and objective depend on beside the destination, as a key; None: on the order too."""
    if strategy.weights or not _OF_THE_WAY.issuperset(strategy.criteria):
        return None
    return strategy.criteria, strategy.prefer


def _in_order(levels: list[Score], basket: Basket) -> tuple[Ints, Ints | None]:
    """Levels from the least to the most important; each is lifted above all that those before it can sum up to."""
    units = basket.units
    places = basket.stock.shape[1]
    if any(score.unit is not None for score in levels):
        places = min(int(units.sum()), places)
    lift, factors = 1, []
    for score in reversed(levels):
        factors.append(lift)
        highest = score.fixed if score.tiers is None else score.tiers.costs
        most = places * int(highest.max(initial=0))
        if score.unit is not None and score.unit.size:
            most += int(units @ score.unit.max(axis=1))
        lift *= most + 1
    kind: Any = np.int64 if lift < LARGEST else object
    fixed: Ints = np.zeros(basket.stock.shape[1], dtype=kind)
    unit: Ints | None = None
    for score, factor in zip(reversed(levels), factors, strict=True):
        fixed = fixed + score.fixed.astype(kind) * factor
        if score.unit is not None:
            part = score.unit.astype(kind) * factor
            unit = part if unit is None else unit + part
    return fixed, unit


def _weighted(strategy: Strategy, weighed: Mapping[Criterion, Score]) -> tuple[Ints, Ints | None]:
    places = len(next(iter(weighed.values())).fixed)
    fixed: Ints = np.zeros(places, dtype=np.int64)
    unit: Ints | None = None
    for criterion, score in weighed.items():
        scale = _scale(criterion)
        points = strategy.weights[criterion] * POINT
        fixed = fixed + score.fixed * points // scale
        if score.unit is not None:
            part = score.unit * points // scale
            unit = part if unit is None else unit + part
    return fixed, unit
