"""What a choice of places must cost at least, before it is searched: bounds that let most candidates be passed over."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
# Steps towards the best prices of a bound.
ROUNDS: Final = 12


class Choice(NamedTuple):
    """`places` of the columns of `have` (items x places, cheapest first) are to hold all of `need`."""

    need: Ints
    have: Ints
    costs: Ints
    places: int


def least_cost(choice: Choice, candidates: Ints, below: int | None) -> Ints:
    """For each candidate a bound: no `places` places with it cost less. Infinite where it is proved to lead nowhere.

    Lagrangian relaxation: a price per share of each item, moved along the subgradient. Without costs a positive bound
    proves that so many places are too few; with them it is a bound on the cost.
    """
    shares = choice.have / choice.need[:, None]
    bounds: Ints = np.full(len(candidates), -np.inf)
    prices = np.ones(len(choice.need))
    for round_ in range(ROUNDS):
        worth = prices @ shares
        order = np.argpartition(-worth, choice.places - 1)[: choice.places]
        top = np.sort(worth[order])[::-1]
        # With a candidate: itself and the best others.
        others = np.where(worth[candidates] >= top[-1], top.sum() - worth[candidates], top[:-1].sum())
        lacking = prices.sum() - worth[candidates] - others
        bounds[lacking > 1e-9 * prices.sum()] = np.inf
        gap = 1.0 - shares[:, order].sum(axis=1)
        if np.isinf(bounds).all() or (gap <= 0).all():
            break
        prices = np.maximum(prices + gap / (1 + round_), 0)
    costs = choice.costs.astype(float)
    if below is None:
        bounds[~np.isinf(bounds)] = 0
        plain: Ints = np.maximum(bounds, costs[candidates] + costs[: choice.places - 1].sum())
        return plain
    priced: Ints = np.maximum(bounds, _cheapest_with(shares, costs, choice.places, candidates, below))
    return priced


def _cheapest_with(shares: Ints, costs: Ints, places: int, candidates: Ints, below: int) -> Ints:
    bounds: Ints = costs[candidates] + costs[: places - 1].sum()
    tolerance = 1e-9 * (float(costs[-1]) * places + below)
    prices = np.full(len(shares), below / (2 * len(shares)))
    for round_ in range(ROUNDS):
        reduced = costs - prices @ shares
        order = np.argpartition(reduced, places - 1)[:places]
        low = np.sort(reduced[order])
        others = np.where(reduced[candidates] <= low[-1], low.sum() - reduced[candidates], low[:-1].sum())
        bounds = np.maximum(bounds, prices.sum() + reduced[candidates] + others - tolerance)
        value = prices.sum() + low.sum()
        gap = 1.0 - shares[:, order].sum(axis=1)
        length = float(gap @ gap)
        if value >= below or length < 1e-12:
            break
        prices = np.maximum(prices + gap * (1.5 / (1 + 0.2 * round_)) * (below - value) / length, 0)
    return bounds
