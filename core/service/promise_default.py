"""The promise of an order whose customer chose nothing: the division's first method for its level, kept with it.

It is computed from the places that sourcing chose, so it costs no search; then it steers and is watched like any other.
Divisions for which head office entered no methods promise nothing of themselves; nor does an order that nobody
has, until `core.service.aiming` knows who will.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from core.domain import promise_default as rules
from core.domain.calendar import Calendar
from core.domain.promise import Destination, MethodKind, Option, Reason
from core.domain.promise_default import Sender
from core.domain.promise_reach import Target, Way
from core.service import promise_orders
from core.service.cause import Cause
from core.service.promise import Question, address_of, delivers_at
from core.service.promise_network import Network, Plan, network_of, remember
from core.service.promise_orders import Made


class Given(NamedTuple):
    """What places got of an order (its row), or get of announced stock: (location, SKU, units).

    `begins`: when a place can begin that cannot at once: parts or supply arrive there first. `waits`: nobody has all of
    it yet. `because`: steps that come first in the explanation.
    """

    order: Any
    units: Sequence[tuple[str, str, int]]
    begins: Mapping[str, datetime] = {}
    waits: bool = False
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A method to one destination. `delivers`: when the carrier delivers there."""

    network: Network
    plan: Plan
    target: Target
    delivers: Calendar

    def departs(self, location_id: str, begins: datetime) -> Way | None:
        sender = self.sender(location_id)
        if sender is None:
            return None
        return rules.departs(self.plan.method, sender, self.delivers, self.target, begins)

    def sender(self, location_id: str, units: Mapping[str, int] | None = None) -> Sender | None:
        place = self.network.index.get(location_id)
        rhythm = None if place is None else self.plan.rhythms.get(place)
        if place is None or rhythm is None:
            return None
        return Sender(location_id, self.network.rows[place].country, rhythm, tuple((units or {}).items()))


class _Known(NamedTuple):
    """How a place's parts leave that are begun from `since` until the cut-off of the way."""

    since: datetime
    asked: _Asked
    way: Way


def begins_at(order: Any) -> datetime:
    """`order`: its row. Before its release nobody works on it."""
    placed_at: datetime = order.placed_at
    return placed_at if order.release_at is None else max(placed_at, order.release_at)


def leaves_at(connection: Connection, order: Any, location_id: str, at: datetime) -> datetime | None:
    """When a part of the order leaves the place; None: no method of the division for its level goes there from here."""
    network = network_of(connection, order.division_id, at)
    found = _first(network, order, location_id) if network is not None else None
    return found.way.departure.slot.leaves_at if found is not None else None


def keep_each(connection: Connection, signed: Sequence[tuple[Cause, Given]]) -> list[Mapping[str, Any]]:
    """In two statements for all. Of each what its order row then says, {} where nothing can be promised."""
    said: list[Mapping[str, Any]] = []
    made: list[tuple[Cause, str, Made]] = []
    for cause, given in signed:
        order, option = given.order, _option(connection, given, cause.received_at)
        said.append({})
        if option is not None:
            question = Question(order.division_id, (), _destination(order), order.channel)
            option = replace(option, explanation=(*given.because, *option.explanation))
            made.append((cause, order.id, Made(option, question, begun=not (order.hold or given.waits))))
            said[-1] = {"target_at": option.target_at, "options": {**order.options, "promised": True}}
    promise_orders.keep_each(connection, made)
    return said


def _option(connection: Connection, given: Given, at: datetime) -> Option | None:
    """By the first method with which all of these places reach the customer."""
    order, units = given.order, _by_place(given.units)
    network = network_of(connection, order.division_id, at) if units else None
    if network is None:
        return None
    plans: list[tuple[_Asked, _Ways]] = []
    if len(units) == 1:
        ((id, mine),) = units.items()
        first = _first(network, order, id, given.begins.get(id))
        if first is not None:
            plans = [(first.asked, [(first.asked.sender(id, mine), first.way)])]
    else:
        plans = [(asked, _ways(asked, given, units)) for asked in _methods(network, order)]
    for asked, ways in plans:
        known = [(sender, way) for sender, way in ways if sender and way]
        if len(known) == len(units):
            return rules.by_default(asked.plan.method, known, asked.delivers, asked.target.flags)
    return None


_Ways = list[tuple[Sender | None, Way | None]]


def _ways(asked: _Asked, given: Given, units: Mapping[str, Mapping[str, int]]) -> _Ways:
    first = begins_at(given.order)
    begins = {id: max(first, given.begins.get(id, first)) for id in units}
    return [(asked.sender(id, mine), asked.departs(id, begins[id])) for id, mine in units.items()]


def _by_place(given: Sequence[tuple[str, str, int]]) -> Mapping[str, Mapping[str, int]]:
    units: dict[str, dict[str, int]] = {}
    for location_id, sku, count in given:
        mine = units.setdefault(location_id, {})
        mine[sku] = mine.get(sku, 0) + count
    return units


def _first(network: Network, order: Any, location_id: str, not_before: datetime | None = None) -> _Known | None:
    """The first method that goes there from this place."""
    to, begins = order.ship_to, begins_at(order)
    begins = begins if not_before is None else max(begins, not_before)
    key = (order.service_level, to.get("country"), to.get("postcode"), to.get("town"), location_id)
    known: _Known | None = network.defaults.get(key)
    if known is not None and known.since <= begins <= known.way.departure.slot.cutoff_at:
        return known
    for asked in _methods(network, order):
        if (way := asked.departs(location_id, begins)) is not None:
            found = _Known(begins, asked, way)
            remember(network.defaults, key, found)
            return found
    return None


def _methods(network: Network, order: Any) -> Iterator[_Asked]:
    """Those of its service level that go to a home, however far, as head office ordered them."""
    address, _, _ = address_of(network, _destination(order))
    for plan in network.plans:
        method = plan.method
        if plan.assumed or method.max_km or method.kind is not MethodKind.HOME:
            continue
        if method.service_level == order.service_level:
            delivers, sure = delivers_at(network, plan, address.country, address.timezone)
            flags = address.flags if sure else (*address.flags, "holidays_unknown")
            target = Target(address.country, address.postcode, address.unsure_of_time or not sure, flags)
            yield _Asked(network, plan, target, delivers)


def _destination(order: Any) -> Destination:
    to = order.ship_to
    return Destination(to.get("country", ""), to.get("postcode", ""), to.get("town", ""))
