from tests.benchmarks import sync
from tests.benchmarks.sync import BUDGETS


def test_the_bench_measures_every_ratio_it_has_a_budget_for():
    report = sync.run(articles=(300, 600), changes=(5, 20), commands=30, rounds=1)
    assert set(report.ratios) == set(BUDGETS)
    assert all(ratio > 0 for ratio in report.ratios.values())
    assert report.figures["initial_bytes"] > 1000
