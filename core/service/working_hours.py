"""The opening hours of a location as its row keeps them: `{"week": [[["09:00", "19:00"]], ...], "special": {...}}`.

Seven days, Monday first, each with its spans; days in `special` have spans of their own. Without hours: always open.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson

from core.domain.calendar import Calendar, CalendarInvalid, Day, parse_time

ALWAYS: Day = ((0, 1440),)


def calendar_of(timezone: str, hours: Mapping[str, Any]) -> Calendar:
    """Raises CalendarInvalid. Locations that keep the same hours share one calendar."""
    return _calendar(timezone, orjson.dumps(hours, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=4096)
def _calendar(timezone: str, text: bytes) -> Calendar:
    hours = orjson.loads(text)
    week = hours.get("week")
    special = hours.get("special", {})
    if not isinstance(special, Mapping):
        raise CalendarInvalid("special", special, "spans by day")
    days = (ALWAYS,) * 7 if week is None else tuple(_day("week", day) for day in _list("week", week))
    return Calendar(timezone, days, tuple((_date(day), _day("special", special[day])) for day in sorted(special)))


def _day(field: str, spans: Any) -> Day:
    found = []
    for span in _list(field, spans):
        try:
            opens, closes = (parse_time(text) for text in span)
        except (ValueError, TypeError, AttributeError) as fault:
            raise CalendarInvalid(field, span, 'a span like ["09:00", "19:00"]') from fault
        found.append((opens, closes))
    return tuple(found)


def _list(field: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise CalendarInvalid(field, value, "a list")
    return value


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise CalendarInvalid("special", text, "a date") from fault
