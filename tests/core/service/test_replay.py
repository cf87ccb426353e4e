from datetime import date
from types import SimpleNamespace

import numpy as np

from core.domain.ruleset import DEFAULT, Criterion, Filters, Ruleset, Strategy
from core.service.deciding import Case
from core.service.network import network_of
from core.service.replay import STEP, Past, replay

DAY = date(2026, 5, 4)


def a_network(capacity=None):
    """A store near, a warehouse far."""
    rows = [
        SimpleNamespace(id="near", kind="store", country="FR", latitude=0.5, longitude=0.0, capacity_per_day=capacity),
        SimpleNamespace(id="far", kind="warehouse", country="FR", latitude=5.0, longitude=0.0, capacity_per_day=None),
    ]
    return network_of(rows, {}, {})


def orders(count, units=1, day=DAY):
    return [
        Past(f"o{n}", f"N{n}", day, Case((("l", "a", units),), {}, 0.0, 0.0, weights_g={"a": 1_000}))
        for n in range(count)
    ]


def compare(stock, past, new, old=DEFAULT, network=None):
    said: list[int] = []
    units = {"a": np.array(stock, dtype=np.int64)}
    result = replay(network or a_network(), units, past, (new, old), said.append)
    assert units["a"].tolist() == list(stock)
    return result, said


def test_the_same_rules_change_nothing():
    result, said = compare([5, 500], orders(STEP), DEFAULT)
    assert (result["changed_orders"], result["examples"]) == (0, [])
    assert result["new"] == result["old"]
    assert said == [STEP]


def test_orders_that_change_place_are_told_with_cost_delay_carbon_and_load():
    result, _ = compare([9, 9], orders(3), Ruleset((Strategy(filters=Filters(kinds=("warehouse",))),)))
    assert result["changed_orders"] == 3
    assert result["examples"][0] == {"order_id": "o0", "number": "N0", "before": ("near",), "after": ("far",)}
    new, old = result["new"], result["old"]
    assert (old["cost_minor"], new["cost_minor"]) == (3 * (590 + 55), 3 * (690 + 75))
    assert new["carbon_g"] > old["carbon_g"] > 600
    assert (old["lead_hours_mean"], new["lead_hours_mean"]) == (6.67, 28.68)
    assert (new["load"], old["load"]) == ({"far": 3}, {"near": 3})
    assert result["load_change"][0]["change"] in (-3, 3)


def test_each_decision_takes_its_units_out_of_the_stock():
    result, _ = compare([2, 1], orders(4), DEFAULT)
    assert result["new"]["load"] == {"near": 2, "far": 1}
    assert (result["new"]["orders_waiting"], result["new"]["units_waiting"]) == (1, 1)
    assert result["new"]["shipments"] == {"0": 1, "1": 3}


def test_a_places_day_is_as_full_as_the_replay_has_made_it():
    result, _ = compare([9, 9], orders(3) + orders(1, day=date(2026, 5, 5)), DEFAULT, network=a_network(capacity=2))
    assert result["new"]["load"] == {"near": 3, "far": 1}


def test_splits_are_counted():
    result, _ = compare([2, 2], orders(1, units=3), Ruleset((Strategy(criteria=(Criterion.COST,)),)))
    assert (result["new"]["split_orders"], result["new"]["parcels"]) == (1, 2)
