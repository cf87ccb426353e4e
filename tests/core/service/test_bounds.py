import random
from itertools import combinations

import numpy as np

from core.service.bounds import Choice, least_cost


def a_choice(seed):
    rng = random.Random(seed)
    need = np.array([rng.randint(1, 4) for _ in range(rng.randint(2, 5))])
    have = np.array([[min(rng.choice([0, 0, 1, 2, 4]), units) for _ in range(9)] for units in need.tolist()])
    costs = np.sort(np.array([rng.randint(1, 50) for _ in range(9)]))
    return Choice(need, have, costs, 3)


def test_no_choice_with_a_place_costs_less_than_its_bound():
    said_impossible = 0
    for seed in range(150):
        choice = a_choice(seed)
        best: dict[int, int] = {}
        for chosen in combinations(range(9), 3):
            if (choice.have[:, chosen].sum(axis=1) >= choice.need).all():
                for place in chosen:
                    cost = int(choice.costs[list(chosen)].sum())
                    best[place] = min(cost, best.get(place, cost))
        for below in (None, 151, *best.values()):
            bounds = least_cost(choice, np.arange(9), below)
            for place in range(9):
                assert bounds[place] <= best.get(place, np.inf) + 1e-6, f"seed {seed}"
                said_impossible += bounds[place] == np.inf
    assert said_impossible > 10
