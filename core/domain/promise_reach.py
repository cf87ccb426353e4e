"""Which places reach a destination when: departures and transit put together, day by day, and until when each holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from core.domain.promise import SAFETY_DAYS, Reason, Service, Zone, zone_of_address
from core.domain.promise_delivery import Calendars, closed_between, delivery_day
from core.domain.promise_dispatch import Departure, Slot, last_slot, next_slot, no_room


class Way(NamedTuple):
    """From places that work alike to the destination. `latest`: the promise; `earliest`: the quickest it may be."""

    departure: Departure
    zone: Zone
    days: tuple[int, int]
    earliest: date
    latest: date


class LastCall(NamedTuple):
    """Places that still make a day when the order is placed until `cutoff_at`."""

    cutoff_at: datetime
    leaves_at: datetime
    places: int


class Leg(NamedTuple):
    """What leaves one place so that it is there on a day. `leaves`: its steps of the explanation."""

    way: Way
    call: LastCall
    leaves: tuple[Reason, ...]


@dataclass
class Reach:
    """All ways to one destination, soonest first. `flags`: what had to be assumed of it."""

    calendars: Calendars
    ways: tuple[Way, ...]
    flags: tuple[str, ...] = ()
    steps: list[tuple[date, int]] = field(default_factory=list)  # by day: the places that make it, and none before
    masks: list[int] = field(default_factory=list)  # of the steps
    _last_calls: dict[date, list[LastCall]] = field(default_factory=dict)
    _passed_over: dict[tuple[date, date], list[Reason]] = field(default_factory=dict)
    _legs: dict[tuple[date, int], Leg] = field(default_factory=dict)  # by day and place

    def __post_init__(self) -> None:
        by_day: dict[date, int] = {}
        for way in self.ways:
            by_day[way.latest] = by_day.get(way.latest, 0) | way.departure.entry.places
        self.steps = sorted(by_day.items())
        self.masks = [places for _, places in self.steps]

    def last_calls(self, day: date) -> list[LastCall]:
        """For this promised day: the longest open first."""
        known = self._last_calls.get(day)
        if known is None:
            known = sorted((self._last_call(way, day) for way in self.ways if way.latest <= day), reverse=True)
            self._last_calls[day] = known
        return known

    def passed_over(self, first: date, day: date) -> list[Reason]:
        """Days between that are closed, for the explanation."""
        known = self._passed_over.get((first, day))
        if known is None:
            known = self._passed_over[first, day] = closed_between(self.calendars, first, day)
        return known

    def way_of(self, place: int) -> Way:
        return next(way for way in self.ways if way.departure.entry.places >> place & 1)

    def leg(self, day: date, place: int, location_id: str) -> Leg:
        """From a place that makes this promised day."""
        known = self._legs.get((day, place))
        if known is None:
            way = self.way_of(place)
            call = next(call for call in self.last_calls(day) if call.places >> place & 1)
            slot = way.departure.slot
            told = {"cutoff_at": slot.cutoff_at.isoformat(), "leaves_at": slot.leaves_at.isoformat()}
            left = Reason("leaves", {"location": location_id, **told})
            known = Leg(way, call, (*no_room(location_id, way.departure.full, slot), left))
            self._legs[day, place] = known
        return known

    def _last_call(self, way: Way, day: date) -> LastCall:
        def in_time(slot: Slot) -> bool:
            there = delivery_day(self.calendars, slot, way.days[1])
            return there is not None and there <= day

        slot = last_slot(way.departure, in_time)
        return LastCall(slot.cutoff_at, slot.leaves_at, way.departure.entry.places)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: a country and postcode. `safety`: something had to be assumed about time."""

    country: str
    postcode: str
    safety: bool = False
    flags: tuple[str, ...] = ()


def way_of(
    service: Service, departure: Departure, calendars: Calendars, target: Target
) -> tuple[Way | None, tuple[str, ...]]:
    """(the way; None: the service does not go there from here, what had to be assumed of it)."""
    zone, unsure = zone_of_address(service, departure.entry.country, target.country, target.postcode)
    if zone is None:
        return None, ()
    extra = SAFETY_DAYS if target.safety or departure.entry.rhythm.flags else 0
    days = (zone.days[0], zone.days[1] + extra)
    earliest = delivery_day(calendars, departure.slot, days[0])
    latest = delivery_day(calendars, departure.slot, days[1])
    found = Way(departure, zone, days, earliest, latest) if earliest is not None and latest is not None else None
    return found, ("postcode_missing",) if unsure else ()


def reach(service: Service, departures: Iterable[Departure], calendars: Calendars, target: Target) -> Reach:
    ways = []
    missing: tuple[str, ...] = ()
    for departure in departures:
        found, unsure = way_of(service, departure, calendars, target)
        missing = missing or unsure
        if found is not None:
            ways.append(found)
    return Reach(calendars, tuple(sorted(ways, key=lambda way: way.latest)), (*target.flags, *missing))


def days_late(found: Reach, promised: date, at: datetime) -> dict[int, int]:
    """By group of places: how many days after the promised one a parcel arrives that is ordered there at `at`."""
    late: dict[int, int] = {}
    for way in found.ways:
        slot = next_slot(way.departure.entry.rhythm, at)
        there = delivery_day(found.calendars, slot, way.days[1]) if slot is not None else None
        if there is not None:
            late[way.departure.entry.places] = max(0, (there - promised).days)
    return late
