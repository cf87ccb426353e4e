"""Fulfilments: made for a location, given a short name, moved to another one. Stock, feed and events go with them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from core.domain.fulfilment import CLOSED_STATES, Address, Fulfilment, Line
from core.domain.lifecycle import FulfilmentState
from core.domain.target_time import target_time
from core.service import promise_default
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
DEFAULT_PICKUP: Final = "17:00"


def short_id(connection: Connection, location_id: str, fulfilment_id: str) -> str:
    """Unique among the open work of the location; the same for the same id unless that one is taken."""
    f = t.fulfilments.c
    taken = set(
        connection.execute(
            select(f.short_id).where(f.location_id == location_id, f.state.notin_(sorted(CLOSED_STATES)))
        ).scalars()
    )
    for attempt in range(10_000):
        number = int.from_bytes(hashlib.blake2b(f"{fulfilment_id}:{attempt}".encode(), digest_size=8).digest(), "big")
        letters = []
        for _ in range(SHORT_ID_LENGTH):
            number, index = divmod(number, len(SHORT_ID_ALPHABET))
            letters.append(SHORT_ID_ALPHABET[index])
        name = "".join(letters)
        if name not in taken:
            return name
    raise RuntimeError(f"no short id is free at {location_id}")


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


def make(
    connection: Connection, cause: Cause, order: Any, location_id: str, lines: Sequence[tuple[Any, int]]
) -> Fulfilment:
    """A new fulfilment of (order line row, units) at a location, saved. Its stock is reserved by the caller."""
    place = connection.execute(select(t.locations).where(t.locations.c.id == location_id)).one()
    fulfilment_id = cause.new_id()
    articles = articles_of(connection, [line.sku for line, _ in lines])
    made = Fulfilment(
        id=fulfilment_id,
        number=next_number(connection, order),
        short_id=short_id(connection, location_id, fulfilment_id),
        order_id=order.id,
        order_number=order.number,
        division_id=order.division_id,
        location_id=location_id,
        service_level=order.service_level,
        carrier=order.carrier,
        target_at=target_of(connection, order, place, cause.received_at),
        placed_at=order.placed_at,
        ship_to=Address(**order.ship_to),
        lines=tuple(_line(cause.new_id(), line, units, articles[line.sku]) for line, units in lines),
        release_at=order.release_at,
        hold=order.hold,
        gift_message=order.gift_message,
        currency=order.currency,
    )
    documents.save(connection, None, made)
    return made


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
    if order.options.get("promised"):
        promised: datetime = order.target_at
        return promised
    if (leaves_at := promise_default.leaves_at(connection, order, place.id, at)) is not None:
        return leaves_at
    carriers = t.carriers.c
    pickup = connection.execute(select(carriers.pickup_time).where(carriers.code == order.carrier)).scalar()
    begins = promise_default.begins_at(order)
    return target_time(begins, order.service_level, pickup or DEFAULT_PICKUP, place.timezone)


def articles_of(connection: Connection, skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What a line shows of its article, by SKU."""
    wanted = sorted(set(skus))
    v, p, b = t.variants.c, t.products.c, t.barcodes.c
    query = (
        select(v.id, p.name, v.colour, v.size, v.image, v.weight_g, p.category)
        .join_from(t.variants, t.products, p.id == v.product_id)
        .where(v.id.in_(wanted))
    )
    found = {row.id: {**row._asdict(), "gtins": []} for row in connection.execute(query)}
    codes = select(b.sku, b.gtin).where(b.sku.in_(wanted)).order_by(b.sku, b.position, b.gtin)
    for sku, gtin in connection.execute(codes):
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


def change(connection: Connection, cause: Cause, before: Fulfilment, after: Fulfilment) -> None:
    """Saves a fulfilment that head office changed, with its stock and its event."""
    if before == after:
        return
    documents.save(connection, before, after)
    apply_to_stock(connection, cause, before, after)
    note_closing(connection, before, after, cause.received_at)
    if after.state is not before.state:
        told = {"number": after.number, "short_id": after.short_id, "before": before.state.value}
        name = f"Fulfilment{after.state.value.title()}"
        record(connection, cause, [Happening(name, "fulfilment", after.id, after.order_id, told)])


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
