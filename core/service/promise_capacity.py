"""Places that take so many orders a day: what is promised to leave on a day takes of its room.

A place that takes nothing more today is not asked, as sourcing does not ask it; a day that is full is passed over.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from core.domain.calendar import CalendarInvalid, local_day, zone_of
from core.domain.lifecycle import FulfilmentState
from core.store import tables as t

Days = frozenset[date]
# Before the first moment of today, wherever a place lies.
_A_DAY: Final = timedelta(days=1)
_GONE: Final = (FulfilmentState.CANCELLED, FulfilmentState.REJECTED)


def full_today(connection: Connection, at: datetime) -> frozenset[str]:
    """Places that take nothing more today: as many orders as they take were given to them."""
    limits = _limits(connection)
    if not limits:
        return frozenset()
    f = t.fulfilments.c
    morning = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(f.location_id, func.count()).where(f.location_id.in_(sorted(limits)), f.placed_at >= morning)
    taken = {row[0]: row[1] for row in connection.execute(query.group_by(f.location_id))}
    return frozenset(id for id, (most, _) in limits.items() if taken.get(id, 0) >= most)


def full_days(connection: Connection, at: datetime) -> Mapping[str, Days]:
    """By place: days, by its own clock, for which as many orders are due to leave as it takes a day."""
    limits = {id: limit for id, limit in _limits(connection).items() if limit[0]}
    if not limits:
        return {}
    f = t.fulfilments.c
    due = (f.location_id.in_(sorted(limits)), f.target_at >= at - _A_DAY, f.state.notin_(_GONE))
    query = select(f.location_id, f.target_at, func.count()).where(*due).group_by(f.location_id, f.target_at)
    taken: dict[str, dict[date, int]] = {}
    for location_id, target_at, count in connection.execute(query):
        days = taken.setdefault(location_id, {})
        day = local_day(limits[location_id][1], target_at)
        days[day] = days.get(day, 0) + count
    full = {id: frozenset(day for day, n in days.items() if n >= limits[id][0]) for id, days in taken.items()}
    return {id: days for id, days in full.items() if days}


def _limits(connection: Connection) -> dict[str, tuple[int, str]]:
    """(orders a day, time zone) of the places that have a limit."""
    p = t.locations.c
    query = select(p.id, p.capacity_per_day, p.timezone).where(p.capacity_per_day.is_not(None))
    return {row.id: (row.capacity_per_day, _known(row.timezone)) for row in connection.execute(query)}


def _known(timezone: str) -> str:
    try:
        zone_of(timezone)
    except CalendarInvalid:
        return "UTC"
    return timezone
