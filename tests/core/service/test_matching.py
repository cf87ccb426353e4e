import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from core.service import matching
from core.service.matching import Search, fewest, pairs_of


def a_search(seed, **more):
    rng = random.Random(seed)
    items, places = rng.randint(1, 5), rng.randint(1, 9)
    demand = np.array([rng.choice([1, 1, 2, 5]) for _ in range(items)])
    stock = np.array([[rng.choice([0, 0, 1, 2, 5]) for _ in range(places)] for _ in range(items)])
    costs = np.array([rng.randint(1, 20) for _ in range(places)])
    return Search(demand, np.minimum(stock, demand[:, None]), costs, more.get("most", places), more.get("steps", 9_999))


def by_trying_all(search):
    """(units missing, places, cost) of the best of all subsets."""
    n = search.have.shape[1]
    scores = []
    for size in range(min(n, search.most_places) + 1):
        for chosen in combinations(range(n), size):
            given = np.minimum(search.have[:, list(chosen)].sum(axis=1), search.demand)
            cost = int(search.costs[list(chosen)].sum())
            scores.append((int((search.demand - given).sum()), size, cost))
    return min(scores)


def score(search, found):
    given = np.minimum(search.have[:, list(found.places)].sum(axis=1), search.demand)
    return int((search.demand - given).sum()), len(found.places), int(search.costs[list(found.places)].sum())


def test_no_subset_of_the_places_is_better():
    for seed in range(400):
        search = a_search(seed)
        found = fewest(search)
        assert found.proved
        assert score(search, found) == by_trying_all(search), f"seed {seed}"


def test_no_subset_within_a_limit_on_places_is_better():
    for seed in range(200):
        search = a_search(seed, most=2)
        found = fewest(search)
        assert found.proved
        assert score(search, found) == by_trying_all(search), f"seed {seed}"


@pytest.mark.parametrize("near", [2, 3, 5])
def test_the_nearest_places_decide_alone_only_where_no_other_could_be_better(monkeypatch, near):
    monkeypatch.setattr(matching, "NEAR", near)
    decided = 0
    for seed in range(400):
        search = a_search(seed)
        search = replace(search, order=np.argsort(search.costs, kind="stable"))
        found = fewest(search)
        assert score(search, found) == by_trying_all(search), f"seed {seed}"
        for avoided, places in found.spare.items():
            without = search.without(avoided)
            assert score(without, found._replace(places=places)) == by_trying_all(without), f"seed {seed}"
        decided += len(search.order) > near and len(found.places) == 2 and len(found.spare) == 2
    assert decided > 20


@pytest.mark.parametrize("items", [1, 3, 8, 9, 64, 65, 140])
def test_all_pairs_that_hold_everything_are_found_whatever_the_number_of_articles(items):
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        need = rng.choice([1, 1, 2, 3, 5], items)
        share = 0.4 if items < 5 else 0.8 if items < 20 else 0.97
        have = np.where(rng.random((items, 12)) < share, np.minimum(rng.integers(1, 12, (items, 12)), need[:, None]), 0)
        pairs = {tuple(sorted(pair)) for pair in zip(*pairs_of(need, have, np.arange(12) + 100), strict=True)}
        able = {(a + 100, b + 100) for a, b in combinations(range(12), 2) if (have[:, a] + have[:, b] >= need).all()}
        assert pairs == able
        found += len(able)
    assert found > 20


def test_orders_of_a_hundred_articles_are_proved_best():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        need = rng.choice([1, 1, 2, 3], 100)
        have = np.where(rng.random((100, 11)) < 0.7, np.minimum(rng.integers(1, 5, (100, 11)), need[:, None]), 0)
        search = Search(need, have, rng.integers(1, 30, 11), 11, 5_000)
        found = fewest(search)
        assert found.proved
        assert score(search, found) == by_trying_all(search), f"seed {seed}"


def test_what_stands_in_for_a_chosen_place_is_the_best_without_it():
    seen = 0
    for seed in range(300):
        search = a_search(seed)
        for avoided, places in fewest(search).spare.items():
            without = search.without(avoided)
            assert score(without, fewest(without)._replace(places=places)) == by_trying_all(without), f"seed {seed}"
            seen += 1
    assert seen > 100


def test_a_search_without_steps_takes_what_gives_most_and_says_what_it_has_proved():
    for seed in range(400):
        search = a_search(seed, steps=0)
        found = fewest(search)
        best = by_trying_all(search)
        assert score(search, found)[0] >= found.missing_bound
        assert found.places_bound <= best[1] or best[0] > 0
        assert found.proved == (score(search, found) == best) or not found.proved
