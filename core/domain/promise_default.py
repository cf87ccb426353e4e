"""What an order is promised whose customer chose nothing: from the places that sourcing chose, not from all of them.

It is a degraded calculation, and says so: no place is searched, no parcel is weighed, so price and carbon stay open.
Day and cut-off come from the same calendars, pick-ups and zones as every other promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.calendar import Calendar
from core.domain.promise import Method, Option, Part, Reason
from core.domain.promise_delivery import window
from core.domain.promise_dispatch import Departure, Entry, Rhythm, full_before, next_slot, no_room
from core.domain.promise_reach import Target, Way, way_of

BY_DEFAULT = "method_by_default"


@dataclass(frozen=True, slots=True)
class Sender:
    """A place that sends a part, as it works for the method. `units` by SKU."""

    location_id: str
    country: str
    rhythm: Rhythm
    units: tuple[tuple[str, int], ...] = ()


def departs(method: Method, sender: Sender, delivers: Calendar, target: Target, at: datetime) -> Way | None:
    """How a part that is begun at `at` leaves the place. None: it does not, or not to there."""
    slot = next_slot(sender.rhythm, at)
    if method.service is None or slot is None:
        return None
    departure = Departure(Entry(sender.rhythm, sender.country, 0), slot, full_before(sender.rhythm, at, slot))
    found, _ = way_of(method.service, departure, (delivers,), target)
    return found


def by_default(method: Method, ways: Sequence[tuple[Sender, Way]], delivers: Calendar, flags: Sequence[str]) -> Option:
    """The last part counts; `ways`: at least one. `flags`: what had to be assumed besides."""
    service, last = method.service, max((way for _, way in ways), key=lambda way: way.latest)
    assert service is not None
    opens, closes = window((delivers,), max(way.earliest for _, way in ways), last.latest)
    full = [step for one, way in ways for step in no_room(one.location_id, way.departure.full, way.departure.slot)]
    assumed = {BY_DEFAULT, "price_unknown", *flags, *(flag for sender, _ in ways for flag in sender.rhythm.flags)}
    parts = tuple(
        Part(sender.location_id, way.departure.slot.cutoff_at, way.departure.slot.leaves_at, sender.units, 1, 0)
        for sender, way in ways
    )
    return Option(
        method.code, method.kind, last.latest, opens, closes, delivers.timezone,
        min(part.begins_at for part in parts), max(part.leaves_at for part in parts), parts, len(parts), 0, None,
        service.currency, "", tuple(sorted(assumed)), (*full, *map(_leaves, parts), *_arrives(method, last)),
        method.service_level, service.carrier,
    )  # fmt: skip


def _leaves(part: Part) -> Reason:
    told = {"cutoff_at": part.begins_at.isoformat(), "leaves_at": part.leaves_at.isoformat()}
    return Reason("leaves", {"location": part.location_id, **told})


def _arrives(method: Method, last: Way) -> tuple[Reason, Reason]:
    assert method.service is not None
    route = {"carrier": method.service.carrier, "service": method.service.code, "zone": last.zone.code}
    days = {"days_min": last.days[0], "days_max": last.days[1]}
    return Reason("transit", {**route, **days}), Reason("arrives", {"day": last.latest.isoformat()})
