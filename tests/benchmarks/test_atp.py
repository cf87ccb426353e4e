from tests.benchmarks import atp


def test_the_bench_compares_with_its_floor_and_checks_the_answers():
    report = atp.run(locations=12, skus=50, rounds=3)
    assert set(report.ratios) == set(report.budgets) == {"vs_projection", "why_vs_projection"}
    assert min(report.ratios.values()) > 0
