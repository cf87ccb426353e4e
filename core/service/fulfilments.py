"""Fulfilments: made for a location, given a short name, moved to another one. Stock, feed and events go with them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from core.domain.fulfilment import CLOSED_STATES, Address, Fulfilment, Line
from core.domain.lifecycle import FulfilmentState
from core.domain.target_time import target_time
from core.domain.transitions import Transition, transitions
from core.service import promise_default, transition_events
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.service.stock import Delta, Movement, reserve
from core.service.stock_effects import apply_to_stock
from core.store import documents
from core.store import tables as t

# No characters that are taken for each other when read aloud or written by hand: 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
SHORT_ID_ALPHABET: Final = "34679ACDEFGHJKMNPRTVWXY"
SHORT_ID_LENGTH: Final = 4
MOST_ATTEMPTS: Final = 1_000
DEFAULT_PICKUP: Final = "17:00"


def short_id(connection: Connection, location_id: str, fulfilment_id: str) -> str:
    """Unique among the open work of the location; the same for the same id unless that one is taken."""
    return _short_ids(connection, [(location_id, fulfilment_id)])[fulfilment_id]


def _short_ids(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[str, str]:
    """By fulfilment id, for (location id, fulfilment id); each is free there and not given to another of these."""
    found: dict[str, str] = {}
    given: set[tuple[str, str]] = set()
    left = list(wanted)
    for attempt in range(MOST_ATTEMPTS):
        names = {id: _short_name(id, attempt) for _, id in left}
        taken = _taken(connection, {place for place, _ in left}, set(names.values())) | given
        again = []
        for place, id in left:
            if (place, names[id]) in taken:
                again.append((place, id))
            else:
                taken.add((place, names[id]))
                given.add((place, names[id]))
                found[id] = names[id]
        if not again:
            return found
        left = again
    raise RuntimeError(f"no short id is free at {left[0][0]}")


_F = t.fulfilments.c
_TAKEN: Final = select(_F.location_id, _F.short_id).where(
    _F.location_id.in_(bindparam("places", expanding=True)),
    _F.short_id.in_(bindparam("names", expanding=True)),
    _F.state.notin_(sorted(CLOSED_STATES)),
)


def _taken(connection: Connection, location_ids: set[str], names: set[str]) -> set[tuple[str, str]]:
    asked = {"places": sorted(location_ids), "names": sorted(names)}
    return {(row[0], row[1]) for row in connection.execute(_TAKEN, asked)}


def _short_name(fulfilment_id: str, attempt: int) -> str:
    number = int.from_bytes(hashlib.blake2b(f"{fulfilment_id}:{attempt}".encode(), digest_size=8).digest(), "big")
    letters = []
    for _ in range(SHORT_ID_LENGTH):
        number, index = divmod(number, len(SHORT_ID_ALPHABET))
        letters.append(SHORT_ID_ALPHABET[index])
    return "".join(letters)


def load_of_order(connection: Connection, order_id: str, lock: bool = False) -> list[Fulfilment]:
    """By number of their part."""
    f = t.fulfilments.c
    ids = connection.execute(select(f.id).where(f.order_id == order_id)).scalars().all()
    return sorted(documents.load_fulfilments(connection, ids, lock=lock).values(), key=_part)


def _part(fulfilment: Fulfilment) -> int:
    return int(fulfilment.number.rpartition("-")[2])


def next_number(connection: Connection, order: Any) -> str:
    """The caller holds the lock of the order."""
    f = t.fulfilments.c
    parts = connection.execute(select(func.count()).where(f.order_id == order.id)).scalar_one()
    return f"{order.number}-{parts + 1}"


@dataclass(frozen=True, slots=True)
class Part:
    """Of an order row: what a location is to send, as (order line row, units)."""

    order: Any
    location_id: str
    number: str
    lines: Sequence[tuple[Any, int]]


def make(
    connection: Connection, cause: Cause, order: Any, location_id: str, lines: Sequence[tuple[Any, int]]
) -> Fulfilment:
    """A new fulfilment of (order line row, units) at a location, saved. Its stock is reserved by the caller."""
    part = Part(order, location_id, next_number(connection, order), lines)
    return make_each(connection, [(cause, part)])[0]


_PLACES: Final = select(t.locations.c.id, t.locations.c.timezone).where(
    t.locations.c.id.in_(bindparam("ids", expanding=True))
)


def make_each(connection: Connection, signed: Sequence[tuple[Cause, Part]]) -> list[Fulfilment]:
    """As `make`, in a fixed number of statements; who calls gives the parts of an order their numbers."""
    parts = [part for _, part in signed]
    wanted = {"ids": sorted({part.location_id for part in parts})}
    places = {row.id: row for row in connection.execute(_PLACES, wanted)}
    pickups = _pickups(connection, {part.order.carrier for part in parts})
    articles = articles_of(connection, [line.sku for part in parts for line, _ in part.lines])
    ids = [cause.new_id() for cause, _ in signed]
    names = _short_ids(connection, [(part.location_id, id) for part, id in zip(parts, ids, strict=True)])
    made = [
        Fulfilment(
            id=id,
            number=part.number,
            short_id=names[id],
            order_id=part.order.id,
            order_number=part.order.number,
            division_id=part.order.division_id,
            location_id=part.location_id,
            service_level=part.order.service_level,
            carrier=part.order.carrier,
            target_at=_target(connection, part.order, places[part.location_id], cause.received_at, pickups),
            placed_at=part.order.placed_at,
            ship_to=_destination(connection, part),
            lines=tuple([_line(cause.new_id(), line, units, articles[line.sku]) for line, units in part.lines]),
            release_at=part.order.release_at,
            hold=part.order.hold,
            gift_message=part.order.gift_message,
            currency=part.order.currency,
        )
        for id, (cause, part) in zip(ids, signed, strict=True)
    ]
    documents.save_new(connection, made)
    return made


def _destination(connection: Connection, part: Part) -> Address:
    """Where its parcels go: to the store where the customer collects, from any other place."""
    store_id = part.order.options.get("collect_at", "")
    if store_id in ("", part.location_id):
        return Address(**part.order.ship_to)
    return address_of(connection, store_id, part.order.number)


def address_of(connection: Connection, location_id: str, order_number: str) -> Address:
    """A place as the destination of parcels; the number tells it for which order."""
    place = connection.execute(select(t.locations).where(t.locations.c.id == location_id)).one()
    return Address(f"{place.name} ({order_number})", place.street, place.postcode, place.town, place.country)


def extended(connection: Connection, cause: Cause, before: Fulfilment, lines: Sequence[tuple[Any, int]]) -> Fulfilment:
    """`before`, not begun yet, with more units; saved."""
    articles = articles_of(connection, [line.sku for line, _ in lines])
    after = before
    for line, units in lines:
        same = next((known for known in after.lines if known.order_line_id == line.id), None)
        if same is not None:
            after = after.with_line(replace(same, quantity=same.quantity + units))
        else:
            after = replace(after, lines=(*after.lines, _line(cause.new_id(), line, units, articles[line.sku])))
    documents.save(connection, before, after)
    return after


def target_of(connection: Connection, order: Any, place: Any, at: datetime) -> datetime:
    """When a part made at `at` must leave the place (a row with `id` and `timezone`).

    By the promise of the order: a part that is made late (short elsewhere) is as urgent as the others. Before there is
    one, by the division's own method; without methods, by the carrier's pick-up.
    """
    return _target(connection, order, place, at, _pickups(connection, {order.carrier}))


def _target(connection: Connection, order: Any, place: Any, at: datetime, pickups: Mapping[str, str]) -> datetime:
    if order.options.get("promised"):
        promised: datetime = order.target_at
        return promised
    if (leaves_at := promise_default.leaves_at(connection, order, place.id, at)) is not None:
        return leaves_at
    begins = promise_default.begins_at(order)
    return target_time(begins, order.service_level, pickups.get(order.carrier) or DEFAULT_PICKUP, place.timezone)


_PICKUPS: Final = select(t.carriers.c.code, t.carriers.c.pickup_time).where(
    t.carriers.c.code.in_(bindparam("codes", expanding=True))
)


def _pickups(connection: Connection, carriers: set[str]) -> dict[str, str]:
    return {row.code: row.pickup_time for row in connection.execute(_PICKUPS, {"codes": sorted(carriers)})}


_V, _P, _B = t.variants.c, t.products.c, t.barcodes.c
_SKUS: Any = bindparam("skus", expanding=True)
_ARTICLES: Final = (
    select(_V.id, _P.name, _V.colour, _V.size, _V.image, _V.weight_g, _P.category)
    .join_from(t.variants, t.products, _P.id == _V.product_id)
    .where(_V.id.in_(_SKUS))
)
_GTINS: Final = select(_B.sku, _B.gtin).where(_B.sku.in_(_SKUS)).order_by(_B.sku, _B.position, _B.gtin)


def articles_of(connection: Connection, skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What a line shows of its article, by SKU."""
    wanted = {"skus": sorted(set(skus))}
    found = {row.id: {**row._asdict(), "gtins": []} for row in connection.execute(_ARTICLES, wanted)}
    for sku, gtin in connection.execute(_GTINS, wanted):
        found[sku]["gtins"].append(gtin)
    for values in found.values():
        values.pop("id")
        values["gtins"] = tuple(values["gtins"])
    return found


def _line(id: str, line: Any, units: int, article: Mapping[str, Any]) -> Line:
    return Line(
        id=id,
        order_line_id=line.id,
        sku=line.sku,
        quantity=units,
        unit_price_minor=line.unit_price_minor,
        **{**article, "name": line.name or article["name"]},
    )


def note_closing(connection: Connection, before: Fulfilment, after: Fulfilment, at: datetime) -> None:
    """When a fulfilment was closed: devices keep closed work for some days."""
    if after.closed and not before.closed:
        connection.execute(update(t.fulfilments).where(t.fulfilments.c.id == after.id).values(closed_at=at))


def change(
    connection: Connection, cause: Cause, before: Fulfilment, after: Fulfilment, line_id: str = ""
) -> list[Transition]:
    """Saves a fulfilment that head office or the core changed, with its stock and an event for each change of state.

    Returns those of `line_id`: the caller tells them with an event of its own.
    """
    if before == after:
        return []
    documents.save(connection, before, after)
    apply_to_stock(connection, cause, before, after)
    note_closing(connection, before, after, cause.received_at)
    changes = transitions(before, after)
    named = [one for one in changes if one.kind == "line" and one.id == line_id]
    record(connection, cause, transition_events.happenings(after, [one for one in changes if one not in named]))
    return named


def move(connection: Connection, cause: Cause, fulfilment_id: str, location_id: str) -> Refusal | None:
    """To another location, which must have the stock: gone from the old store's feed and there in the new one's."""
    before = documents.load_fulfilments(connection, [fulfilment_id], lock=True).get(fulfilment_id)
    if before is None:
        return unknown("fulfilment", fulfilment_id)
    place = connection.execute(select(t.locations).where(t.locations.c.id == location_id)).first()
    if place is None or not place.active:
        return unknown("location", location_id)
    if before.location_id == location_id:
        return None
    if before.state is not FulfilmentState.OPEN or before.run_id or any(line.held for line in before.lines):
        return Refusal("work_has_begun", Kind.CONFLICT, {"state": before.state.value})
    savepoint = connection.begin_nested()
    units: dict[str, int] = {}
    for line in before.lines:
        units[line.sku] = units.get(line.sku, 0) + line.wanted
    of = (before.order_id, before.id, before.division_id)
    asked = [
        Movement(location_id, sku, "reservation", Delta(reserved=count), "moved", *of)
        for sku, count in units.items()
        if count
    ]
    shortage = reserve(connection, cause, asked)
    if shortage is not None:
        savepoint.rollback()
        return Refusal("stock_lacking", Kind.CONFLICT, {"sku": shortage.lacking[0][1]})
    savepoint.commit()
    apply_to_stock(connection, cause, before, None)
    after = replace(before, location_id=location_id, short_id=short_id(connection, location_id, before.id))
    documents.save(connection, before, after)
    told = {"number": after.number, "from": before.location_id, "to": location_id}
    record(connection, cause, [Happening("FulfilmentMoved", "fulfilment", after.id, after.order_id, told)])
    return None
