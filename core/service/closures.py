"""When a location is open and when it is closed: its hours by version, and closures from a moment until another.

Promises and offers count no minute of a closure as open; sourcing asks no place that is closed now ("closed"). When a
closure begins, a job tells it: `LocationClosed` is the event, `LOCATION_CLOSED` the kind of job others may add work to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from core.domain.calendar import Calendar, CalendarInvalid
from core.service import promise_network
from core.service.cause import Cause
from core.service.delivery_terms import TermsInvalid, day_of, week_of
from core.service.events import Happening, record
from core.service.later import Job, schedule
from core.service.refusal import Kind, Refusal, stale, unknown
from core.store import feed
from core.store import tables as t

LOCATION_CLOSED: Final = "location_closed"  # subject: the id of the closure
LONGEST: Final = timedelta(days=366)
MOST_SPECIAL_DAYS: Final = 400
Row = Mapping[str, Any]


def hours_of(connection: Connection, location_id: str, at: datetime) -> Row | Refusal:
    """id, timezone, version, the hours as they are kept, and `closures` that are not over at `at`."""
    places = t.locations.c
    query = select(places.id, places.timezone, places.version, places.hours).where(places.id == location_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        return unknown("location", location_id)
    c = t.location_closures.c
    query = select(t.location_closures).where(c.location_id == location_id, c.until_at > at).order_by(c.from_at, c.id)
    return {**row, "closures": [dict(one) for one in connection.execute(query).mappings()]}


def set_hours(
    connection: Connection, cause: Cause, location_id: str, version: int, hours: Mapping[str, Any]
) -> Row | Refusal:
    """`hours`: week, special, region, open_on_holidays; all of them. Returns as `hours_of`."""
    known = hours_of(connection, location_id, cause.received_at)
    if isinstance(known, Refusal):
        return known
    if refusal := _hours_refusal(known["timezone"], hours):
        return refusal
    places = t.locations.c
    query = update(t.locations).where(places.id == location_id, places.version == version)
    if connection.execute(query.values(hours=dict(hours), version=places.version + 1)).rowcount != 1:
        return stale("location", known["version"])
    told = {"before": known["hours"], "after": dict(hours)}
    record(connection, cause, [Happening("LocationHoursChanged", "location", location_id, data=told)])
    feed.mark(connection, feed.store_part(location_id), "location", location_id)
    promise_network.forget(connection)
    return hours_of(connection, location_id, cause.received_at)


def _hours_refusal(timezone: str, hours: Mapping[str, Any]) -> Refusal | None:
    """What promises could not be made with, read by what they are made with."""
    try:
        special = hours.get("special", {})
        if len(special) > MOST_SPECIAL_DAYS:
            raise TermsInvalid("special", len(special), f"at most {MOST_SPECIAL_DAYS} days")
        days = tuple((date.fromisoformat(day), day_of(special[day])) for day in sorted(special))
        Calendar(timezone, week_of(hours), days)
    except (TermsInvalid, CalendarInvalid) as fault:
        params: dict[str, str | int] = {"field": fault.field, "value": fault.value, "expected": fault.expected}
        return Refusal("hours_invalid", params=params, remedy=str(fault))
    except ValueError as fault:
        return Refusal("hours_invalid", params={"field": "special", "expected": "days YYYY-MM-DD"}, remedy=str(fault))
    return None


@dataclass(frozen=True, slots=True)
class Closing:
    location_id: str
    from_at: datetime
    until_at: datetime
    reason: str = ""


def close(connection: Connection, cause: Cause, wanted: Closing) -> Row | Refusal:
    """Returns the closure's row. From a moment that has passed it is closed at once."""
    if connection.execute(select(t.locations.c.id).where(t.locations.c.id == wanted.location_id)).first() is None:
        return unknown("location", wanted.location_id)
    begins = max(wanted.from_at, cause.received_at)
    if not begins < wanted.until_at <= begins + LONGEST:
        remedy = "Give a moment in the future as `until_at`, after `from_at` and within a year of it."
        return Refusal("closure_out_of_range", params={"most_days": LONGEST.days}, remedy=remedy)
    row = {
        "id": cause.new_id(), "location_id": wanted.location_id, "from_at": begins, "until_at": wanted.until_at,
        "reason": wanted.reason, "created_at": cause.received_at, "created_by": cause.user_id, "ended_at": None,
        "version": 1,
    }  # fmt: skip
    connection.execute(insert(t.location_closures), [row])
    _tell(connection, cause, "LocationClosurePlanned", row)
    schedule(connection, cause, [Job(LOCATION_CLOSED, begins, str(row["id"]))])
    promise_network.forget(connection)
    return row


def end(connection: Connection, cause: Cause, closure_id: str, version: int) -> Row | Refusal:
    """Open again from now on, or never closed if it has not begun. Returns the row."""
    c = t.location_closures.c
    known = connection.execute(select(t.location_closures).where(c.id == closure_id)).mappings().first()
    if known is None:
        return unknown("closure", closure_id)
    if known["until_at"] <= cause.received_at:
        return Refusal("closure_over", Kind.CONFLICT, remedy="The location is open again already.")
    values = {"until_at": max(known["from_at"], cause.received_at), "ended_at": cause.received_at}
    query = update(t.location_closures).where(c.id == closure_id, c.version == version)
    if connection.execute(query.values(**values, version=version + 1)).rowcount != 1:
        return stale("closure", known["version"])
    row = {**known, **values, "version": version + 1}
    _tell(connection, cause, "LocationReopened", row)
    promise_network.forget(connection)
    return row


def begin(connection: Connection, cause: Cause, closure_id: str) -> str | None:
    """Told when its moment has come. The location's id; None: it was ended before."""
    c = t.location_closures.c
    row = connection.execute(select(t.location_closures).where(c.id == closure_id)).mappings().first()
    if row is None or not row["from_at"] <= cause.received_at < row["until_at"]:
        return None
    _tell(connection, cause, "LocationClosed", dict(row))
    return str(row["location_id"])


def _tell(connection: Connection, cause: Cause, name: str, row: Row) -> None:
    told = {
        "closure_id": row["id"], "from_at": row["from_at"].isoformat(), "until_at": row["until_at"].isoformat(),
        "reason": row["reason"],
    }  # fmt: skip
    record(connection, cause, [Happening(name, "location", row["location_id"], data=told)])
