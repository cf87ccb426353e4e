"""One method, promised or refused: the earliest day on which places with the stock reach the customer, and its story.

The countdown is the last moment at which an order still gets the same day, from any places that have the stock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from core.domain.calendar import Calendar, local_day
from core.domain.promise import (
    SAFETY_DAYS,
    TIME_FLAGS,
    Item,
    Method,
    NotPossible,
    Option,
    Part,
    Reason,
    Service,
)
from core.domain.promise_choice import Distances, Shelf, choose, first_that_serves
from core.domain.promise_delivery import closed_between, ready_in_store, window
from core.domain.promise_dispatch import Rhythm, Slot, full_before, next_slot, no_room, ready_at, slot_after
from core.domain.promise_parcels import Shipment, carbon_g, chargeable_weights, parcel_weights, unfit
from core.domain.promise_price import Asked, quote
from core.domain.promise_reach import LastCall, Reach

Answer = Option | NotPossible


@dataclass(frozen=True, slots=True)
class Basket:
    """What is asked for, and what is known. `shelf` None: stock could not be read.

    `places`: those that may send, of any method. `flags`: what had to be assumed about the request.
    """

    at: datetime
    items: tuple[Item, ...]
    shelf: Shelf | None
    location_ids: Sequence[str]
    distances: Distances
    currency: str
    flags: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()  # as `missing_measures` says
    country: str = ""  # of the address
    asked_currency: str = ""  # "": the division's
    _loads: dict[int, list[int]] = field(default_factory=dict)

    def load(self, units: Sequence[int] | None, limit: int) -> list[int]:
        """Grams of each parcel; None: all of it, which most methods would send in the same parcels."""
        if units is not None:
            return parcel_weights([(item, n) for item, n in zip(self.items, units, strict=True) if n], limit)
        if limit not in self._loads:
            self._loads[limit] = parcel_weights([(item, item.quantity) for item in self.items], limit)
        return self._loads[limit]

    def named(self, units: Sequence[int]) -> tuple[tuple[str, int], ...]:
        """Units by SKU, of those there are."""
        return tuple([(item.sku, n) for item, n in zip(self.items, units, strict=True) if n])

    def asked(self, country: str) -> Asked:
        """What the price is asked for, delivered to this country."""
        return Asked(self.asked_currency, self.currency, country, self.value_minor)

    @property
    def value_minor(self) -> int:
        return sum(item.price_minor * item.quantity for item in self.items)

    @property
    def unsure_of_time(self) -> bool:
        return not TIME_FLAGS.isdisjoint(self.flags)


@dataclass(frozen=True, slots=True)
class Store:
    """Where a customer collects. `place`: its bit."""

    id: str
    place: int
    calendar: Calendar
    country: str = ""


def refuse(method: Method, code: str, **params: str | int) -> NotPossible:
    return NotPossible(method.code, method.kind, (Reason(code, params),))


def sent(basket: Basket, method: Method, found: Reach, store: Store | None = None) -> Answer:
    """A method with a carrier: to the customer's address, a pick-up point, or to a store that receives it."""
    assert method.service is not None
    if (reason := unfit(method.service, basket.items)) is not None:
        return NotPossible(method.code, method.kind, (reason,))
    if not found.steps:
        return refuse(method, "no_place_sends_there")
    steps = found.masks
    if basket.shelf is None:
        day, calls = found.steps[-1][0], found.last_calls(found.steps[-1][0])
        return _option(basket, method, found, _Choice(day, calls[-1].cutoff_at, ()), store)
    served = first_that_serves(basket.shelf, steps)
    if served is None:
        return NotPossible(method.code, method.kind, lacking(basket, steps))
    day = found.steps[served[0]][0]
    calls = found.last_calls(day)
    last = first_that_serves(basket.shelf, [call.places for call in calls])
    assert last is not None
    parts = choose(basket.shelf, served[1], basket.distances)
    return _option(basket, method, found, _Choice(day, calls[last[0]].cutoff_at, tuple(parts)), store)


def lacking(basket: Basket, steps: Sequence[int]) -> tuple[Reason, ...]:
    """Why these places cannot serve: what is missing, or that it would take too many parcels."""
    assert basket.shelf is not None
    places = 0
    for step in steps:
        places |= step
    short = basket.shelf.short(places)
    if not short:
        return (Reason("too_many_parcels", {"most": basket.shelf.most_places}),)
    return tuple(Reason("no_stock", {"sku": basket.items[item].sku, "missing": units}) for item, units in short)


@dataclass(frozen=True, slots=True)
class _Choice:
    day: date
    cutoff_at: datetime
    parts: tuple[tuple[int, tuple[int, ...]], ...]


def _option(basket: Basket, method: Method, found: Reach, choice: _Choice, store: Store | None) -> Answer:
    service = method.service
    assert service is not None
    legs = [found.leg(choice.day, place, basket.location_ids[place]) for place, _ in choice.parts]
    ways = [leg.way for leg in legs] or [found.ways[-1]]
    shipments = [
        Shipment(way.zone, weights, distance)
        for way, (weights, distance) in zip(ways, _loads(basket, method, choice), strict=True)
    ]
    if service.cm3_per_kg:
        shipments = _by_volume(basket, service, choice, shipments)
    parts = tuple(
        _part(basket, place, units, leg.call, len(shipment.parcels))
        for (place, units), leg, shipment in zip(choice.parts, legs, shipments, strict=False)
    )
    earliest = max(way.earliest for way in ways)
    opens, closes = window(found.calendars[:1], earliest, choice.day)
    day, timezone = choice.day, found.calendars[0].timezone
    if store is not None:
        ready = ready_in_store(store.calendar, closes, method.receiving_minutes)
        if ready is None:
            return refuse(method, "store_does_not_open", store=store.id)
        opens = closes = ready
        timezone = store.calendar.timezone
        day = local_day(timezone, ready)
    target = max([leg.call.leaves_at for leg in legs] or [found.last_calls(choice.day)[-1].leaves_at])
    flags = _flags(basket, method, found, ways)
    price = quote(method, shipments, basket.asked(store.country if store is not None else basket.country))
    flags = (*flags, *price.flags)
    explanation = [step for leg in legs for step in leg.leaves]
    slowest = max(ways, key=lambda way: way.latest)
    explanation.append(_transit(service.carrier, service.code, slowest.zone.code, slowest.days))
    explanation += found.passed_over(slowest.departure.slot.day, choice.day)
    explanation.append(_arrives(choice.day))
    if store is not None:
        explanation.append(Reason("ready_in_store", {"store": store.id, "minutes": method.receiving_minutes}))
    return Option(
        method.code, method.kind, day, opens, closes, timezone, choice.cutoff_at, target, parts,
        sum(len(shipment.parcels) for shipment in shipments), carbon_g(service, shipments), price.minor,
        price.currency, store.id if store is not None else "", flags, (*explanation, *price.explanation),
        method.service_level, service.carrier, price.tax_minor, price.tax_bp,
    )  # fmt: skip


def _loads(basket: Basket, method: Method, choice: _Choice) -> list[tuple[list[int], int]]:
    """(grams of each parcel, metres) of each part; of a basket whose stock nobody knows as if one place sent it."""
    limit = method.service.max_weight_g if method.service is not None else 0
    if len(choice.parts) < 2:
        return [(basket.load(None, limit), basket.distances.metres[place]) for place, _ in choice.parts] or [
            (basket.load(None, limit), 0)
        ]
    return [(basket.load(units, limit), basket.distances.metres[place]) for place, units in choice.parts]


def _by_volume(basket: Basket, service: Service, choice: _Choice, shipments: list[Shipment]) -> list[Shipment]:
    parts = [units for _, units in choice.parts] or [tuple(item.quantity for item in basket.items)]
    return [
        replace(shipment, charged=chargeable_weights(zip(basket.items, units, strict=True), service))
        for shipment, units in zip(shipments, parts, strict=True)
    ]


def _part(basket: Basket, place: int, units: Sequence[int], call: LastCall, parcels: int) -> Part:
    named = basket.named(units)
    distance = basket.distances.metres[place]
    return Part(basket.location_ids[place], call.cutoff_at, call.leaves_at, named, parcels, distance)


@lru_cache(maxsize=4096)
def _transit(carrier: str, service: str, zone: str, days: tuple[int, int]) -> Reason:
    route = {"carrier": carrier, "service": service, "zone": zone}
    return Reason("transit", {**route, "days_min": days[0], "days_max": days[1]})


@lru_cache(maxsize=4096)
def _arrives(day: date) -> Reason:
    return Reason("arrives", {"day": day.isoformat()})


def _flags(basket: Basket, method: Method, found: Reach, ways: Sequence[Any]) -> tuple[str, ...]:
    service = method.service
    flags = [*basket.flags, *found.flags]
    if basket.unmeasured:
        # A size matters only where a limit or a price asks for it.
        limited = service is not None and bool(service.max_length_mm or service.max_girth_mm or service.cm3_per_kg)
        flags += [flag for flag in basket.unmeasured if limited or flag != "size_unknown"]
    for way in ways:
        flags += way.departure.entry.rhythm.flags
    return tuple(sorted(set(flags))) if flags else ()


def collected(basket: Basket, method: Method, stores: Sequence[Store], rhythms: Mapping[int, Rhythm]) -> Answer:
    """From the shelf of one of these stores: the one that has it ready first, the nearest of those."""
    if not stores:
        return refuse(method, "no_store_near")
    stores = [store for store in stores if store.place in rhythms]
    if not stores:
        return refuse(method, "no_capacity")
    able = [store for store in stores if basket.shelf is None or basket.shelf.all_of_it >> store.place & 1]
    if not able:
        assert basket.shelf is not None
        if len(stores) > 1:
            return refuse(method, "no_store_has_all", stores=len(stores))
        return NotPossible(method.code, method.kind, _short_here(basket, stores[0]))
    found = []
    picks: dict[Rhythm, tuple[datetime, Slot] | None] = {}  # stores that work alike are ready alike
    for store in able:
        rhythm = rhythms[store.place]
        if rhythm not in picks:
            picks[rhythm] = _collection(rhythm, basket)
        pick = picks[rhythm]
        if pick is not None:
            found.append((pick[0], basket.distances.metres[store.place], store.id, store, pick[1]))
    if not found:
        return refuse(method, "store_does_not_open", store=able[0].id)
    ready, distance, _, store, slot = min(found, key=lambda one: one[:3])
    timezone = store.calendar.timezone
    units = tuple((item.sku, item.quantity) for item in basket.items)
    flags = tuple(sorted({*basket.flags, *rhythms[store.place].flags}))
    explanation = (
        *no_room(store.id, full_before(rhythms[store.place], basket.at, slot), slot),
        Reason(
            "prepared",
            {"store": store.id, "minutes": method.preparation_minutes, "cutoff_at": slot.cutoff_at.isoformat()},
        ),
        *closed_between([store.calendar], local_day(timezone, basket.at), local_day(timezone, ready)),
        Reason("ready", {"store": store.id, "at": ready.isoformat()}),
    )
    price = quote(method, (), basket.asked(store.country))
    part = Part(store.id, slot.cutoff_at, max(ready, slot.leaves_at), units, 0, distance)
    return Option(
        method.code, method.kind, local_day(timezone, ready), ready, ready, timezone, slot.cutoff_at, ready, (part,),
        0, 0, price.minor, price.currency, store.id, (*flags, *price.flags), (*explanation, *price.explanation),
        method.service_level, "", price.tax_minor, price.tax_bp,
    )  # fmt: skip


def _short_here(basket: Basket, store: Store) -> tuple[Reason, ...]:
    assert basket.shelf is not None
    return tuple(
        Reason("no_stock", {"sku": basket.items[item].sku, "missing": units, "store": store.id})
        for item, units in basket.shelf.short(1 << store.place)
    )


def _collection(rhythm: Rhythm, basket: Basket) -> tuple[datetime, Slot] | None:
    """(when it is ready, the day's slot); later by the safety days where something had to be assumed."""
    ready, slot = ready_at(rhythm, basket.at), next_slot(rhythm, basket.at)
    if ready is None or slot is None:
        return None
    if rhythm.flags or basket.unsure_of_time:
        for _ in range(SAFETY_DAYS):
            later = slot_after(rhythm, slot)
            if later is None:
                return None
            slot = Slot(slot.cutoff_at, later.leaves_at, later.day)
        return slot.leaves_at, slot
    return ready, slot
