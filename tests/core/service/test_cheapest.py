import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from core.service.cheapest import Charged, cheapest
from core.service.matching import Search
from tests.support.highs import cheapest_score


def an_instance(seed, most_places=99, dear_units=False):
    rng = random.Random(seed)
    items, places = rng.randint(1, 5), rng.randint(1, 9)
    demand = np.array([rng.choice([1, 1, 2, 5]) for _ in range(items)])
    stock = np.array([[rng.choice([0, 0, 1, 2, 5]) for _ in range(places)] for _ in range(items)])
    fixed = np.array([rng.randint(0, 5 if dear_units else 40) for _ in range(places)])
    unit = np.array([[rng.randint(0, 30 if dear_units else 9) for _ in range(places)] for _ in range(items)])
    most = min(places, most_places)
    return Charged(Search(demand, np.minimum(stock, demand[:, None]), fixed, most, 5_000), unit)


def cost_of(charged, chosen):
    """(units missing, cost) where these places are used and each item comes from the cheapest first."""
    search, missing = charged.search, 0
    cost = int(search.costs[list(chosen)].sum())
    for item, wanted in enumerate(search.demand.tolist()):
        left = wanted
        for place in sorted(chosen, key=lambda place: charged.unit[item, place]):
            given = min(left, int(search.have[item, place]))
            cost += given * int(charged.unit[item, place])
            left -= given
        missing += left
    return missing, cost


def by_trying_all(charged):
    n = charged.search.have.shape[1]
    sizes = range(min(n, charged.search.most_places) + 1)
    return min(cost_of(charged, chosen) for size in sizes for chosen in combinations(range(n), size))


@pytest.mark.parametrize("most_places", [99, 2], ids=["any number", "two"])
@pytest.mark.parametrize("dear_units", [False, True], ids=["places are dear", "units are dear"])
def test_no_subset_of_the_places_is_cheaper(most_places, dear_units):
    for seed in range(250):
        charged = an_instance(seed, most_places, dear_units)
        priced = cheapest(charged)
        assert priced.found.proved, f"seed {seed}"
        best = by_trying_all(charged)
        assert cost_of(charged, priced.found.places) == best, f"seed {seed}"
        assert (priced.found.missing, priced.cost, priced.bound) == (*best, best[1]), f"seed {seed}"


def test_a_search_without_steps_says_how_much_less_it_could_cost():
    for seed in range(200):
        charged = an_instance(seed, dear_units=True)
        hurried = cheapest(replace(charged, search=replace(charged.search, node_limit=0)))
        missing, best = by_trying_all(charged)
        assert cost_of(charged, hurried.found.places) == (hurried.found.missing, hurried.cost)
        assert hurried.found.missing >= missing
        if hurried.found.missing == missing:
            assert hurried.bound <= best <= hurried.cost


def test_of_the_ways_to_use_a_place_one_is_chosen():
    have = np.array([[2, 0, 2], [0, 1, 0]])
    search = Search(np.array([2, 1]), have, np.array([1, 1, 9]), 3, 500, np.array([0, 0, 1]))
    priced = cheapest(Charged(search, np.zeros((2, 3), dtype=np.int64)))
    assert set(priced.found.places) == {0, 1}
    assert (priced.found.missing, priced.cost) == (0, 10)


def test_the_judgement_of_an_independent_solver_is_the_same_on_larger_ones():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        items, places = int(rng.integers(2, 8)), int(rng.integers(15, 60))
        demand = rng.integers(1, 5, items)
        have = np.minimum(rng.integers(0, 6, (items, places)) * (rng.random((items, places)) < 0.3), demand[:, None])
        fixed, unit = rng.integers(200, 900, places), rng.integers(0, 120, (items, places))
        priced = cheapest(Charged(Search(demand, have, fixed, places, 50_000), unit))
        assert priced.found.proved, f"seed {seed}"
        assert (priced.found.missing, priced.cost) == cheapest_score(demand, have, fixed, unit), f"seed {seed}"


@pytest.mark.parametrize("dear_units", [False, True], ids=["places are dear", "units are dear"])
def test_the_judgement_of_an_independent_solver_is_the_same_on_many_small_ones(dear_units):
    for seed in range(1_000, 1_200):
        charged = an_instance(seed, dear_units=dear_units)
        search, priced = charged.search, cheapest(charged)
        best = cheapest_score(search.demand, search.have, search.costs, charged.unit)
        assert (priced.found.missing, priced.cost) == best, f"seed {seed}"


def test_what_nobody_has_does_not_hide_the_best_of_the_rest():
    for seed in range(300):
        charged = an_instance(seed)
        have, costs = (
            charged.search.have.copy(),
            np.random.default_rng(seed).integers(30, 60, len(charged.search.costs)),
        )
        have[-1] = 0
        charged = replace(charged, search=replace(charged.search, have=have, costs=costs))
        priced = cheapest(charged)
        best = by_trying_all(charged)
        assert cost_of(charged, priced.found.places) == best, f"seed {seed}"
        assert (priced.found.missing, priced.found.missing_bound, priced.cost) == (best[0], *best), f"seed {seed}"
