"""The delivery promise: for a product, a basket or an order, every method with its date or with why not.

    ask(connection, Question("alba", (("A000001", 1),), Destination("FR", "69002", "Lyon")), at)

What is missing is assumed on the safe side and named: a promise that had to guess about time is later. Where the
database does not answer, `ask_in_the_dark` promises from what is in memory, as if the slowest place had to send it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine

from core.domain.calendar import Calendar, CalendarInvalid, zone_of
from core.domain.promise import (
    TO_STORE,
    Address,
    Destination,
    Item,
    Method,
    MethodKind,
    NotPossible,
    Option,
    Reason,
    delivery_calendar,
)
from core.domain.promise_choice import Distances
from core.domain.promise_dispatch import Departure
from core.domain.promise_option import Basket, Store, collected, refuse, sent
from core.domain.promise_parcels import missing_measures
from core.domain.promise_reach import Reach, Target, reach
from core.service import promise_supply as supply
from core.service.promise_network import (
    Network,
    Plan,
    Point,
    fresh_network,
    known_network,
    network_of,
    point_of,
    public_holidays,
    remember,
)
from core.service.promise_stock import Article, articles_of, glance_at, shelf_of
from core.service.refusal import Refusal, unknown
from core.store.database import Database

MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class Question:
    """`lines`: (SKU, units). `methods`: codes of those that matter; () = all.

    `currency` of the prices; "" = the division's.
    """

    division_id: str
    lines: tuple[tuple[str, int], ...]
    destination: Destination = field(default_factory=Destination)
    channel: str = "web"
    methods: tuple[str, ...] = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """Options as head office ordered them; those that cannot be chosen with their reasons."""

    at: datetime
    options: tuple[Option, ...]
    refused: tuple[NotPossible, ...]
    degraded: tuple[str, ...]


def ask(connection: Connection, question: Question, at: datetime) -> Promised | Refusal:
    """`at`: when the order is placed, or would be."""
    network = network_of(connection, question.division_id, at)
    if network is None:
        return unknown("division", question.division_id)
    skus = list(dict.fromkeys(sku for sku, _ in question.lines))
    found = articles_of(connection, skus, network, question.channel)
    return _answer(network, question, found, at)


def ask_at_a_glance(database: Database, question: Question, at: datetime) -> Promised | None:
    """As `ask`, by one statement, with what is in memory and looked at a moment ago. None: `ask`."""
    network = fresh_network(database.engine, question.division_id)
    if network is None:
        return None
    skus = list(dict.fromkeys(sku for sku, _ in question.lines))
    found = glance_at(database, skus, network, question.channel)
    return None if found is None else _answer(network, question, found, at)


def is_warm(engine: Engine, question: Question) -> bool:
    """Whether what promises of the division are computed from is in memory."""
    return known_network(engine, question.division_id) is not None


def ask_in_the_dark(engine: Engine, question: Question, at: datetime) -> Promised | None:
    """Without the database. None: nothing is known in memory either."""
    network = known_network(engine, question.division_id)
    return _answer(network, question, None, at) if network is not None else None


def _answer(network: Network, question: Question, found: dict[str, Article] | None, at: datetime) -> Promised:
    wanted: dict[str, int] = {}
    for sku, units in question.lines:
        wanted[sku] = wanted.get(sku, 0) + units
    asked = [plan for plan in network.plans if not question.methods or plan.method.code in question.methods]
    strangers = [sku for sku in wanted if found is not None and sku not in found]
    if strangers:
        reasons = tuple(Reason("sku_unknown", {"sku": sku}) for sku in strangers)
        refused = tuple(NotPossible(plan.method.code, plan.method.kind, reasons) for plan in asked)
        return Promised(at, (), refused, ())
    where = _where(network, question.destination)
    flags = where.address.flags if found is not None else (*where.address.flags, "stock_unreadable")
    items = tuple(_item(sku, units, found) for sku, units in wanted.items())
    basket = Basket(
        at=at,
        items=items,
        shelf=shelf_of(network, wanted, found) if found is not None else None,
        location_ids=network.location_ids,
        distances=where.distances,
        currency=network.division.currency,
        flags=flags,
        unmeasured=missing_measures(items),
        country=where.address.country,
        asked_currency=question.currency,
    )
    answers = [_of_plan(network, plan, basket, where) for plan in asked]
    if found is not None:
        answers = _with_supply(network, basket, where, found, list(zip(asked, answers, strict=True)))
    options = tuple(answer for answer in answers if isinstance(answer, Option))
    degraded = sorted({flag for option in options for flag in option.degraded})
    refused = tuple(answer for answer in answers if isinstance(answer, NotPossible))
    return Promised(at, options, refused, tuple(degraded))


def _with_supply(
    network: Network,
    basket: Basket,
    where: "_Where",
    found: dict[str, Article],
    answers: Sequence[tuple[Plan, Option | NotPossible]],
) -> list[Option | NotPossible]:
    """What cannot be had of the stock of now, as it can be had once announced stock is there."""
    if not any(article.inbound for article in found.values()):
        return [answer for _, answer in answers]
    lacking = {plan.method.id for plan, one in answers if isinstance(one, NotPossible) and supply.lacks_stock(one)}
    moments = list(supply.moments(network, basket, found)) if lacking else []
    after: list[Option | NotPossible] = []
    for plan, answer in answers:
        then = (
            (moment, _of_plan(moment.network, plan, moment.basket, where))
            for moment in (moments if plan.method.id in lacking else ())
        )
        possible = ((moment, one) for moment, one in then if isinstance(one, Option))
        first = next(possible, None)
        after.append(answer if first is None else supply.counted_on(*first))
    return after


def _item(sku: str, units: int, found: dict[str, Article] | None) -> Item:
    if found is None:
        return Item(sku, units)
    one = found[sku]
    return Item(sku, units, one.weight_g, one.length_mm, one.width_mm, one.height_mm, one.price_minor)


@dataclass(frozen=True, slots=True)
class _Where:
    """A destination as it was understood. `stores`: where it may be collected, the nearest first."""

    address: Address
    point: Point | None
    sure: bool
    distances: Distances
    destination: Destination


def _where(network: Network, to: Destination) -> _Where:
    store = network.stores.get(to.store_id)
    if store is not None and not to.country:
        row = network.rows[store.place]
        to = replace(to, country=row.country, postcode=row.postcode, town=row.town)
    address, point, sure = address_of(network, to)
    return _Where(address, point, sure, network.distances_to(point), to)


def address_of(network: Network, to: Destination) -> tuple[Address, Point | None, bool]:
    """(as it was understood, where it lies, whether that is sure)."""
    flags = []
    country = to.country.upper()
    if not country:
        country = network.division.country
        flags.append("country_assumed")
    point, sure, timezone = point_of(to.town, country)
    if not sure and to.town:
        flags.append("distance_estimated")
    timezone = timezone or network.timezone_in(country)
    try:
        zone_of(timezone)
    except CalendarInvalid:
        timezone = "UTC"
        flags.append("timezone_unknown")
    return Address(country, to.postcode, timezone, tuple(flags)), point, sure


def reach_of(network: Network, plan: Plan, destination: Destination, at: datetime) -> Reach:
    """Which places reach this destination by a method with a carrier, and when, ordered at `at`."""
    where = _where(network, destination)
    flags = where.address.flags
    basket = Basket(at, (), None, network.location_ids, where.distances, network.division.currency, flags)
    if plan.method.kind in TO_STORE and destination.store_id in network.stores:
        return _reach_store(network, plan, basket, network.stores[destination.store_id])
    return _reach(network, plan, basket, where)


def _of_plan(network: Network, plan: Plan, basket: Basket, where: _Where) -> Option | NotPossible:
    method = plan.method
    if plan.assumed:
        basket = replace(basket, flags=(*basket.flags, "terms_unknown"))
    if method.kind is MethodKind.COLLECT:
        return collected(basket, method, _stores(network, method, where), plan.rhythms)
    if method.kind in TO_STORE:
        stores = _stores(network, method, where)
        if not stores:
            return refuse(method, "no_store_near", km=method.max_km)
        store = stores[0]
        return sent(_seen_from(network, basket, store), method, _reach_store(network, plan, basket, store), store)
    if method.max_km and not where.sure:
        return refuse(method, "address_not_located")
    return sent(basket, method, _reach(network, plan, basket, where))


def _stores(network: Network, method: Method, where: _Where) -> Sequence[Store]:
    """The one that was chosen; else those near enough, the nearest first."""
    chosen = where.destination.store_id
    if chosen:
        found = network.stores.get(chosen)
        return [found] if found is not None else []
    if where.point is None or not where.sure:
        return []
    return network.stores_near(where.point, method.max_km)


def _seen_from(network: Network, basket: Basket, store: Store) -> Basket:
    """Distances to the store instead of the customer's address."""
    row = network.rows[store.place]
    return replace(basket, distances=network.distances_to((row.latitude, row.longitude)))


def _reach(network: Network, plan: Plan, basket: Basket, where: _Where) -> Reach:
    address, service = where.address, plan.method.service
    assert service is not None
    board = network.board(plan, basket.at)
    near = where.point if plan.method.max_km else None
    unsure = basket.unsure_of_time
    key = (plan.method.id, board.since, address.country, address.postcode, unsure, address.timezone, near)
    known = network.reaches.get(key)
    if known is None:
        target = Target(address.country, address.postcode, unsure)
        departures = board.departures
        if near is not None:
            within = network.near(near, plan.method.max_km)
            departures = tuple(_within(departures, within))
        calendar, sure = delivers_at(network, plan, address.country, address.timezone)
        safe = target if sure else replace(target, safety=True, flags=("holidays_unknown",))
        known = reach(service, departures, (calendar,), safe)
        remember(network.reaches, key, known)
    return known


def _within(departures: Sequence[Departure], places: int) -> list[Departure]:
    return [
        one._replace(entry=one.entry._replace(places=one.entry.places & places))
        for one in departures
        if one.entry.places & places
    ]


def _reach_store(network: Network, plan: Plan, basket: Basket, store: Store) -> Reach:
    """A store receives on days on which both the carrier and itself work; it sends nothing to itself."""
    service = plan.method.service
    assert service is not None
    row = network.rows[store.place]
    board = network.board(plan, basket.at)
    unsure = basket.unsure_of_time
    key = (plan.method.id, board.since, unsure, store.id)
    known = network.reaches.get(key)
    if known is None:
        target = Target(row.country, row.postcode, unsure)
        calendar, sure = delivers_at(network, plan, row.country, store.calendar.timezone)
        safe = target if sure else replace(target, safety=True, flags=("holidays_unknown",))
        others = _within(board.departures, ~(1 << store.place))
        known = reach(service, others, (calendar, store.calendar), safe)
        remember(network.reaches, key, known)
    return known


def delivers_at(network: Network, plan: Plan, country: str, timezone: str) -> tuple[Calendar, bool]:
    """(when the carrier delivers there, whether its public holidays are known)."""
    service = plan.method.service
    assert service is not None
    key = (service.id, country, timezone)
    known = network.calendars.get(key)
    if known is None:
        holidays = public_holidays(country, "", network.today.year)
        known = delivery_calendar(service, timezone, holidays or ()), holidays is not None
        remember(network.calendars, key, known)
    return known


def option_of(promised: Promised, code: str) -> Option | NotPossible | None:
    """The answer for one method; None: there is no such method."""
    answers: tuple[Option | NotPossible, ...] = (*promised.options, *promised.refused)
    return next((one for one in answers if one.method == code), None)
