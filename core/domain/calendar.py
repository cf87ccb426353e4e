"""When a place works: hours of the week by its own clock, days that differ, public holidays.

Minutes of work are counted only while it is open, and in UTC, so that a night in which clocks change makes no day
longer or shorter than it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Hours = tuple[int, int]  # minutes after local midnight: opens, closes (at most 1440)
Day = tuple[Hours, ...]  # in order, not touching each other; () = closed
Week = tuple[Day, ...]  # Monday first, seven of them

# A place that has not opened for so long does not open.
MOST_DAYS: Final = 400
_MIDNIGHT: Final = 1440
CLOSED: Final[Day] = ()


class CalendarInvalid(ValueError):
    """Hours nobody can keep. `field`: "week", "special" or "timezone"; `value`: what was given."""

    code = "calendar_invalid"

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: {value!r} is not {expected}")
        self.field, self.value, self.expected = field, repr(value)[:80], expected


@dataclass(frozen=True)
class Calendar:
    """`special`: days with hours of their own, whatever else they are. `holidays`: public ones, on which it is closed.

    Calendars that say the same are equal and hash alike: what is computed of one holds for all places that keep it.
    """

    timezone: str
    week: Week
    special: tuple[tuple[date, Day], ...] = ()
    holidays: tuple[tuple[date, str], ...] = ()
    _special: Mapping[date, Day] = field(init=False, repr=False, compare=False)
    _holidays: Mapping[date, str] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise CalendarInvalid("week", self.week, "seven days, Monday first")
        for day in (*self.week, *(hours for _, hours in self.special)):
            _check_day(day)
        zone_of(self.timezone)
        object.__setattr__(self, "_special", dict(self.special))
        object.__setattr__(self, "_holidays", dict(self.holidays))
        # Asked for on every look into a cache, and always the same.
        object.__setattr__(self, "_hash", hash((self.timezone, self.week, self.special, self.holidays)))

    def __hash__(self) -> int:
        return self._hash

    def hours(self, day: date) -> Day:
        if day in self._special:
            return self._special[day]
        return CLOSED if day in self._holidays else self.week[day.weekday()]

    def closed_because(self, day: date) -> str:
        """ "" where it is open; "special_day", "public_holiday" or "weekday" where it is not."""
        if self.hours(day):
            return ""
        if day in self._special:
            return "special_day"
        return "public_holiday" if day in self._holidays else "weekday"

    def holiday(self, day: date) -> str:
        """Its name, or ""."""
        return self._holidays.get(day, "")


def without(calendar: Calendar, closures: Iterable[tuple[datetime, datetime]]) -> Calendar:
    """Closed from each moment until the other; days that are cut have hours of their own."""
    closures = tuple(closures)
    if not closures:
        return calendar
    special = dict(calendar.special)
    zone = zone_of(calendar.timezone)
    for since, until in closures:
        first, last = since.astimezone(zone), until.astimezone(zone)
        day = first.date()
        while day <= last.date():
            cut = (_minutes(first) if day == first.date() else 0, _minutes(last) if day == last.date() else _MIDNIGHT)
            hours = special[day] if day in special else calendar.hours(day)
            if (left := _cut(hours, cut)) != hours:
                special[day] = left
            day += timedelta(days=1)
    return Calendar(calendar.timezone, calendar.week, tuple(sorted(special.items())), calendar.holidays)


def _minutes(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _cut(day: Day, cut: Hours) -> Day:
    """What is left of a day's hours beside the cut."""
    pieces = [piece for opens, closes in day for piece in ((opens, min(closes, cut[0])), (max(opens, cut[1]), closes))]
    return tuple((opens, closes) for opens, closes in pieces if opens < closes)


def parse_time(text: str) -> int:
    """Minutes of "HH:MM", 24:00 included. Raises ValueError."""
    hour, separator, minute = text.partition(":")
    if not (separator and hour.isdigit() and minute.isdigit() and len(hour) == len(minute) == 2):
        raise ValueError(text)
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > _MIDNIGHT:
        raise ValueError(text)
    return minutes


@cache
def zone_of(timezone: str) -> ZoneInfo:
    """Raises CalendarInvalid."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise CalendarInvalid("timezone", timezone, "a time zone") from fault


def local_day(timezone: str, at: datetime) -> date:
    return at.astimezone(zone_of(timezone)).date()


def moment(timezone: str, day: date, minutes: int) -> datetime:
    """A reading of the wall clock in UTC. One that is skipped in spring is taken as the hour before the change said."""
    days, minutes = divmod(minutes, _MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), tzinfo=zone_of(timezone))
    return wall.astimezone(UTC)


@lru_cache(maxsize=8192)
def spans(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """When it is open on a local day: (from, until) in UTC."""
    zone = calendar.timezone
    found = ((moment(zone, day, opens), moment(zone, day, closes)) for opens, closes in calendar.hours(day))
    return tuple((opens, closes) for opens, closes in found if opens < closes)


def open_days(calendar: Calendar, first: date, step: int = 1) -> Iterator[date]:
    """Days on which it is open, from `first` on (`step` -1: backwards); ends after MOST_DAYS."""
    for count in range(MOST_DAYS):
        day = first + timedelta(days=count * step)
        if calendar.hours(day):
            yield day


def after_working(calendar: Calendar, at: datetime, minutes: int) -> datetime | None:
    """The moment by which it has been open for so many minutes since `at`; with 0, the next moment it is open.

    None: it does not open long enough within MOST_DAYS.
    """
    left = timedelta(minutes=minutes)
    # A span that began yesterday may end today (24:00), so begin a day early.
    for day in open_days(calendar, local_day(calendar.timezone, at) - timedelta(days=1)):
        for opens, closes in spans(calendar, day):
            begins = max(opens, at)
            if begins < closes or (begins == closes and not left):
                if closes - begins >= left:
                    return begins + left
                left -= closes - begins
    return None


def before_working(calendar: Calendar, at: datetime, minutes: int) -> datetime | None:
    """The last moment from which it is open for so many minutes until `at`: the inverse of `after_working`."""
    left = timedelta(minutes=minutes)
    for day in open_days(calendar, local_day(calendar.timezone, at) + timedelta(days=1), -1):
        for opens, closes in reversed(spans(calendar, day)):
            ends = min(closes, at)
            if opens < ends or (opens == ends and not left):
                if ends - opens >= left:
                    return ends - left
                left -= ends - opens
    return None


def _check_day(day: Day) -> None:
    before = -1
    for opens, closes in day:
        if not before < opens < closes <= _MIDNIGHT:
            raise CalendarInvalid("week", day, "hours in order, opening before closing")
        before = closes
