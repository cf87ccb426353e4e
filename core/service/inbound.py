"""Supply that is ordered or under way: its date, what of it is protected, what is promised, and its reception.

A promise of what is coming is one conditional update, like a reservation of what is there. What is received enters the
ledger in the same transaction, and orders that wait for it are served first, in the order of their promise.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from core.domain.stock import MovementKind
from core.service import aiming, announced, later, order_state, promise_orders, resourcing, waiting_holds
from core.service.atp_projection import touched
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job
from core.service.refusal import Kind, Refusal, stale, unknown
from core.service.sourcing import SOURCE_AGAIN
from core.service.stock import Delta, Movement, move
from core.store import tables as t

KINDS: Final = ("on_order", "in_transit")
MOST_UNITS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Expected:
    """`protected`: units of it that are never promised; 0 leaves it to the rules."""

    location_id: str
    sku: str
    quantity: int
    expected_at: datetime
    reference: str = ""
    kind: str = "on_order"
    protected: int = 0


def expect(connection: Connection, cause: Cause, wanted: Expected) -> Mapping[str, Any] | Refusal:
    """Returns the row."""
    if connection.execute(select(t.locations.c.id).where(t.locations.c.id == wanted.location_id)).first() is None:
        return replace(unknown("location", wanted.location_id), kind=Kind.INVALID)
    if connection.execute(select(t.variants.c.id).where(t.variants.c.id == wanted.sku)).first() is None:
        return replace(unknown("variant", wanted.sku), kind=Kind.INVALID)
    if not 0 < wanted.quantity <= MOST_UNITS or not 0 <= wanted.protected <= wanted.quantity:
        return Refusal("units_out_of_range", params={"most": MOST_UNITS}, remedy="Give a quantity above zero.")
    if wanted.kind not in KINDS:
        return Refusal("inbound_kind_unknown", params={"kind": wanted.kind}, remedy=f"One of: {', '.join(KINDS)}.")
    row = {**asdict(wanted), "id": cause.new_id(), "received": 0, "promised": 0, "state": "expected", "version": 1}
    connection.execute(insert(t.inbound), [row])
    _tell(connection, cause, "InboundExpected", row, {"units": wanted.quantity})
    aiming.cover_waiting(connection, cause, wanted.sku)
    return _as_it_is(connection, row["id"])


def change(
    connection: Connection, cause: Cause, id: str, version: int, values: Mapping[str, Any]
) -> Mapping[str, Any] | Refusal:
    """`values`: of quantity, expected_at, protected, kind, state "cancelled". Never below what is promised of it."""
    _lock_waiting(connection, id)
    row = _open(connection, id, version)
    if isinstance(row, Refusal):
        return row
    after = {**row, **values}
    left = 0 if after["state"] == "cancelled" else after["quantity"] - after["received"]
    if left < row["promised"]:
        remedy = "Orders were promised units of it: source them elsewhere first."
        return Refusal("inbound_promised", Kind.CONFLICT, {"promised": row["promised"]}, remedy)
    _write(connection, cause, "InboundChanged", row, dict(values))
    _warn(connection, cause, row, after["expected_at"])
    # Who keeps units from others for its sake must say again whether that is worth it.
    waiting = waiting_holds.orders_about(connection, row["sku"])
    later.schedule(connection, cause, [Job(SOURCE_AGAIN, cause.received_at, one) for one in waiting])
    aiming.cover_waiting(connection, cause, row["sku"])
    return _as_it_is(connection, id)


def receive(connection: Connection, cause: Cause, id: str, version: int, units: int) -> Mapping[str, Any] | Refusal:
    """`units` arrived. At the full quantity it is over; what was promised of it becomes waiting orders' stock."""
    _lock_waiting(connection, id)
    row = _open(connection, id, version)
    if isinstance(row, Refusal):
        return row
    outstanding = row["quantity"] - row["received"]
    if not 0 < units <= outstanding:
        return Refusal("units_out_of_range", params={"most": outstanding}, remedy="Receive what is still to come.")
    delta = Delta(on_hand=units)
    movement = Movement(row["location_id"], row["sku"], MovementKind.TRANSFER.value, delta, row["reference"])
    move(connection, cause, [movement])
    values: dict[str, Any] = {"received": row["received"] + units}
    if units == outstanding:
        values |= {"state": "received"}
    _write(connection, cause, "InboundReceived", row, values)
    _serve(connection, cause, row)
    return _as_it_is(connection, id)


def _serve(connection: Connection, cause: Cause, row: Mapping[str, Any]) -> None:
    """Orders that were promised it come first; whose promise it cannot keep any more lose it."""
    for order_id in dict.fromkeys(one.order_id for one in _promises(connection, row["id"])):
        if resourcing.source_again(connection, cause, order_id):
            order_state.refresh(connection, cause, order_id)
    resourcing.serve_waiting(connection, cause, {row["sku"]})
    after, held = _as_it_is(connection, row["id"]), _promises(connection, row["id"])
    left = 0 if after["state"] != "expected" else after["quantity"] - after["received"]
    for one in held:
        left -= one.units
        if left < 0:
            announced.drop(connection, cause, [one])
            promise_orders.risk(connection, cause, one.order_id, "announced_stock_gone", inbound=row["id"])
    after = _as_it_is(connection, row["id"])
    outstanding = after["quantity"] - after["received"]
    announced.give_back(connection, row["id"], max(0, after["promised"] - outstanding))


def _warn(connection: Connection, cause: Cause, row: Mapping[str, Any], expected_at: datetime) -> None:
    """Later than some orders were promised: their customers must be told."""
    for one in _promises(connection, row["id"]):
        if expected_at > one.expected_at:
            told = {"inbound": row["id"], "expected_at": expected_at.isoformat()}
            promise_orders.risk(connection, cause, one.order_id, "supply_late", **told)


def _promises(connection: Connection, id: str) -> list[Any]:
    """What orders were promised of it, the most urgent first."""
    p, o = t.inbound_promises.c, t.orders.c
    query = select(t.inbound_promises).join_from(t.inbound_promises, t.orders, o.id == p.order_id)
    return list(connection.execute(query.where(p.inbound_id == id).order_by(o.target_at, o.id, p.order_line_id)))


def _lock_waiting(connection: Connection, id: str) -> None:
    sku = connection.execute(select(t.inbound.c.sku).where(t.inbound.c.id == id)).scalar()
    aiming.lock_waiting(connection, {sku} if sku else set())


def _as_it_is(connection: Connection, id: str) -> Mapping[str, Any]:
    return dict(connection.execute(select(t.inbound).where(t.inbound.c.id == id)).mappings().one())


def _open(connection: Connection, id: str, version: int) -> Mapping[str, Any] | Refusal:
    row = connection.execute(select(t.inbound).where(t.inbound.c.id == id).with_for_update()).mappings().first()
    if row is None:
        return unknown("inbound", id)
    if row["version"] != version:
        return stale("inbound", row["version"])
    if row["state"] != "expected":
        return Refusal("inbound_closed", Kind.CONFLICT, {"state": row["state"]}, "Nothing more comes of it.")
    return dict(row)


def _write(
    connection: Connection, cause: Cause, name: str, row: Mapping[str, Any], values: dict[str, Any]
) -> Mapping[str, Any]:
    values["version"] = row["version"] + 1
    connection.execute(update(t.inbound).where(t.inbound.c.id == row["id"]).values(values))
    _tell(connection, cause, name, row, {key: _plain(value) for key, value in values.items()})
    return {**row, **values}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _tell(connection: Connection, cause: Cause, name: str, row: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    told = {"sku": row["sku"], "location_id": row["location_id"], "reference": row["reference"], **more}
    record(connection, cause, [Happening(name, "inbound", row["id"], data=told)])
    _supplied(connection, row["sku"])


def _supplied(connection: Connection, sku: str) -> None:
    work = touched(connection)
    if work is not None:
        work.supplied.add(sku)
