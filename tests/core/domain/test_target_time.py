from datetime import UTC, datetime, timedelta

import pytest

from core.domain.target_time import target_time

PARIS = "Europe/Paris"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_express_order_makes_the_pickup_of_the_same_afternoon():
    # 10:00 in Paris in winter; the carrier comes at 17:00
    assert target_time(at("2026-01-14T09:00"), "express", "17:00", PARIS) == at("2026-01-14T16:00")


def test_an_express_order_too_late_for_the_pickup_waits_for_the_next_one():
    assert target_time(at("2026-01-14T14:30"), "express", "17:00", PARIS) == at("2026-01-15T16:00")


def test_a_standard_order_has_a_whole_day():
    assert target_time(at("2026-01-14T17:00"), "standard", "17:00", PARIS) == at("2026-01-16T16:00")


def test_nothing_is_due_on_a_sunday():
    assert target_time(at("2026-01-17T17:00"), "express", "17:00", PARIS) == at("2026-01-19T16:00")


def test_the_stores_clock_counts_and_not_ours():
    in_geneva = target_time(at("2026-07-14T09:00"), "express", "16:00", "Europe/Zurich")
    in_london = target_time(at("2026-07-14T09:00"), "express", "16:00", "Europe/London")
    assert in_london - in_geneva == timedelta(hours=1)


def test_a_night_without_an_hour_does_not_shorten_the_preparation():
    # clocks go forward on Sunday 2026-03-29 in Paris
    target = target_time(at("2026-03-27T16:00"), "standard", "17:00", PARIS)
    assert target == at("2026-03-28T16:00")
    assert target_time(at("2026-03-28T16:01"), "standard", "17:00", PARIS) == at("2026-03-30T15:00")


def test_an_unknown_service_level_is_treated_as_standard():
    assert target_time(at("2026-01-14T09:00"), "gold", "17:00", PARIS) == at("2026-01-15T16:00")


def test_a_naive_time_is_a_bug():
    with pytest.raises(ValueError):
        target_time(datetime(2026, 1, 14), "express", "17:00", PARIS)  # noqa: DTZ001
