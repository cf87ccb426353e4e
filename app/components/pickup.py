"""When the driver comes: the next time today or tomorrow that a carrier's pick-up time stands for."""

from datetime import datetime, time, timedelta, tzinfo

# So long a driver counts as late, before the pick-up of tomorrow is meant.
LATE_FOR = timedelta(hours=3)


def next_pickup(pickup_time: str, now: datetime, clock: tzinfo) -> datetime | None:
    """`pickup_time`: "HH:MM" on the store's clock; None where it is not known. `now`: aware."""
    try:
        at = time.fromisoformat(pickup_time)
    except ValueError:
        return None
    today = datetime.combine(now.astimezone(clock).date(), at, clock)
    if now <= today + LATE_FOR:
        return today
    return datetime.combine(today.date() + timedelta(days=1), at, clock)
