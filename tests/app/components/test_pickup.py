"""When the driver comes next."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.components.pickup import next_pickup

PARIS = ZoneInfo("Europe/Paris")


def test_the_next_pickup_is_today_until_the_driver_is_hours_late() -> None:
    morning = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Paris
    assert next_pickup("12:30", morning, PARIS) == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    assert next_pickup("08:30", morning, PARIS) == datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
    assert next_pickup("06:30", morning, PARIS) == datetime(2026, 3, 3, 5, 30, tzinfo=UTC)


def test_it_follows_the_clock_of_the_store_over_a_change_of_it() -> None:
    evening = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)  # the clocks change in the night
    assert next_pickup("12:30", evening, PARIS) == datetime(2026, 3, 29, 10, 30, tzinfo=UTC)


def test_a_time_nobody_can_read_is_none() -> None:
    assert next_pickup("", datetime(2026, 3, 2, tzinfo=UTC), PARIS) is None
    assert next_pickup("noon", datetime(2026, 3, 2, tzinfo=UTC), PARIS) is None
