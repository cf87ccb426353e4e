import pytest

from tests.benchmarks.report import Budget, Report, quantile


def report(**ratios: float) -> Report:
    return Report("bench", {}, ratios, {"speed": Budget(at_least=2.0), "cost": Budget(at_most=4.0)})


def test_a_report_is_ok_when_every_ratio_is_inside_its_budget():
    assert report(speed=2.0, cost=4.0).ok


def test_a_ratio_outside_its_budget_is_named():
    assert report(speed=1.9, cost=4.1).missed == ("speed", "cost")


def test_a_ratio_that_was_not_measured_misses_its_budget():
    assert report(speed=3.0).missed == ("cost",)
    assert report(speed=3.0, cost=float("nan")).missed == ("cost",)


def test_the_json_of_a_report_carries_its_verdict():
    said = report(speed=3.0, cost=5.0).as_json()
    assert said["ok"] is False
    assert said["budgets"] == {"speed": {"at_least": 2.0}, "cost": {"at_most": 4.0}}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 3), (0.95, 5), (0.0, 1), (1.0, 5)])
def test_a_quantile_is_one_of_the_samples(share: float, expected: float):
    assert quantile([5, 1, 4, 2, 3], share) == expected
