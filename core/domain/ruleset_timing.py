"""When an order may be sourced by its strategy: after its cooling-off, at a time of release."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from core.domain.calendar import local_day, moment, parse_time
from core.domain.ruleset import Release, Strategy

COOLING_OFF: Final = "cooling_off"
RELEASE: Final = "release"


class NotBefore(NamedTuple):
    """`because`: COOLING_OFF, RELEASE, both or neither."""

    at: datetime
    because: tuple[str, ...] = ()


def not_before(strategy: Strategy, placed_at: datetime) -> NotBefore:
    """The moment from which an order that was placed then may be sourced."""
    because: list[str] = []
    at = placed_at + timedelta(minutes=strategy.cooling_off_minutes)
    if at > placed_at:
        because.append(COOLING_OFF)
    if strategy.release is not None:
        released = next(one for one in _moments(strategy.release, at) if one >= at)
        if released > at:
            because.append(RELEASE)
            at = released
    return NotBefore(at, tuple(because))


def _moments(release: Release, after: datetime) -> Iterator[datetime]:
    """Times of release from the day of `after` on, rising."""
    day = local_day(release.timezone, after)
    minutes = sorted(parse_time(time) for time in release.times)
    while True:
        yield from (moment(release.timezone, day, one) for one in minutes)
        day += timedelta(days=1)
