from datetime import date

import numpy as np

from core.domain.ruleset import DEFAULT, Criterion, Ruleset, Strategy
from core.service.replay_side import STEP, Question, decided
from tests.core.service.past import a_network, orders


def answers(stock, past, rules=DEFAULT, network=None):
    return decided(Question(network or a_network(), {"a": np.array(stock)}, past, rules, rules))


def side_of(*words, **others):
    *_, last = answers(*words, **others)
    return last.side.as_json()


def test_each_decision_takes_its_units_out_of_the_stock():
    side = side_of([2, 1], orders(4))
    assert side["load"] == {"near": 2, "far": 1}
    assert (side["orders_waiting"], side["units_waiting"]) == (1, 1)
    assert side["shipments"] == {"0": 1, "1": 3}


def test_a_places_day_is_as_full_as_the_replay_has_made_it():
    side = side_of([9, 9], orders(3) + orders(1, day=date(2026, 5, 5)), network=a_network(capacity=2))
    assert side["load"] == {"near": 3, "far": 1}


def test_splits_are_counted():
    side = side_of([2, 2], orders(1, units=3), Ruleset((Strategy(criteria=(Criterion.COST,)),)))
    assert (side["split_orders"], side["parcels"]) == (1, 2)


def test_places_are_answered_step_by_step():
    made = [answer.places for answer in answers([STEP, 5], orders(STEP + 2))]
    assert [len(places) for places in made] == [STEP, 2]
    assert made[0] == [("near",)] * STEP
    assert made[1] == [("far",)] * 2
