"""When an order leaves a place: the first pick-up whose cut-off has not passed.

The cut-off of a pick-up is the last moment from which the place is open long enough to prepare the order before it. So
cut-offs do not depend on when somebody asks, they only lie before or behind him: what is promised at a cut-off is
promised at every moment since the one before, and the countdown is exact.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from core.domain.calendar import MOST_DAYS, Calendar, after_working, before_working, local_day, moment, spans
from core.domain.promise import Reason


class Slot(NamedTuple):
    """An order placed until `cutoff_at` leaves at `leaves_at`. `day`: by the place's clock."""

    cutoff_at: datetime
    leaves_at: datetime
    day: date


@dataclass(frozen=True, eq=False)
class Rhythm:
    """How a place works for a method. Compared by identity: places that work alike share one.

    Without `pickup_minutes` nothing is picked up: the order waits in the store from when it is ready.
    """

    calendar: Calendar
    preparation_minutes: int
    pickup_days: frozenset[int] = frozenset(range(7))
    pickup_minutes: int | None = None
    cutoff_minutes: int | None = None
    holidays: frozenset[date] = frozenset()  # on which the carrier does not come, even if the place is open
    flags: tuple[str, ...] = ()  # what had to be assumed of it
    full: frozenset[date] = frozenset()  # days for which it has promised all that it can do


def slot_of(rhythm: Rhythm, day: date) -> Slot | None:
    """The pick-up of this day; None: there is none, it cannot be reached from anywhere, or the day is full."""
    return None if day in rhythm.full else _pickup_of(rhythm, day)


@lru_cache(maxsize=65_536)
def _pickup_of(rhythm: Rhythm, day: date) -> Slot | None:
    """As if every day had room."""
    calendar = rhythm.calendar
    open_today = spans(calendar, day)
    if not open_today:
        return None
    leaves_at = open_today[-1][1]
    if rhythm.pickup_minutes is not None:
        if day.weekday() not in rhythm.pickup_days or day in rhythm.holidays:
            return None
        leaves_at = moment(calendar.timezone, day, rhythm.pickup_minutes)
    cutoff_at = before_working(calendar, leaves_at, rhythm.preparation_minutes)
    if cutoff_at is None:
        return None
    if rhythm.cutoff_minutes is not None:
        cutoff_at = min(cutoff_at, moment(calendar.timezone, day, rhythm.cutoff_minutes))
    return Slot(cutoff_at, leaves_at, day)


def next_slot(rhythm: Rhythm, at: datetime) -> Slot | None:
    """Of an order placed at `at`. None: nothing leaves this place within MOST_DAYS."""
    first = local_day(rhythm.calendar.timezone, at)
    for count in range(MOST_DAYS):
        slot = slot_of(rhythm, first + timedelta(days=count))
        if slot is not None and slot.cutoff_at >= at:
            return slot
    return None


def slot_after(rhythm: Rhythm, slot: Slot) -> Slot | None:
    for count in range(1, MOST_DAYS):
        found = slot_of(rhythm, slot.day + timedelta(days=count))
        if found is not None:
            return found
    return None


def full_before(rhythm: Rhythm, at: datetime, slot: Slot) -> tuple[date, ...]:
    """Days on which an order placed at `at` would have left before this slot, had they not been full."""
    first = local_day(rhythm.calendar.timezone, at)
    passed = []
    for day in sorted(day for day in rhythm.full if first <= day < slot.day):
        pickup = _pickup_of(rhythm, day)
        if pickup is not None and pickup.cutoff_at >= at:
            passed.append(day)
    return tuple(passed)


def no_room(location_id: str, full: tuple[date, ...], slot: Slot) -> tuple[Reason, ...]:
    """The step of the explanation about days without room; () where there are none."""
    if not full:
        return ()
    days = ", ".join(day.isoformat() for day in full)
    return (Reason("no_room", {"location": location_id, "days": days, "day": slot.day.isoformat()}),)


def ready_at(rhythm: Rhythm, at: datetime) -> datetime | None:
    """When the place has it ready to collect, beginning at `at`."""
    slot = next_slot(rhythm, at)
    if slot is None:
        return None
    done = after_working(rhythm.calendar, at, rhythm.preparation_minutes)
    if done is None or local_day(rhythm.calendar.timezone, done) >= slot.day:
        return done
    # The cut-off of its own day has passed: the work begins with the day for which it counts.
    return after_working(rhythm.calendar, spans(rhythm.calendar, slot.day)[0][0], rhythm.preparation_minutes)


class Entry(NamedTuple):
    """Places (a bit each) that work alike and lie in the same country."""

    rhythm: Rhythm
    country: str
    places: int


class Departure(NamedTuple):
    """`full`: days that were passed over, as `full_before` says."""

    entry: Entry
    slot: Slot
    full: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """The next departure of every place; true for orders placed from `since` until `until`."""

    since: datetime
    until: datetime
    departures: tuple[Departure, ...]

    def holds(self, at: datetime) -> bool:
        return self.since <= at <= self.until


def board(entries: Iterable[Entry], at: datetime) -> Board:
    departures = []
    for entry in entries:
        slot = next_slot(entry.rhythm, at)
        if slot is not None:
            departures.append(Departure(entry, slot, full_before(entry.rhythm, at, slot)))
    until = min((departure.slot.cutoff_at for departure in departures), default=at)
    return Board(at, until, tuple(departures))


def last_slot(departure: Departure, in_time: Callable[[Slot], bool]) -> Slot:
    """The last slot from this departure on that is still in time; the departure itself is."""
    slot = departure.slot
    while (later := slot_after(departure.entry.rhythm, slot)) is not None and in_time(later):
        slot = later
    return slot
