"""Ways to use a place where a shipment costs by steps of weight: for each step the most that it carries, each a column.

A column costs what its step costs and holds no more than the step carries: so a choice of columns, one a place, costs
what its shipments cost, and the cheapest choice is the cheapest answer.
"""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.service.weighing import Tiers

Ints = NDArray[Any]
MOST_WAYS: Final = 6_000
MOST_LOOKED_AT: Final = 20_000  # for a step of a place


class Stepped(NamedTuple):
    """`have`: items x ways, `owners`: the place of each, `costs`: of using it so."""

    have: Ints
    owners: Ints
    costs: Ints


def stepped_ways(have: Ints, owners: Ints, weights_g: Ints, tiers: Tiers, whole: bool) -> Stepped | None:
    """`have`: what each way to use a place gives at most, `owners` its place. `whole`: lines are not cut.

    None: there are more ways than can be looked at.
    """
    weights = weights_g.tolist()
    columns: list[tuple[int, ...]] = []
    origin: list[int] = []
    costs: list[int] = []
    known: dict[tuple[tuple[int, ...], int], list[tuple[int, ...]]] = {}
    for column in np.flatnonzero(have.any(axis=0)).tolist():
        units, place = tuple(have[:, column].tolist()), int(owners[column])
        grams = sum(number * weight for number, weight in zip(units, weights, strict=True))
        seen: set[tuple[int, ...]] = set()
        for cost, limit in zip(tiers.costs[:, place].tolist(), tiers.limits_g[:, place].tolist(), strict=True):
            key = (units, limit)
            if key not in known:
                if grams > limit and prod(2 if whole else number + 1 for number in units if number) > MOST_LOOKED_AT:
                    return None
                known[key] = [units] if grams <= limit else list(_carried(units, weights, limit, whole))
            fresh = [one for one in known[key] if any(one) and one not in seen]
            seen.update(fresh)
            columns += fresh
            origin += [place] * len(fresh)
            costs += [cost] * len(fresh)
            if len(columns) >= MOST_WAYS:
                return None
            if grams <= limit:
                break
    made = np.array(columns, dtype=np.int64).reshape(len(columns), len(weights)).T
    return Stepped(made, np.array(origin, dtype=np.int64), np.array(costs, dtype=tiers.costs.dtype))


def loose_ways(have: Ints, owners: Ints, weights_g: Ints, tiers: Tiers) -> Stepped:
    """As `stepped_ways`, but a column holds of each item what its step carries of that item alone: a few columns a
    place, and no answer costs less than the cheapest choice of them.
    """
    each_g = np.maximum(weights_g, 1)[:, None]
    made, origin, costs = [], [], []
    least = np.zeros_like(have)
    for cost, limit_g in zip(tiers.costs[:, owners], tiers.limits_g[:, owners], strict=True):
        held = np.where(weights_g[:, None] > 0, np.minimum(have, limit_g // each_g), have)
        more = np.flatnonzero((held > least).any(axis=0))
        least = np.maximum(least, held)
        made.append(held[:, more])
        origin.append(owners[more])
        costs.append(cost[more])
    return Stepped(np.concatenate(made, axis=1), np.concatenate(origin), np.concatenate(costs))


def _carried(units: Sequence[int], weights: Sequence[int], limit_g: int, whole: bool) -> Iterator[tuple[int, ...]]:
    """What weighs no more than the limit and can take nothing more of what is there."""
    step = [number if whole else 1 for number in units]

    def rest(item: int, taken: tuple[int, ...], left: int) -> Iterator[tuple[int, ...]]:
        if item == len(units):
            if all(have == number or weight * one > left for have, number, weight, one in zip(
                taken, units, weights, step, strict=True)):  # fmt: skip
                yield taken
            return
        number, weight, one = units[item], weights[item], step[item]
        most = number if not weight else min(number, left // weight)
        if one:
            most -= most % one
        for given in range(most, -1, -one) if one and weight else (most,):
            yield from rest(item + 1, (*taken, given), left - given * weight)

    yield from rest(0, (), limit_g)
