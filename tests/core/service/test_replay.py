import numpy as np

from core.domain.ruleset import DEFAULT, Filters, Ruleset, Strategy, Zone
from core.service.replay import replay
from core.service.replay_side import STEP, Answer, Question, Side
from tests.core.service.past import a_network, orders


def compare(stock, past, new, old=DEFAULT):
    said: list[int] = []
    units = {"a": np.array(stock, dtype=np.int64)}
    question = Question(a_network(), units, past, new, new)
    result = replay(question, old, said.append)
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


def test_the_other_side_may_be_decided_elsewhere():
    question = Question(a_network(), {"a": np.array([9, 9])}, orders(2), DEFAULT, DEFAULT)
    asked = []

    def elsewhere(theirs):
        asked.append(theirs.ruleset)
        return iter([Answer([("far",), ("near",)], Side(orders=2))])

    against = Ruleset(grid=(Zone(9, 1, 1),))
    result = replay(question, against, lambda _: None, elsewhere)
    assert asked == [against]
    assert (result["changed_orders"], result["old"]["orders"]) == (1, 2)
