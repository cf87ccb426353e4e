import pytest

from tests.benchmarks import replay, retail


@pytest.mark.skipif(not retail.RETAIL_FILE.exists(), reason="shared/data is not on this machine")
def test_the_bench_replays_every_order_and_measures_its_budget():
    report = replay.run(orders=300)
    assert set(report.ratios) == set(replay.BUDGETS)
    assert report.figures["orders"] == 300
    assert report.figures["words_of_progress"] == 1
    assert report.figures["changed_orders"] > 0
