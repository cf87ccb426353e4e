import random
from itertools import combinations

import numpy as np

from core.service.matching import Search, fewest


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
