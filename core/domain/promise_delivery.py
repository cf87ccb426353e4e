"""On which day a parcel that leaves now is there: delivery days of the carrier, and of the store that must be open.

What leaves later never arrives sooner: a day is counted from the day of the pick-up, and on it only if it is a day of
delivery for everybody concerned.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from core.domain.calendar import MOST_DAYS, Calendar, after_working, local_day, spans
from core.domain.promise import Reason
from core.domain.promise_dispatch import Slot

Calendars = tuple[Calendar, ...]  # the carrier's at the destination first, then the store's


@lru_cache(maxsize=65_536)
def delivery_day(calendars: Calendars, slot: Slot, days: int) -> date | None:
    """The day on which the last of `days` delivery days after the pick-up lies; 0: the same day, if there is time."""
    first = max(slot.day, local_day(calendars[0].timezone, slot.leaves_at))
    left = days
    for count in range(MOST_DAYS):
        day = first + timedelta(days=count)
        if not all(calendar.hours(day) for calendar in calendars):
            continue
        if days == 0:
            if spans(calendars[0], day)[-1][1] > slot.leaves_at:
                return day
        elif count > 0:
            left -= 1
            if left == 0:
                return day
    return None


def window(calendars: Calendars, first: date, last: date) -> tuple[datetime, datetime]:
    """From when the carrier delivers on the first day until when on the last."""
    return spans(calendars[0], first)[0][0], spans(calendars[0], last)[-1][1]


def ready_in_store(store: Calendar, delivered_at: datetime, receiving_minutes: int) -> datetime | None:
    """When the store has put away what came, in its opening hours."""
    return after_working(store, delivered_at, receiving_minutes)


def closed_between(calendars: Sequence[Calendar], first: date, last: date) -> list[Reason]:
    """Days that were passed over, for the explanation: each once, with its reason and the name of a holiday."""
    found = []
    day = first
    while day < last:
        closed = next(((c, c.closed_because(day)) for c in calendars if c.closed_because(day)), None)
        if closed is not None and closed[1] != "weekday":
            found.append(
                Reason("day_passed_over", {"day": day.isoformat(), "why": closed[1], "name": closed[0].holiday(day)})
            )
        day += timedelta(days=1)
    return found
