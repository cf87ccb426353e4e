from tests.benchmarks import promise
from tests.benchmarks.promise import BUDGETS


def test_the_bench_measures_every_ratio_it_has_a_budget_for():
    report = promise.run(locations=8, skus=20, rounds=1, share=0.02)
    assert set(report.ratios) == set(BUDGETS)
    assert report.figures["promise_per_s"] > 0
