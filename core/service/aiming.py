"""What an order is promised when it is placed or served later, and until when it must be ready.

An order whose customer chose nothing gets its promise once it is known who sends it: places that have it, or places
where announced stock arrives that is kept for it from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from core.domain.promise import Reason
from core.service import announced, order_state, promise_default, promise_orders, waiting_holds
from core.service.allocation import Allocated
from core.service.announced import Coming
from core.service.cause import Cause
from core.service.order_state import OrderParts
from core.service.promise_default import Given
from core.service.promise_supply import FROM_INBOUND
from core.store import documents
from core.store import tables as t

NOTHING_MADE: Final = Allocated((), {}, "")
MOST_WAITING: Final = 200


class Placed(NamedTuple):
    """An order and what became of it just now. `parts`: as it was before."""

    cause: Cause
    parts: OrderParts
    made: Allocated


def promise_each(connection: Connection, placed: Sequence[Placed]) -> list[bool]:
    """Whether each now has a promise it had not. What nobody has is taken of announced stock where that covers it."""
    given, asked = [], []
    for one in placed:
        coming = _covered(connection, one)
        if one.parts.row.options.get("promised"):
            _still_coming(connection, one, coming)
        else:
            given.append((one.cause, _given(connection, one, coming)))
            asked.append(one)
    made = {}
    for one, values in zip(asked, promise_default.keep_each(connection, given), strict=True):
        if values:
            made[one.parts.row.id] = values
            _follow(connection, one, values)
    if made:
        changes = [{"b_id": id, "b_target_at": v["target_at"], "b_options": v["options"]} for id, v in made.items()]
        connection.execute(AIM, changes)
    return [one.parts.row.id in made for one in placed]


def cover_waiting(connection: Connection, cause: Cause, sku: str) -> int:
    """Orders that wait for an article are promised what was announced of it, most urgent first. How many."""
    covered = 0
    for order_id in lock_waiting(connection, {sku}):
        parts = order_state.load(connection, order_id, lock=True)
        if parts is None or not parts.unassigned or announced.held_by(connection, order_id):
            continue
        made = Allocated((), parts.unassigned, "")
        promise_each(connection, [Placed(cause, parts, made)])
        covered += bool(announced.held_by(connection, order_id))
    return covered


def lock_waiting(connection: Connection, skus: set[str]) -> list[str]:
    """Orders that wait for one of these articles, most urgent first; locked before the supply is, never after."""
    o, lines = t.orders.c, t.order_lines.c
    of_them = select(lines.order_id).where(lines.sku.in_(sorted(skus)))
    query = select(o.id, o.target_at).where(o.waiting, o.id.in_(of_them)).order_by(o.target_at, o.id)
    urgent = [row.id for row in connection.execute(query.limit(MOST_WAITING))]
    lock = select(o.id).where(o.id.in_(urgent)).order_by(o.id).with_for_update(key_share=True)
    connection.execute(lock).all()
    return urgent


def _covered(connection: Connection, one: Placed) -> tuple[Coming, ...]:
    if not one.made.missing or one.made.postponed:
        return ()
    return announced.cover(connection, one.cause, one.parts.row, one.parts.lines, one.made.missing)


def _still_coming(connection: Connection, one: Placed, coming: Sequence[Coming]) -> None:
    """A customer who was shown a date of announced stock that others have taken since must be told."""
    order_id = one.parts.row.id
    gone = one.made.missing and not coming and not one.made.postponed
    if gone and promise_orders.counts_on_supply(connection, order_id):
        promise_orders.risk(connection, one.cause, order_id, "announced_stock_gone")


def _given(connection: Connection, one: Placed, coming: Sequence[Coming]) -> Given:
    """All that places have of it or hold for it, and what arrives for it."""
    parts, made = one.parts, one.made
    skus = {line.id: line.sku for line in parts.lines}
    units = [(given.location_id, skus[given.line_id], given.quantity) for given in made.given]
    begins = {}
    if made.gathering_minutes:
        ready = promise_default.begins_at(parts.row) + timedelta(minutes=made.gathering_minutes)
        begins = {given.location_id: ready for given in made.given}
    for before in parts.seen:
        if not before.closed:
            place = parts.row.options.get("gather_at") or before.location_id
            units += [(place, line.sku, line.wanted) for line in before.lines if line.wanted]
    if coming:
        held = waiting_holds.of_order(connection, parts.row.id)
        units += [(row.location_id, row.sku, row.units) for row in held]
    for some in coming:
        units.append((some.location_id, some.sku, some.units))
        begins[some.location_id] = max(some.at, begins.get(some.location_id, some.at))
    now = one.cause.received_at
    late = {id: now for id, _, _ in units} if now > parts.row.received_at else {}
    late |= {id: max(at, now) for id, at in begins.items()}
    return Given(parts.row, units, late, bool(coming), tuple(_from_inbound(some) for some in coming))


def _from_inbound(some: Coming) -> Reason:
    where = {"location": some.location_id, "at": some.at.isoformat()}
    return Reason(FROM_INBOUND, {"sku": some.sku, "units": some.units, **where})


def _follow(connection: Connection, one: Placed, values: Mapping[str, Any]) -> None:
    """Rows that are still written to say what was promised; so does work whose own time was reckoned without it."""
    row = one.parts.row
    at_once = isinstance(row, SimpleNamespace) and not one.made.gathering_minutes
    if isinstance(row, SimpleNamespace):
        vars(row).update(values)
    places = {given.location_id for given in one.made.given}
    for work in one.made.fulfilments if not at_once else ():
        if work.location_id in places:
            known = documents.load_fulfilments(connection, [work.id])[work.id]
            documents.save(connection, known, replace(known, target_at=values["target_at"]))


AIM: Final = (
    update(t.orders)
    .where(t.orders.c.id == bindparam("b_id"))
    .values(target_at=bindparam("b_target_at"), options=bindparam("b_options"))
)
