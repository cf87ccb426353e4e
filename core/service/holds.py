"""Holds: an open question (address, payment) blocks work on an order until somebody answers it."""

from dataclasses import replace

from sqlalchemy import Connection, select, update

from core.service import fulfilments, order_state
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.store import documents
from core.store import tables as t


def hold(connection: Connection, cause: Cause, order_id: str, reason: str) -> Refusal | None:
    """An open question blocks work on it; no state changes, and nothing reserved is given up."""
    r = t.reasons.c
    if connection.execute(select(r.id).where(r.id == reason, r.usage == "hold", r.active)).first() is None:
        return Refusal("reason_unknown", params={"reason": reason}, remedy="Use a reason whose usage is 'hold'.")
    return _set_hold(connection, cause, order_id, reason)


def release_hold(connection: Connection, cause: Cause, order_id: str) -> Refusal | None:
    return _set_hold(connection, cause, order_id, "")


def _set_hold(connection: Connection, cause: Cause, order_id: str, reason: str) -> Refusal | None:
    known = fulfilments.load_of_order(connection, order_id, lock=True)
    parts = order_state.load(connection, order_id, lock=True)
    if parts is None:
        return unknown("order", order_id)
    if parts.row.state in ("shipped", "cancelled"):
        return Refusal("order_closed", Kind.CONFLICT, {"state": parts.row.state})
    if parts.row.hold == reason:
        return None
    connection.execute(update(t.orders).where(t.orders.c.id == order_id).values(hold=reason))
    for fulfilment in known:
        if not fulfilment.closed:
            documents.save(connection, fulfilment, replace(fulfilment, hold=reason))
    told = {"number": parts.row.number, "before": parts.row.hold}
    name = "OrderHeld" if reason else "OrderHoldReleased"
    record(connection, cause, [Happening(name, "order", order_id, order_id, told, reason or parts.row.hold)])
    order_state.refresh(connection, cause, order_id)
    return None
