import pytest

from tests.benchmarks import stock_import


@pytest.mark.slow
def test_the_bench_changes_one_row_in_a_hundred_and_measures_its_floor():
    report = stock_import.run(locations=3, skus=400, turns=1)
    assert {"vs_reading_and_hashing", "memory_mb"} == set(report.budgets) <= set(report.ratios)
    assert 6 <= report.figures["updated"] <= 24
    assert report.ratios["write_floor_vs_read"] > 0
    assert report.ratios["comparing_vs_read"] > 0
    assert report.figures["from_nothing_rows"] == 1200
