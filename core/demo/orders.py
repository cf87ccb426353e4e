"""Orders of the demo's customers, placed through the real service: sourced, reserved, explained like any other."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, select

from core.demo import people
from core.demo.reference import DIVISIONS
from core.domain.fulfilment import Address
from core.service import orders
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.orders import NewLine, NewOrder, Received
from core.service.promise_orders import Choice
from core.store import tables as t

# Lines of a basket and units of a line, as measured on 1.47 million lines of real baskets (shared/data/README.md).
LINES = (434, 371, 257, 189, 166)
UNITS = (800, 147, 26, 16)
POPULARITY = -0.77
_CODES = {division.id: division.code for division in DIVISIONS}


@dataclass(frozen=True, slots=True)
class Wish:
    """What makes one order different; the rest is chosen at random. `number` gets the code of its brand before it.

    `also_at`: another place that has every article too, in the same number.
    """

    placed_at: datetime
    number: str = ""
    service_level: str = ""
    lines: int = 0
    units: int = 0
    gift_message: str = ""
    hold: str = ""
    release_at: datetime | None = None
    division_id: str = ""
    name: str = ""
    delivery: Choice | None = None
    collect_as: str = ""
    pay_on_collection: bool = False
    channel: str = ""
    also_at: str = ""


def place_order(
    connection: Connection, rng: random.Random, location_id: str, wish: Wish, new_id: Callable[[], str]
) -> Received | None:
    """An order of articles that lie at the location, from a customer who lives near it, or near the store where it is
    fetched: then of what that store has not. None: its shelves are empty.
    """
    fetched_at = wish.delivery.store_id if wish.delivery else location_id
    place = connection.execute(select(t.locations).where(t.locations.c.id == fetched_at)).one()
    shelf = _shelf(connection, location_id)
    if fetched_at != location_id:
        near = {sku for lines in _shelf(connection, fetched_at).values() for sku, _units in lines}
        shelf = {brand: [line for line in lines if line[0] not in near] for brand, lines in shelf.items()}
    if wish.also_at:
        there = {sku: units for lines in _shelf(connection, wish.also_at).values() for sku, units in lines}
        shelf = {
            brand: [(sku, min(units, there[sku])) for sku, units in lines if sku in there]
            for brand, lines in shelf.items()
        }
    divisions = sorted(shelf) if not wish.division_id else [wish.division_id]
    division_id = rng.choice(divisions) if divisions else ""
    if not shelf.get(division_id):
        return None
    name = wish.name or people.full_name(rng)
    number = rng.randint(1000, 999_999)
    address = _address(rng, place, name, number)
    new = NewOrder(
        division_id=division_id,
        ship_to=address,
        lines=_lines(rng, shelf[division_id], wish),
        number=wish.number and f"{_CODES[division_id]}-{wish.number}",
        channel=wish.channel or rng.choice(("web", "web", "web", "app", "marketplace")),
        customer=Customer(f"D{number}", name, address.email, address.phone, addresses=(_as_json(address),)),
        service_level=wish.service_level or rng.choice(("standard", "standard", "express")),
        gift_message=wish.gift_message,
        placed_at=wish.placed_at,
        release_at=wish.release_at,
        hold=wish.hold,
        delivery=wish.delivery,
        collect_as=wish.collect_as,
        pay_on_collection=wish.pay_on_collection,
    )
    made = orders.create(connection, Cause(wish.placed_at, wish.placed_at, new_id), new)
    if not isinstance(made, Received):
        raise RuntimeError(f"the demo made an order that is refused: {made}")
    return made


def _shelf(connection: Connection, location_id: str) -> Mapping[str, Sequence[tuple[str, int]]]:
    """(SKU, units to promise) by division, of a location."""
    p, v = t.positions.c, t.variants.c
    free = p.on_hand - p.reserved - p.unavailable - p.safety
    query = (
        select(v.division_id, p.sku, free.label("free"))
        .join_from(t.positions, t.variants, v.id == p.sku)
        .where(p.location_id == location_id, free > 0)
        .order_by(p.sku)
    )
    shelf: dict[str, list[tuple[str, int]]] = {}
    for division_id, sku, units in connection.execute(query):
        shelf.setdefault(division_id, []).append((sku, units))
    return shelf


def _lines(rng: random.Random, shelf: Sequence[tuple[str, int]], wish: Wish) -> tuple[NewLine, ...]:
    """Different articles, the popular ones more often; with `wish.units` the first line has as many as there are."""
    count = min(wish.lines or rng.choices(range(1, len(LINES) + 1), LINES)[0], len(shelf))
    # Popularity is by a shuffle that a shelf of the same length always gets.
    ranked = random.Random(len(shelf)).sample(list(shelf), len(shelf))
    weights = list(accumulate((rank + 1) ** POPULARITY for rank in range(len(ranked))))
    chosen: dict[str, int] = {}
    if wish.units:
        sku, free = max(shelf, key=lambda entry: entry[1])
        chosen[sku] = min(wish.units, free)
    while len(chosen) < count:
        sku, free = rng.choices(ranked, cum_weights=weights)[0]
        chosen.setdefault(sku, min(free, rng.choices(range(1, len(UNITS) + 1), UNITS)[0]))
    return tuple(NewLine(sku, units) for sku, units in chosen.items())


_STREETS = ("rue des Tanneurs", "rue de Bretagne", "avenue Foch", "rue du Lac", "place Carnot", "chemin Vert")


def _address(rng: random.Random, place: Any, name: str, number: int) -> Address:
    return Address(
        name=name,
        street=f"{rng.randint(1, 99)} {rng.choice(_STREETS)}",
        postcode=place.postcode,
        town=place.town,
        country=place.country,
        phone=people.phone(rng, place.country),
        email=people.email_of(number),
    )


def _as_json(address: Address) -> dict[str, str]:
    names = ("name", "street", "postcode", "town", "country", "phone", "email")
    return {name: getattr(address, name) for name in names}
