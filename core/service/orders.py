"""Orders: received whole or not at all, priced as they were sold, and assigned to places at once.

Everything here takes an open write transaction: with the caller's idempotency key it is one commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Connection, select

from core.domain.collection import CollectionKind
from core.domain.fulfilment import Address
from core.domain.promise import TO_STORE, Destination, MethodKind, Option
from core.domain.transitions import Transition
from core.service import (
    aiming,
    allocation,
    collections,
    customers,
    fulfilments,
    holds,
    intake_desk,
    order_state,
    placing,
    promise_orders,
)
from core.service.aiming import Placed
from core.service.allocation import Allocated
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.events import Happening, record_each
from core.service.intake_desk import Desk
from core.service.offer_stores import settings_of
from core.service.order_state import OrderParts
from core.service.promise import Question
from core.service.promise_orders import Choice, Made
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t
from core.store.rows import insert_each

SERVICE_LEVELS: Final = ("standard", "express")
MOST_LINES: Final = 500
MOST_UNITS: Final = 10_000
LARGEST_TOTAL_MINOR: Final = 2 * 10**9
COLLECT_AS: Final = "Use reservation or locker, or leave it out."


@dataclass(frozen=True, slots=True)
class NewLine:
    """`unit_price_minor`: as sold; None takes the article's price of today."""

    sku: str
    quantity: int
    unit_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """`number` "": one is given. `location_id`: this place prepares it. `hold`: code of a reason.

    `delivery`: what the customer chose of the promise; it then sets service level, carrier and target time. `tier`
    "": the customer's. `services`: names of the division's rules, done where the order is gathered. `collect_as`:
    "reservation" or "locker" where `delivery` goes to a store. `pay_on_collection`: nothing was paid before.
    """

    division_id: str
    ship_to: Address
    lines: tuple[NewLine, ...]
    number: str = ""
    channel: str = "web"
    customer: Customer | None = None
    service_level: str = "standard"
    carrier: str = ""
    gift_message: str = ""
    placed_at: datetime | None = None
    release_at: datetime | None = None
    hold: str = ""
    location_id: str = ""
    tier: str = ""
    services: tuple[str, ...] = ()
    delivery: Choice | None = None
    collect_as: str = ""
    pay_on_collection: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """`parts`: the order as it is now."""

    order_id: str
    number: str
    decision_id: str
    missing_units: int
    parts: OrderParts


def create(connection: Connection, cause: Cause, new: NewOrder) -> Received | Refusal:
    """Validated, stored, sourced and reserved. What no place can promise waits for stock; it is not refused."""
    return create_each(connection, [(cause, new)])[0]


def create_each(connection: Connection, asked: Sequence[tuple[Cause, NewOrder]]) -> list[Received | Refusal]:
    """As `create`, for orders that arrive together, each accepted or refused by itself, in a fixed number of statements
    where none has a promise and no store competes for them (`are_plain`).
    """
    if not asked:
        return []
    desk = intake_desk.open_desk(connection, [new for _, new in asked], asked[0][0].received_at)
    ids = [cause.new_id() for cause, _ in asked]
    numbers = desk.give_numbers(connection, _prefixes(desk, ids, asked))
    drafts = [
        _draft(connection, desk, (id, new.number or numbers.get(id, "")), cause, new)
        for id, (cause, new) in zip(ids, asked, strict=True)
    ]
    accepted = [draft for draft in drafts if isinstance(draft, _Draft)]
    _store(connection, accepted)
    competing = _competing(connection, {one.parts.row.division_id for one in accepted}, asked[0][0].received_at)
    plain = [one for one in accepted if one.promised is None and one.parts.row.division_id not in competing]
    received = {one.order_id: one for one in _place_together(connection, plain)}
    for draft in accepted:
        if draft.parts.row.id not in received:
            received[draft.parts.row.id] = _place_alone(connection, draft)
    return [draft if isinstance(draft, Refusal) else received[draft.parts.row.id] for draft in drafts]


def are_plain(connection: Connection, asked: Sequence[NewOrder], at: datetime) -> list[bool]:
    """Whether each is received in one go with others."""
    competing = _competing(connection, {new.division_id for new in asked}, at)
    return [new.delivery is None and new.division_id not in competing for new in asked]


def _competing(connection: Connection, division_ids: set[str], at: datetime) -> set[str]:
    return {id for id in division_ids if settings_of(connection, id, at) is not None}


@dataclass(frozen=True, slots=True)
class _Draft:
    cause: Cause
    parts: OrderParts  # rows that are not stored yet
    promised: Made | None
    checked: str  # reason of the check that the rules ask for


def _prefixes(desk: Desk, ids: Sequence[str], asked: Sequence[tuple[Cause, NewOrder]]) -> dict[str, str]:
    """Brand and day, by the id of the orders that have no number yet."""
    return {
        id: f"{desk.divisions[new.division_id].code}-{cause.received_at:%y%j}"
        for id, (cause, new) in zip(ids, asked, strict=True)
        if not new.number and new.division_id in desk.divisions
    }


def _draft(connection: Connection, desk: Desk, name: tuple[str, str], cause: Cause, new: NewOrder) -> _Draft | Refusal:
    """`name`: id and number it will have."""
    division = desk.divisions.get(new.division_id)
    if division is None:
        return unknown("division", new.division_id)
    promised = promise_orders.make(connection, _asked(new), new.delivery, cause.received_at) if new.delivery else None
    if isinstance(promised, Refusal):
        return promised
    if promised is not None:
        new = _as_promised(new, promised.option)
    carrier = desk.carrier(new.carrier, new.service_level)
    if refusal := _refusal(new, desk, carrier):
        return refusal
    order_id, number = name
    desk.numbers.add(number)
    row = _order_row(new, division, cause, {"id": order_id, "number": number, "carrier": carrier})
    if new.customer is not None:
        row["customer_id"], _ = customers.put(connection, cause, division.account_id, new.customer)
    lines = _line_rows(cause, order_id, new.lines, desk.articles)
    row["total_minor"] = sum(line["quantity"] * line["unit_price_minor"] for line in lines)
    checked = "" if new.hold else holds.check_of(connection, desk.rulesets[division.id], row)
    row["hold"] = new.hold or checked
    if promised is not None:
        row["options"] = {**row["options"], "promised": True, **_collected_at(new, promised.option)}
        row["target_at"] = promised.option.target_at
    parts = OrderParts(SimpleNamespace(**row), [SimpleNamespace(**line) for line in lines], ())
    return _Draft(cause, parts, promised, checked)


def _store(connection: Connection, drafts: Sequence[_Draft]) -> None:
    if not drafts:
        return
    insert_each(connection, t.orders, [vars(draft.parts.row) for draft in drafts])
    insert_each(connection, t.order_lines, [vars(line) for draft in drafts for line in draft.parts.lines])
    for draft in drafts:
        if draft.promised is not None:
            promise_orders.keep(connection, draft.cause, draft.parts.row.id, draft.promised)
    record_each(connection, [(draft.cause, _told(draft.parts)) for draft in drafts])
    for draft in drafts:
        if reason := draft.parts.row.hold:
            holds.open_task(connection, draft.cause, draft.parts.row.id, reason, "check" if draft.checked else "hold")


def _told(parts: OrderParts) -> Happening:
    units = sum(line.quantity for line in parts.lines)
    told = {"number": parts.row.number, "channel": parts.row.channel, "lines": len(parts.lines), "units": units}
    begun = Transition("order", parts.row.id, "", parts.row.state)
    return Happening("OrderReceived", "order", parts.row.id, parts.row.id, told, transitions=(begun,))


def _place_together(connection: Connection, drafts: Sequence[_Draft]) -> list[Received]:
    if not drafts:
        return []
    placed = allocation.allocate_new(connection, [(draft.cause, draft.parts) for draft in drafts])
    signed = [
        (draft.cause, replace(draft.parts, fulfilments=made.fulfilments))
        for draft, made in zip(drafts, placed, strict=True)
    ]
    _aim(connection, [(draft.cause, draft.parts) for draft in drafts], placed)
    order_state.follow(connection, signed)
    return [_received(parts, made) for (_, parts), made in zip(signed, placed, strict=True)]


def _place_alone(connection: Connection, draft: _Draft) -> Received:
    """With a promise, or by competition: what has become of the order is read again."""
    row = draft.parts.row
    wanted = {line.id: line.quantity for line in draft.parts.lines}
    made = placing.place(connection, draft.cause, draft.parts, wanted)
    _aim(connection, [(draft.cause, draft.parts)], [made])
    if draft.promised is not None and row.options.get("collect_at"):
        option = draft.promised.option
        kind = CollectionKind(row.options.get("collect_as") or option.kind.value)
        collections.open_for(connection, draft.cause, draft.parts, kind, option.latest_at)
    order_state.refresh(connection, draft.cause, row.id)
    parts = order_state.load(connection, row.id)
    assert parts is not None
    return _received(parts, made)


def _aim(connection: Connection, signed: Sequence[tuple[Cause, OrderParts]], placed: Sequence[Allocated]) -> None:
    """The promise of orders whose customers chose nothing, or without methods the time at which they must be ready."""
    asked = [Placed(cause, parts, made) for (cause, parts), made in zip(signed, placed, strict=True)]
    changes = []
    for one, promised in zip(asked, aiming.promise_each(connection, asked), strict=True):
        row = one.parts.row
        if not promised and not row.options.get("promised"):
            row.target_at = max(one.made.targets, default=None) or _target_of_waiting(connection, one.parts)
            changes.append({"b_id": row.id, "b_target_at": row.target_at, "b_options": row.options})
    if changes:
        connection.execute(aiming.AIM, changes)


def _received(parts: OrderParts, made: Allocated) -> Received:
    return Received(parts.row.id, parts.row.number, made.decision_id, sum(made.missing.values()), parts)


def _asked(new: NewOrder) -> Question:
    to = new.ship_to
    store = (new.delivery.store_id if new.delivery else "") or new.location_id  # where they fetch it, not who sends it
    lines = tuple((line.sku, line.quantity) for line in new.lines)
    return Question(new.division_id, lines, Destination(to.country, to.postcode, to.town, store), new.channel)


def _collected_at(new: NewOrder, option: Option) -> dict[str, Any]:
    """Of orders that are fetched at a store."""
    if option.kind not in TO_STORE:
        return {}
    given = {"collect_at": option.store_id, "collect_as": new.collect_as, "pay_on_collection": new.pay_on_collection}
    return {name: value for name, value in given.items() if value}


def _as_promised(new: NewOrder, option: Option) -> NewOrder:
    """What is collected from a store's own stock is prepared there; the rest by whom sourcing finds."""
    place = option.store_id if option.kind is MethodKind.COLLECT else new.location_id
    return replace(new, service_level=option.service_level, carrier=option.carrier or new.carrier, location_id=place)


def _target_of_waiting(connection: Connection, parts: OrderParts) -> datetime:
    """As if the brand's first place had it: orders that wait are served in the order of their promise."""
    places, of = t.locations.c, t.location_divisions.c
    query = (
        select(places.id, places.timezone)
        .join_from(t.locations, t.location_divisions, of.location_id == places.id)
        .where(of.division_id == parts.row.division_id, places.active)
        .order_by(places.id)
    )
    place = connection.execute(query.limit(1)).first() or SimpleNamespace(id="", timezone="UTC")
    return fulfilments.target_of(connection, parts.row, place, parts.row.received_at)


def _refusal(new: NewOrder, desk: Desk, carrier: str) -> Refusal | None:
    if not 1 <= len(new.lines) <= MOST_LINES:
        return Refusal("lines_out_of_range", params={"most": MOST_LINES}, remedy="Send 1 to 500 lines an order.")
    for line in new.lines:
        article = desk.articles.get(line.sku)
        if article is None or not article.active or article.division_id != new.division_id:
            return Refusal("sku_unknown", params={"sku": line.sku}, remedy="Import the product first.")
        if not 1 <= line.quantity <= MOST_UNITS:
            return Refusal("quantity_out_of_range", params={"sku": line.sku, "quantity": line.quantity})
    prices = [line.quantity * (line.unit_price_minor or desk.articles[line.sku].price_minor) for line in new.lines]
    if any(price < 0 for price in prices) or sum(prices) > LARGEST_TOTAL_MINOR:
        return Refusal("total_out_of_range", params={"most": LARGEST_TOTAL_MINOR})
    if new.service_level not in SERVICE_LEVELS:
        return Refusal("service_level_unknown", params={"service_level": new.service_level})
    if new.carrier and not carrier:
        return Refusal("carrier_unknown", params={"carrier": new.carrier})
    if not (new.ship_to.name and new.ship_to.town and len(new.ship_to.country) == 2):
        return Refusal("address_incomplete", remedy="Give at least name, town and a country of two letters.")
    if new.number and new.number in desk.numbers:
        return Refusal("order_number_taken", Kind.CONFLICT, {"number": new.number}, "The order is known already.")
    if new.location_id and (new.location_id, new.division_id) not in desk.served:
        return Refusal("location_unknown", params={"location": new.location_id})
    if new.collect_as not in ("", "reservation", "locker"):
        return Refusal("collect_as_unknown", params={"collect_as": new.collect_as[:40]}, remedy=COLLECT_AS)
    if new.hold and new.hold not in desk.holds:
        return Refusal("reason_unknown", params={"reason": new.hold}, remedy="Use a reason whose usage is 'hold'.")
    return None


def _order_row(new: NewOrder, division: Any, cause: Cause, values: Mapping[str, Any]) -> dict[str, Any]:
    placed_at = min(new.placed_at or cause.received_at, cause.received_at)
    return {
        **values,
        "account_id": division.account_id,
        "division_id": division.id,
        "channel": new.channel,
        "state": "received",
        "hold": new.hold,
        "customer_id": None,
        "service_level": new.service_level,
        "currency": division.currency,
        "ship_to": asdict(new.ship_to),
        "gift_message": new.gift_message,
        "options": _options(new),
        "placed_at": placed_at,
        "release_at": new.release_at,
        "target_at": placed_at,
        "received_at": cause.received_at,
        "source_at": None,
        "collection": "",
        "waiting": False,
        "version": 1,
    }


def _options(new: NewOrder) -> dict[str, Any]:
    given = {"location_id": new.location_id, "tier": new.tier, "services": list(new.services)}
    return {name: value for name, value in given.items() if value}


def _line_rows(
    cause: Cause, order_id: str, lines: Sequence[NewLine], articles: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        {
            "id": cause.new_id(),
            "order_id": order_id,
            "position": position,
            "sku": line.sku,
            "quantity": line.quantity,
            "cancelled": 0,
            "name": articles[line.sku].name,
            "unit_price_minor": articles[line.sku].price_minor
            if line.unit_price_minor is None
            else line.unit_price_minor,
        }
        for position, line in enumerate(lines)
    ]
