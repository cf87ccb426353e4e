"""Orders: received whole or not at all, priced as they were sold, and assigned to places at once.

Everything here takes an open write transaction: with the caller's idempotency key it is one commit.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from core.domain.fulfilment import Address
from core.domain.promise import Destination, MethodKind, Option
from core.service import customers, fulfilments, holds, order_state, placing, promise_default, promise_orders
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.events import Happening, record
from core.service.order_state import OrderParts
from core.service.promise import Question
from core.service.promise_default import Given
from core.service.promise_orders import Choice
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t

SERVICE_LEVELS: Final = ("standard", "express")
MOST_LINES: Final = 500
MOST_UNITS: Final = 10_000
LARGEST_TOTAL_MINOR: Final = 2 * 10**9


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
    "": the customer's. `services`: names of the division's rules, done where the order is gathered.
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


@dataclass(frozen=True, slots=True)
class Received:
    order_id: str
    number: str
    decision_id: str
    missing_units: int


def create(connection: Connection, cause: Cause, new: NewOrder) -> Received | Refusal:
    """Validated, stored, sourced and reserved. What no place can promise waits for stock; it is not refused."""
    division = connection.execute(select(t.divisions).where(t.divisions.c.id == new.division_id)).first()
    if division is None:
        return unknown("division", new.division_id)
    articles = _articles(connection, new)
    promised = promise_orders.make(connection, _asked(new), new.delivery, cause.received_at) if new.delivery else None
    if isinstance(promised, Refusal):
        return promised
    if promised is not None:
        new = _as_promised(new, promised.option)
    carrier = _carrier(connection, new)
    if refusal := _refusal(connection, new, articles, carrier):
        return refusal
    order_id = cause.new_id()
    number = new.number or _free_number(connection, division.code, cause, order_id)
    row = _order_row(new, division, cause, {"id": order_id, "number": number, "carrier": carrier})
    if new.customer is not None:
        row["customer_id"], _ = customers.put(connection, cause, division.account_id, new.customer)
    lines = _line_rows(cause, order_id, new.lines, articles)
    row["total_minor"] = sum(line["quantity"] * line["unit_price_minor"] for line in lines)
    checked = "" if new.hold else holds.check_of(connection, row, cause.received_at)
    row["hold"] = new.hold or checked
    if promised is not None:
        row["options"] = {**row["options"], "promised": True}
        row["target_at"] = promised.option.target_at
    connection.execute(insert(t.orders), [row])
    connection.execute(insert(t.order_lines), lines)
    if promised is not None:
        promise_orders.keep(connection, cause, order_id, promised)
    units = sum(line["quantity"] for line in lines)
    told = {"number": number, "channel": new.channel, "lines": len(lines), "units": units}
    record(connection, cause, [Happening("OrderReceived", "order", order_id, order_id, told)])
    if row["hold"]:
        holds.open_task(connection, cause, order_id, row["hold"], "check" if checked else "hold")
    parts = order_state.load(connection, order_id)
    assert parts is not None
    made = placing.place(connection, cause, parts, {line["id"]: line["quantity"] for line in lines})
    if promised is None:
        skus = {line["id"]: line["sku"] for line in lines}
        given = [(one.location_id, skus[one.line_id], one.quantity) for one in made.given]
        (known,) = promise_default.keep_each(connection, [(cause, Given(parts.row, given))])
        values = known or {"target_at": max(made.targets, default=None) or _target_of_waiting(connection, parts)}
        connection.execute(update(t.orders).where(t.orders.c.id == order_id).values(values))
    order_state.refresh(connection, cause, order_id)
    return Received(order_id, number, made.decision_id, sum(made.missing.values()))


def _asked(new: NewOrder) -> Question:
    to = new.ship_to
    store = new.location_id or (new.delivery.store_id if new.delivery else "")
    lines = tuple((line.sku, line.quantity) for line in new.lines)
    return Question(new.division_id, lines, Destination(to.country, to.postcode, to.town, store), new.channel)


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


def _articles(connection: Connection, new: NewOrder) -> Mapping[str, Any]:
    v, p = t.variants.c, t.products.c
    query = (
        select(v.id, v.price_minor, v.currency, v.active, v.division_id, p.name)
        .join_from(t.variants, t.products, p.id == v.product_id)
        .where(v.id.in_(sorted({line.sku for line in new.lines})))
    )
    return {row.id: row for row in connection.execute(query)}


def _carrier(connection: Connection, new: NewOrder) -> str:
    """Code of the carrier asked for (by code or id), or of the first one that serves the level."""
    c = t.carriers.c
    rows = connection.execute(select(c.id, c.code, c.services).where(c.active).order_by(c.code)).all()
    if new.carrier:
        return next((row.code for row in rows if new.carrier in (row.id, row.code)), "")
    return next((row.code for row in rows if new.service_level in row.services), rows[0].code if rows else "")


def _refusal(connection: Connection, new: NewOrder, articles: Mapping[str, Any], carrier: str) -> Refusal | None:
    if not 1 <= len(new.lines) <= MOST_LINES:
        return Refusal("lines_out_of_range", params={"most": MOST_LINES}, remedy="Send 1 to 500 lines an order.")
    for line in new.lines:
        article = articles.get(line.sku)
        if article is None or not article.active or article.division_id != new.division_id:
            return Refusal("sku_unknown", params={"sku": line.sku}, remedy="Import the product first.")
        if not 1 <= line.quantity <= MOST_UNITS:
            return Refusal("quantity_out_of_range", params={"sku": line.sku, "quantity": line.quantity})
    prices = [line.quantity * (line.unit_price_minor or articles[line.sku].price_minor) for line in new.lines]
    if any(price < 0 for price in prices) or sum(prices) > LARGEST_TOTAL_MINOR:
        return Refusal("total_out_of_range", params={"most": LARGEST_TOTAL_MINOR})
    if new.service_level not in SERVICE_LEVELS:
        return Refusal("service_level_unknown", params={"service_level": new.service_level})
    if new.carrier and not carrier:
        return Refusal("carrier_unknown", params={"carrier": new.carrier})
    if not (new.ship_to.name and new.ship_to.town and len(new.ship_to.country) == 2):
        return Refusal("address_incomplete", remedy="Give at least name, town and a country of two letters.")
    if new.number and _is_taken(connection, new.number):
        return Refusal("order_number_taken", Kind.CONFLICT, {"number": new.number}, "The order is known already.")
    if new.location_id and not _serves(connection, new.location_id, new.division_id):
        return Refusal("location_unknown", params={"location": new.location_id})
    return _hold_refusal(connection, new.hold)


def _hold_refusal(connection: Connection, hold: str) -> Refusal | None:
    r = t.reasons.c
    query = select(r.id).where(r.id == hold, r.usage == "hold", r.active)
    if hold and connection.execute(query).first() is None:
        return Refusal("reason_unknown", params={"reason": hold}, remedy="Use a reason whose usage is 'hold'.")
    return None


def _is_taken(connection: Connection, number: str) -> bool:
    return connection.execute(select(t.orders.c.id).where(t.orders.c.number == number)).first() is not None


def _serves(connection: Connection, location_id: str, division_id: str) -> bool:
    of = t.location_divisions.c
    query = select(of.location_id).where(of.location_id == location_id, of.division_id == division_id)
    return connection.execute(query).first() is not None


def _free_number(connection: Connection, code: str, cause: Cause, order_id: str) -> str:
    """Brand, day and six digits, for example "AL-26122-048213": no counter that all orders would have to wait for."""
    day = cause.received_at.strftime("%y%j")
    for attempt in range(100):
        digest = hashlib.blake2b(f"{order_id}:{attempt}".encode(), digest_size=8).digest()
        number = f"{code}-{day}-{int.from_bytes(digest, 'big') % 1_000_000:06}"
        if not _is_taken(connection, number):
            return number
    raise RuntimeError("no order number is free today")


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
