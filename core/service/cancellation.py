"""Cancelling an order or a part of it: free what is reserved, leave what is gone, put back what is in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, update

from core.domain.fulfilment import Fulfilment, handed_over_by_line, settled
from core.service import fulfilments, offers, order_state, resourcing, waiting_holds
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.order_state import OrderParts
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t


def cancel(
    connection: Connection, cause: Cause, order_id: str, reason: str = "", units: Mapping[str, int] | None = None
) -> Refusal | None:
    """Whole, or `units` by order line id. What left the house stays; what is in hand goes back to the shelf.

    Reserved units are free again at once. A device learns it by the feed and derives what to put back.
    """
    known = fulfilments.load_of_order(connection, order_id, lock=True)
    parts = order_state.load(connection, order_id, lock=True)
    if parts is None:
        return unknown("order", order_id)
    wanted = _cancellable(parts)
    asked = {id: left for id, left in wanted.items() if left} if units is None else dict(units)
    for line_id, count in asked.items():
        if line_id not in wanted:
            return unknown("order_line", line_id)
        if not 1 <= count <= wanted[line_id]:
            remedy = "Only units that were neither sent nor cancelled before can be cancelled."
            return Refusal("too_late_to_cancel", Kind.CONFLICT, {"line": line_id, "units": wanted[line_id]}, remedy)
    if not asked:
        return Refusal("nothing_to_cancel", Kind.CONFLICT, {"state": parts.row.state})
    lines = t.order_lines.c
    for line_id, count in sorted(asked.items()):
        connection.execute(update(t.order_lines).where(lines.id == line_id).values(cancelled=lines.cancelled + count))
    whole = all(asked.get(id, 0) == left for id, left in wanted.items())
    told = {"number": parts.row.number, "units": sum(asked.values()), "lines": sorted(asked)}
    name = "OrderCancellationAsked" if whole else "OrderLinesCancelled"
    record(connection, cause, [Happening(name, "order", order_id, order_id, told, reason)])
    was_offered = offers.withdraw(connection, cause, order_id, "cancelled")
    _take_off(connection, cause, parts, known, asked)
    was_held = waiting_holds.let_go(connection, cause, order_id, [line.id for line in parts.lines])
    # What is left of an order that waited to go in one parcel may not have to wait any more.
    if was_offered or was_held:
        resourcing.source_again(connection, cause, order_id)
    order_state.refresh(connection, cause, order_id, reason)
    return None


def _cancellable(parts: OrderParts) -> dict[str, int]:
    """Units by order line that are neither cancelled nor with a carrier."""
    sent: dict[str, int] = {}
    for fulfilment in parts.seen:
        gone = handed_over_by_line(fulfilment)
        for line in fulfilment.lines:
            sent[line.order_line_id] = sent.get(line.order_line_id, 0) + gone.get(line.id, 0)
    return {line.id: max(0, line.quantity - line.cancelled - sent.get(line.id, 0)) for line in parts.lines}


def _take_off(
    connection: Connection, cause: Cause, parts: OrderParts, known: Sequence[Fulfilment], asked: Mapping[str, int]
) -> None:
    """First what is assigned nowhere, then what nobody has begun, then what is in somebody's hands."""
    left = dict(asked)
    assigned: dict[str, int] = {}
    for fulfilment in known:
        for line in fulfilment.lines if not fulfilment.closed else ():
            assigned[line.order_line_id] = assigned.get(line.order_line_id, 0) + _owed(fulfilment, line)
    for line_id, units in _cancellable(parts).items():
        free = max(0, units - assigned.get(line_id, 0))
        left[line_id] = max(0, left.get(line_id, 0) - free)
    begun = sorted(known, key=lambda f: (sum(line.held for line in f.lines), f.number))
    for fulfilment in begun:
        if not fulfilment.closed and any(left.values()):
            after = _without(fulfilment, left)
            fulfilments.change(connection, cause, fulfilment, after)


def _owed(fulfilment: Fulfilment, line: Any) -> int:
    return int(max(0, line.wanted - handed_over_by_line(fulfilment).get(line.id, 0)))


def _without(fulfilment: Fulfilment, left: dict[str, int]) -> Fulfilment:
    """The fulfilment with fewer units wanted; counts `left` down. Nothing wanted any more: it is cancelled."""
    after = fulfilment
    for line in fulfilment.lines:
        taken = min(left.get(line.order_line_id, 0), _owed(fulfilment, line))
        if taken:
            left[line.order_line_id] -= taken
            after = after.with_line(replace(line, quantity=line.quantity - taken))
    if any(line.wanted for line in after.lines):
        return settled(after)
    # Cancelled as a whole: its lines keep what was asked for, so that people see what they hold.
    return fulfilment.after("cancel")
