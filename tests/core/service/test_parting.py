"""A small order parted over places by what their parcels weigh: what every choice of parts costs is tried beside it."""

import random
from itertools import product

import numpy as np
import pytest

from core.service.matching import Search
from core.service.parting import Parcels, parted
from core.service.weighing import Tiers

LAST = 2**60


def an_instance(seed, most_places=99):
    rng = random.Random(seed)
    items, places = rng.randint(1, 3), rng.randint(1, 3)
    demand = np.array([rng.choice([1, 1, 2, 3]) for _ in range(items)])
    have = np.array([[rng.randint(0, int(units)) for _ in range(places)] for units in demand])
    costs = np.cumsum([[rng.randint(*rise) for _ in range(places)] for rise in ((5, 30), (0, 9), (0, 9))], axis=0)
    limits = np.array([[300] * places, [900] * places, [LAST] * places])
    unit = np.array([[rng.randint(0, 5) for _ in range(places)] for _ in range(items)])
    weights = np.array([rng.choice([0, 100, 250, 700]) for _ in range(items)])
    search = Search(demand, have, np.zeros(places, dtype=np.int64), most_places, 5_000)
    return Parcels(search, rng.choice([None, unit]), weights, Tiers(costs, limits), whole=False)


def by_trying_all(parcels):
    """(units missing, cost) of the best of all ways to deal units out to places."""
    search = parcels.search
    items, places = search.have.shape
    best = (int(search.demand.sum()), 0)
    for flat in product(*(range(int(units) + 1) for units in search.have.ravel())):
        given = np.array(flat).reshape(items, places)
        used = np.flatnonzero(given.any(axis=0))
        if (given.sum(axis=1) > search.demand).any() or len(used) > search.most_places:
            continue
        cost = sum(parcels.tiers.at(place, int(parcels.weights_g @ given[:, place])) for place in used)
        cost += 0 if parcels.unit is None else int((parcels.unit * given).sum())
        best = min(best, (int(search.demand.sum() - given.sum()), cost))
    return best


@pytest.mark.parametrize(("most_places", "left"), [(99, 50), (2, 50)], ids=["any number", "two at most"])
def test_nothing_that_can_be_tried_is_better(most_places, left):
    unanswered = 0
    for seed in range(100):
        parcels = an_instance(seed, most_places)
        assert parcels.is_small
        priced = parted(parcels)
        if priced is None:
            unanswered += 1
            continue
        assert (priced.found.missing, priced.cost) == by_trying_all(parcels), seed
        assert priced.found.proved
        given = np.array(priced.found.units).T.reshape(len(parcels.search.demand), -1)
        assert (given <= parcels.search.have[:, list(priced.found.places)]).all(), seed
        assert int(given.sum()) == int(parcels.search.demand.sum()) - priced.found.missing
    assert unanswered < left


def test_two_parcels_of_one_place_are_no_answer():
    """Each step carries what one unit weighs, and the next one costs more than two of it."""
    search = Search(np.array([2]), np.array([[2]]), np.array([0]), 9, 5_000)
    tiers = Tiers(np.array([[1], [50]]), np.array([[500], [LAST]]))
    assert parted(Parcels(search, None, np.array([400]), tiers, whole=False)) is None


def test_lines_that_are_not_cut_come_whole():
    search = Search(np.array([2, 3]), np.array([[2, 0], [0, 3]]), np.array([0, 0]), 9, 5_000)
    tiers = Tiers(np.array([[10, 20]]), np.array([[LAST, LAST]]))
    priced = parted(Parcels(search, None, np.array([1, 1]), tiers, whole=True))
    assert priced is not None
    assert (priced.found.places, priced.found.units, priced.cost) == ((0, 1), ([2, 0], [0, 3]), 30)


def test_a_large_order_is_not_small():
    demand = np.array([60] * 4)
    tiers = Tiers(np.array([[1]]), np.array([[LAST]]))
    search = Search(demand, demand[:, None], np.array([0]), 9, 5_000)
    assert not Parcels(search, None, np.ones(4, dtype=np.int64), tiers, whole=False).is_small
    assert Parcels(search, None, np.ones(4, dtype=np.int64), tiers, whole=True).is_small
