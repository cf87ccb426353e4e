import pytest

from tests.benchmarks import stock_import


@pytest.mark.slow
def test_the_bench_changes_one_row_in_a_hundred_and_measures_its_floor():
    report = stock_import.run(locations=3, skus=400, turns=1)
    assert {"vs_reading_and_hashing", "memory_mb"} == set(report.budgets) <= set(report.ratios)
    assert 6 <= report.figures["updated"] <= 24
