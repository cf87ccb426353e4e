from tests.benchmarks import timers
from tests.benchmarks.timers import BUDGETS, Size


def test_every_timer_fires_once_and_a_killed_worker_is_no_excuse(monkeypatch):
    monkeypatch.setattr(timers, "PLAN_S", 3.0)
    report = timers.run(Size(timers=60, within_s=2.0), on_postgres=False)
    assert set(report.ratios) == {name for name in BUDGETS if name.endswith("sqlite")}
    assert report.ratios["fired_per_timer_min_sqlite"] == report.ratios["fired_per_timer_max_sqlite"] == 1
    assert not report.ok  # what was not measured is not within its budget
    assert {name for name in report.missed if name.endswith("postgres")} == set(BUDGETS) - set(report.ratios)


def test_a_timer_that_fired_twice_or_never_is_counted():
    ratios: dict[str, float] = {}
    figures: dict[str, object] = {}
    timers._add({"a": [0.1, 30.0], "b": []}, "sqlite", ratios, figures)
    assert (ratios["fired_per_timer_min_sqlite"], ratios["fired_per_timer_max_sqlite"]) == (0, 2)
    assert (ratios["p95_late_s_sqlite"], figures["most_late_s_sqlite"]) == (30.0, 30.0)
