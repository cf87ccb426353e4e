"""Collections follow their order: made with it, its parts recomputed from the fulfilments, told when they change state.

Everything here takes an open write transaction and the order's parts, under the lock of the order.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select, update

from core.domain import collect_terms
from core.domain.calendar import local_day, moment
from core.domain.collect_terms import CollectTerms
from core.domain.collection import Collection, CollectionKind, CollectionLine, CollectionPart, PartItem, settled
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import CollectionState, FulfilmentState, ParcelState
from core.domain.transitions import Transition
from core.service import fulfilments, later, lockers, messages, payments
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job
from core.service.payments import Back
from core.store import documents
from core.store import tables as t
from core.store.collections import load_collections, of_order

EXPIRE: Final = "expire_collection"
REMIND: Final = "remind_collection"
DAY_ENDS: Final = 24 * 60
# What customers are told, by the state a collection comes into.
MESSAGES: Final = {
    CollectionState.READY: "ready",
    CollectionState.EXPIRED: "expired",
}
EVENTS: Final = {
    CollectionState.EXPECTED: "CollectionExpected",
    CollectionState.ARRIVED: "CollectionArrived",
    CollectionState.READY: "CollectionReady",
    CollectionState.COLLECTED: "CollectionHandedOver",
    CollectionState.REFUSED: "CollectionRefused",
    CollectionState.EXPIRED: "CollectionExpired",
    CollectionState.CANCELLED: "CollectionCancelled",
}
_GONE: Final = (FulfilmentState.CANCELLED, FulfilmentState.REJECTED)
_LEFT: Final = (ParcelState.CLOSED, ParcelState.LOADED, ParcelState.HANDED_OVER)


def terms_of(connection: Connection, division_id: str, location_id: str) -> CollectTerms:
    """How this place hands over for the brand."""
    d, place = t.divisions.c, t.locations.c
    division = connection.execute(select(d.collect).where(d.id == division_id)).scalar() or {}
    location = connection.execute(select(place.collect).where(place.id == location_id)).scalar() or {}
    return collect_terms.resolve(division, location)


def known_document(connection: Connection, collection_id: str, identity: str) -> str:
    """The kind of document that was seen; "" where the terms know none of this name: a number is never kept."""
    c = t.collections.c
    place = connection.execute(select(c.division_id, c.location_id).where(c.id == collection_id)).first()
    return identity if identity and place and identity in terms_of(connection, *place).documents else ""


def open_for(
    connection: Connection, cause: Cause, parts: Any, kind: CollectionKind, expected_at: datetime
) -> Collection:
    """Of an order that is new; `parts.row.options["collect_at"]` is the store. Its parts follow (`follow`)."""
    row, id = parts.row, cause.new_id()
    location_id = row.options["collect_at"]
    to, account = row.ship_to, _account(connection, row.customer_id)
    made = Collection(
        id=id,
        number=row.number,
        short_id=fulfilments.short_id(connection, location_id, id),
        order_id=row.id,
        division_id=row.division_id,
        location_id=location_id,
        kind=kind,
        customer_name=to.get("name", ""),
        placed_at=row.placed_at,
        expected_at=expected_at,
        lines=_new_lines(connection, parts.lines),
        complete=False,
        phone=to.get("phone") or account.get("phone", ""),
        email=to.get("email") or account.get("email", ""),
        pick_up_code=pick_up_code(id),
        currency=row.currency,
        due_minor=row.total_minor if row.options.get("pay_on_collection") else 0,
    )
    documents.save(connection, None, made)
    told = {"number": made.number, "short_id": made.short_id, "location_id": location_id, "kind": kind.value}
    step = Transition("collection", id, "", made.state.value)
    record(connection, cause, [replace(_of("CollectionPlanned", made, told), transitions=(step,))])
    return made


def _account(connection: Connection, customer_id: str | None) -> Mapping[str, str]:
    """How the customer who ordered is reached, where the order itself does not say."""
    c = t.customers.c
    row = connection.execute(select(c.phone, c.email).where(c.id == customer_id)).first()
    return {} if row is None else row._asdict()


def _new_lines(connection: Connection, lines: Sequence[Any]) -> tuple[CollectionLine, ...]:
    articles = fulfilments.articles_of(connection, [line.sku for line in lines])
    shown = ("colour", "size", "image", "gtins")
    return tuple(
        CollectionLine(
            id=line.id,
            sku=line.sku,
            quantity=line.quantity,
            name=line.name or articles[line.sku]["name"],
            unit_price_minor=line.unit_price_minor,
            **{name: articles[line.sku][name] for name in shown},
        )
        for line in lines
    )


def pick_up_code(collection_id: str) -> str:
    """12 digits in the customer's message and in its QR code. Not to be guessed from the order's number."""
    digest = hashlib.blake2b(collection_id.encode(), digest_size=8, person=b"pick-up").digest()
    return f"{int.from_bytes(digest, 'big') % 10**12:012}"


def follow(connection: Connection, cause: Cause, parts: Any) -> CollectionState | None:
    """Its parts as the fulfilments are now. None: nobody collects this order."""
    known = of_order(connection, parts.row.id)
    if not known:
        return None
    before = known[0]
    found = _named(connection, _parts(before, parts))
    after = replace(before, parts=found, lines=_lines(before, parts))
    after = settled(replace(after, complete=_is_complete(after) and not parts.unassigned and not parts.offered))
    if before.closed and after.state is not before.state:
        after = replace(after, state=before.state)
    if parts.row.options.get("pay_on_collection"):
        after = _cheaper(connection, cause, before, after)
    return changed(connection, cause, before, after).state


def _parts(before: Collection, parts: Any) -> tuple[CollectionPart, ...]:
    """Of the store's own fulfilment, and of each parcel on its way; what is known of them is kept."""
    found: list[CollectionPart] = []
    for work in parts.fulfilments:
        if _travels_elsewhere(work, parts, before.location_id):
            continue
        if work.location_id == before.location_id:
            items = _own_items(before.part(work.id), work)
            found += [_known(before, CollectionPart(work.id, work.id, items))] if items else []
        elif work.state not in _GONE:
            found += [_known(before, part) for part in _parcels(work)]
    return tuple(found)


def _own_items(known: CollectionPart | None, work: Fulfilment) -> tuple[PartItem, ...]:
    """Also of what is over by now: what went back to the shelves is not missed again."""
    returned = {item.line_id: item.returned for item in known.items} if known else {}
    items = (
        PartItem(line.order_line_id, 0 if work.state in _GONE else line.wanted, returned.get(line.order_line_id, 0))
        for line in work.lines
    )
    return tuple(item for item in items if item.quantity or item.returned)


def _named(connection: Connection, found: tuple[CollectionPart, ...]) -> tuple[CollectionPart, ...]:
    """With the names of the places that sent them: a store knows no other place by its id."""
    ids = sorted({part.from_location for part in found if part.from_location})
    if not ids:
        return found
    place = t.locations.c
    rows = connection.execute(select(place.id, place.name).where(place.id.in_(ids)))
    names: dict[str, str] = {row.id: row.name for row in rows}
    return tuple(replace(part, from_location=names.get(part.from_location, part.from_location)) for part in found)


def _travels_elsewhere(work: Fulfilment, parts: Any, location_id: str) -> bool:
    """A part of an order that is gathered at another place first."""
    leg = parts.legs.get(work.id)
    return leg is not None and leg.to_location_id != location_id


def _parcels(work: Fulfilment) -> list[CollectionPart]:
    ordered = {line.id: line.order_line_id for line in work.lines}
    return [
        CollectionPart(
            id=parcel.id,
            fulfilment_id=work.id,
            items=tuple(PartItem(ordered[item.line_id], item.quantity) for item in parcel.items),
            parcel_id=parcel.id,
            sscc=parcel.sscc,
            tracking=parcel.tracking,
            from_location=work.location_id,
        )
        for parcel in work.parcels
        if parcel.state in _LEFT and parcel.items
    ]


def _known(before: Collection, part: CollectionPart) -> CollectionPart:
    known = before.part(part.id)
    return part if known is None else replace(part, arrived_at=known.arrived_at, shelf=known.shelf)


def _lines(before: Collection, parts: Any) -> tuple[CollectionLine, ...]:
    """What the customer or head office took off meanwhile. What was refused or is over was taken off by this store."""
    if before.closed or before.state is CollectionState.EXPIRED:
        return before.lines
    off = {line.id: line.cancelled for line in parts.lines}
    return tuple(replace(line, cancelled=max(0, off.get(line.id, 0) - line.refused)) for line in before.lines)


def _cheaper(connection: Connection, cause: Cause, before: Collection, after: Collection) -> Collection:
    """What was cancelled is not to be paid here; what was paid of it goes back."""
    was = {line.id: line.cancelled for line in before.lines}
    off = {line.id: line.cancelled - was[line.id] for line in after.lines if line.cancelled > was[line.id]}
    value = worth(after, off)
    unpaid = min(after.due_minor, value)
    if value > unpaid:
        back = Back(value - unpaid, sum(off.values()), "cancelled")
        payments.give_back(connection, cause, after, back)
    return replace(after, due_minor=after.due_minor - unpaid)


def _is_complete(collection: Collection) -> bool:
    units: dict[str, int] = {}
    for part in collection.parts:
        for item in part.items:
            units[item.line_id] = units.get(item.line_id, 0) + item.quantity
    return all(units.get(line.id, 0) >= line.open for line in collection.lines)


def changed(connection: Connection, cause: Cause, before: Collection, after: Collection) -> Collection:
    """Saves it with what its new state brings along: times, timers, the word to the customer, the event."""
    if after.state is not before.state:
        after = entered(connection, cause, before, after)
    if before.due_minor and not after.due_minor:
        payments.close_debts(connection, cause, after.order_id)
    documents.save(connection, before, after)
    return after


def entered(connection: Connection, cause: Cause, before: Collection, after: Collection) -> Collection:
    """`after` with what its new state brings along; the caller saves it."""
    at = cause.received_at
    if after.state is CollectionState.READY and after.ready_at is None:
        after = _ready(connection, cause, after)
    if after.closed:
        for kind in (EXPIRE, REMIND):
            later.call_off(connection, kind, after.id, at)
        connection.execute(update(t.collections).where(t.collections.c.id == after.id).values(closed_at=at))
    data = {"number": after.number, "short_id": after.short_id, "before": before.state.value}
    step = Transition("collection", after.id, before.state.value, after.state.value)
    record(connection, cause, [replace(_of(EVENTS[after.state], after, data), transitions=(step,))])
    on_shelves = after.state is CollectionState.READY and not after.locker
    if after.closed or after.state is CollectionState.EXPIRED or on_shelves:
        lockers.end(connection, cause, after.id)
    message = MESSAGES.get(after.state)
    # What lies in a locker is told with the code that opens it, once that is known.
    if message and not (after.locker and message == "ready"):
        messages.queue(connection, cause, after, message)
    return after


def _ready(connection: Connection, cause: Cause, collection: Collection) -> Collection:
    terms = terms_of(connection, collection.division_id, collection.location_id)
    timezone = connection.execute(
        select(t.locations.c.timezone).where(t.locations.c.id == collection.location_id)
    ).scalar_one()
    today = local_day(timezone, cause.received_at)
    until = moment(timezone, today + timedelta(days=terms.pick_up_days), DAY_ENDS)
    jobs = [Job(EXPIRE, until, collection.id)]
    if 0 < terms.reminder_days < terms.pick_up_days:
        remind_at = cause.received_at + timedelta(days=terms.reminder_days)
        jobs.append(Job(REMIND, remind_at, collection.id))
    later.schedule(connection, cause, jobs)
    latest = moment(timezone, today + timedelta(days=terms.pick_up_days + terms.most_extra_days), DAY_ENDS)
    return replace(collection, ready_at=cause.received_at, pick_up_by=until, latest_pick_up=latest)


def expire(connection: Connection, cause: Cause, collection_id: str) -> None:
    """Its time is over: what lies here goes back, and what was paid is refunded. Nothing where it was extended."""
    known = load(connection, collection_id, lock=True)
    if known is None or known.state is not CollectionState.READY:
        return
    if known.pick_up_by is not None and known.pick_up_by > cause.received_at:
        later.schedule(connection, cause, [Job(EXPIRE, known.pick_up_by, known.id)])
        return
    left = {line.id: line.open for line in known.lines if line.open}
    after = replace(known.after("expire"), due_minor=max(0, known.due_minor - worth(known, left)))
    changed(connection, cause, known, after)
    take_off(connection, cause, known, left, ("not_collected", known.due_minor - after.due_minor))


def remind(connection: Connection, cause: Cause, collection_id: str) -> None:
    known = load(connection, collection_id)
    if known is not None and known.state is CollectionState.READY:
        in_locker = bool(lockers.code_of(connection, known.id))
        messages.queue(connection, cause, known, "locker" if in_locker else "reminder")


def load(connection: Connection, collection_id: str, lock: bool = False) -> Collection | None:
    return load_collections(connection, [collection_id], lock).get(collection_id)


def worth(collection: Collection, units: Mapping[str, int]) -> int:
    """Minor units of the collection's currency; `units` by order line."""
    prices = {line.id: line.unit_price_minor for line in collection.lines}
    return sum(prices[line_id] * count for line_id, count in units.items())


def take_off(
    connection: Connection, cause: Cause, collection: Collection, units: Mapping[str, int], why: tuple[str, int]
) -> None:
    """Units by order line that the customer does not get any more: nobody sources them again, and money goes back.

    `why`: the reason, and how much of their price had not been paid yet.
    """
    lines = t.order_lines.c
    for line_id, count in sorted(units.items()):
        connection.execute(update(t.order_lines).where(lines.id == line_id).values(cancelled=lines.cancelled + count))
    reason, unpaid_minor = why
    refund_minor = worth(collection, units) - unpaid_minor
    if refund_minor > 0:
        payments.give_back(connection, cause, collection, Back(refund_minor, sum(units.values()), reason))


def _of(name: str, collection: Collection, data: Mapping[str, Any], reason: str = "") -> Happening:
    return Happening(name, "collection", collection.id, collection.order_id, data, reason)
