"""When an order must be ready: the carrier's first pick-up that leaves time to prepare it, by the store's clock."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# Hours a location has from the moment it may begin until the carrier's pick-up.
PREPARATION_HOURS: Final[Mapping[str, int]] = {"standard": 24, "express": 2}
SUNDAY: Final = 6


def target_time(begins_at: datetime, service_level: str, pickup_time: str, timezone: str) -> datetime:
    """The first pick-up (local "HH:MM", Monday to Saturday) at least the preparation hours after `begins_at`, in UTC.

    An unknown service level has the hours of "standard". Raises ValueError where `begins_at` is naive, and
    ZoneInfoNotFoundError (a KeyError) for an unknown time zone.
    """
    if begins_at.tzinfo is None:
        raise ValueError("begins_at must be aware")
    hours = PREPARATION_HOURS.get(service_level, PREPARATION_HOURS["standard"])
    zone = ZoneInfo(timezone)
    # Hours pass in UTC, so that a night in which the clocks change does not make them longer or shorter.
    ready = begins_at + timedelta(hours=hours)
    day = ready.astimezone(zone).date()
    pickup = time.fromisoformat(pickup_time)
    while True:
        candidate = datetime.combine(day, pickup, tzinfo=zone).astimezone(UTC)
        if candidate >= ready and day.weekday() != SUNDAY:
            return candidate
        day += timedelta(days=1)
