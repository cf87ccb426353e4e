from types import SimpleNamespace

import numpy as np
import pytest

from core.domain.ruleset import Criterion, Ruleset, Strategy
from core.service import weighing
from core.service.network import network_of
from core.service.weighing import Basket


def places(*kinds, capacity=10, taken=0):
    rows = [
        SimpleNamespace(id=str(n), kind=kind, country="FR", latitude=0.0, longitude=0.0, capacity_per_day=capacity)
        for n, kind in enumerate(kinds)
    ]
    return network_of(rows, {"0": taken}, {"0": 30})


BASKET = Basket(np.array([2]), np.array([500]), np.array([[1, 4]]), np.array([40_000, 400_000]))


@pytest.mark.parametrize(
    ("criterion", "fixed", "unit"),
    [
        (Criterion.SHIPMENTS, [1, 1], None),
        (Criterion.PRIORITY, [1, 0], None),
        (Criterion.PROXIMITY, [40_000, 400_000], None),
        (Criterion.COST, [490_000, 690_000], [[20_000, 37_500]]),
        (Criterion.LEAD_TIME, [240 + 115, 120 + 1152], None),
        (Criterion.CAPACITY, [500, 0], None),
        (Criterion.PERFORMANCE, [30, 0], None),
        (Criterion.CARBON, [200_000, 200_000], [[2800, 28_000]]),
        (Criterion.COVER, [0, 0], [[1000, 250]]),
    ],
)
def test_every_criterion_has_its_score(criterion, fixed, unit):
    network = places("store", "warehouse", taken=5)
    strategy = Strategy(criteria=(criterion,), prefer=("warehouse",))
    score = weighing.scores(Ruleset((strategy,)), strategy, network, BASKET)[criterion]
    assert score.fixed.tolist() == fixed
    assert (None if score.unit is None else score.unit.tolist()) == unit


def objective(**more):
    strategy = Strategy(**more)
    network = places("store", "warehouse", taken=5)
    return weighing.objective(strategy, weighing.scores(Ruleset((strategy,)), strategy, network, BASKET), BASKET)


def test_a_criterion_outweighs_any_sum_of_those_after_it():
    made = objective(criteria=(Criterion.PRIORITY, Criterion.PROXIMITY), prefer=("warehouse",))
    assert not made.shipments_first
    assert made.fixed[0] > 2 * made.fixed[1]
    assert objective().shipments_first


def test_shipments_do_not_come_first_where_units_cost():
    made = objective(criteria=(Criterion.SHIPMENTS, Criterion.COST))
    assert not made.shipments_first
    assert made.unit is not None
    assert made.fixed[0] - 490_000 == made.fixed[1] - 690_000 > 2 * 690_000


def test_weights_are_points_for_natural_units():
    criteria = (Criterion.SHIPMENTS, Criterion.PROXIMITY)
    made = objective(criteria=criteria, weights={Criterion.SHIPMENTS: 50, Criterion.PROXIMITY: 1})
    assert made.fixed.tolist() == [90_000, 450_000]


def test_sums_beyond_64_bits_stay_exact():
    criteria = (Criterion.PROXIMITY, Criterion.COST, Criterion.CARBON, Criterion.LEAD_TIME)
    basket = BASKET
    made = objective(criteria=criteria)
    assert made.fixed.dtype == object
    assert int(made.fixed[0]) < int(made.fixed[1])
    assert basket is BASKET
