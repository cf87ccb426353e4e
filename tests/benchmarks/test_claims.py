from tests.benchmarks import claims
from tests.benchmarks.claims import BUDGETS


def test_the_bench_measures_every_ratio_it_has_a_budget_for_and_counts_winners():
    report = claims.run(claimers=6, offers=4, rounds=2)
    assert set(report.ratios) == set(BUDGETS)
    assert report.ratios["winners_per_offer_max"] == 1
    assert report.figures["answers"] == {"offer_claimed": 4, "taken_by": 20}
