from pathlib import Path

import pytest
from typer.exceptions import TyperException

from tests.benchmarks import retail, sourcing

needs_the_file = pytest.mark.skipif(not retail.RETAIL_FILE.exists(), reason="shared/data is not on this machine")


@needs_the_file
def test_the_bench_measures_every_ratio_it_has_a_budget_for():
    report = sourcing.run(orders=60, sample=6)
    assert set(report.ratios) == set(sourcing.BUDGETS)
    assert report.ratios["gap"] == 0
    assert report.figures["solver_sample"] == 6
    assert report.figures["locations"] == 300
    assert report.figures["real_orders"] == 30
    assert report.figures["scarce_gap"] == report.figures["larger_gap"] == 0
    assert report.figures["larger_lines_mean"] > 12
    assert report.figures["scarce_orders"] == report.figures["larger_orders"] == 60


@needs_the_file
def test_real_baskets_are_what_the_import_takes():
    baskets = retail.real_baskets()
    assert len(baskets) > 1_500
    assert not any("POST" in basket or min(basket.values()) < 1 for basket in baskets)


def test_without_the_file_the_bench_says_which_one_it_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(retail, "RETAIL_FILE", tmp_path / "online_retail.csv.gz")
    with pytest.raises(TyperException, match=r"online_retail\.csv\.gz"):
        sourcing.run(orders=2, sample=1)
