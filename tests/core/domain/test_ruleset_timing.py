from datetime import UTC, datetime, timedelta

import pytest

from core.domain.ruleset import Release, Strategy
from core.domain.ruleset_timing import not_before

PLACED = datetime(2026, 3, 28, 20, 30, tzinfo=UTC)


def test_an_order_cools_off_for_so_many_minutes():
    assert not_before(Strategy(), PLACED) == (PLACED, ())
    assert not_before(Strategy(cooling_off_minutes=20), PLACED) == (PLACED + timedelta(minutes=20), ("cooling_off",))


@pytest.mark.parametrize(
    ("cooling_off", "at", "because"),
    [
        (0, datetime(2026, 3, 28, 22, 0, tzinfo=UTC), ("release",)),  # 23:00 in Paris, still winter time
        (120, datetime(2026, 3, 29, 4, 0, tzinfo=UTC), ("cooling_off", "release")),  # 06:00, summer time by then
        (90, datetime(2026, 3, 28, 22, 0, tzinfo=UTC), ("cooling_off",)),  # cool at the very time of release
    ],
)
def test_it_is_released_at_the_next_time_of_the_wall_clock(cooling_off, at, because):
    strategy = Strategy(cooling_off_minutes=cooling_off, release=Release(("06:00", "23:00"), "Europe/Paris"))
    assert not_before(strategy, PLACED) == (at, because)
