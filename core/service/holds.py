"""Holds: an open question (address, payment, fraud) blocks work on an order until somebody answers it.

Each is a task with who, when and why; those that the rules ask for (`Ruleset.checks`) are there from the beginning.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from core.domain.ruleset import Profile, Ruleset
from core.domain.ruleset import check_of as check_in
from core.service import fulfilments, order_state
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.legs import GATHERING
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


def check_of(connection: Connection, ruleset: Ruleset, order: Mapping[str, Any]) -> str:
    """Reason of the check that the rules ask for; "". `order`: its row, as it is going to be stored."""
    if not ruleset.checks:
        return ""
    tier = order["options"].get("tier", "")
    if not tier and order["customer_id"]:
        c = t.customers.c
        tier = connection.execute(select(c.tier).where(c.id == order["customer_id"])).scalar() or ""
    country = order["ship_to"].get("country", "")
    return check_in(ruleset, Profile(order["channel"], tier, country, order["service_level"], order["total_minor"]))


def open_task(connection: Connection, cause: Cause, order_id: str, reason: str, kind: str = "hold") -> None:
    row: dict[str, Any] = {"id": cause.new_id(), "order_id": order_id, "kind": kind, "reason": reason}
    row |= {"opened_at": cause.received_at, "opened_by": cause.user_id, "closed_at": None, "closed_by": ""}
    connection.execute(insert(t.order_tasks), [row])


def tasks(order_id: str = "", closed: bool = False) -> Select[Any]:
    """With the number and brand of the order; who opened and closed them, by name."""
    k, o, opener, closer = t.order_tasks.c, t.orders.c, t.users.alias("opener"), t.users.alias("closer")
    query = (
        select(
            t.order_tasks, o.number, o.division_id, o.total_minor, o.currency, o.target_at,
            opener.c.name.label("opened_by_name"), closer.c.name.label("closed_by_name"),
        )
        .join_from(t.order_tasks, t.orders, o.id == k.order_id)
        .outerjoin(opener, opener.c.id == k.opened_by)
        .outerjoin(closer, closer.c.id == k.closed_by)
    )  # fmt: skip
    if order_id:
        query = query.where(k.order_id == order_id)
    return query if closed else query.where(k.closed_at.is_(None))


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
    _close_tasks(connection, cause, order_id)
    if reason:
        open_task(connection, cause, order_id, reason)
    for fulfilment in known:
        if not fulfilment.closed and fulfilment.hold != GATHERING:
            documents.save(connection, fulfilment, replace(fulfilment, hold=reason))
    told = {"number": parts.row.number, "before": parts.row.hold}
    name = "OrderHeld" if reason else "OrderHoldReleased"
    record(connection, cause, [Happening(name, "order", order_id, order_id, told, reason or parts.row.hold)])
    order_state.refresh(connection, cause, order_id, reason or parts.row.hold)
    return None


def _close_tasks(connection: Connection, cause: Cause, order_id: str) -> None:
    k = t.order_tasks.c
    open_ = update(t.order_tasks).where(k.order_id == order_id, k.closed_at.is_(None), k.kind.in_(("hold", "check")))
    connection.execute(open_.values(closed_at=cause.received_at, closed_by=cause.user_id))
