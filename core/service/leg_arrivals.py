"""A part of an order arrives where the order is gathered: it is stock there, kept for it; the last one frees it."""

from sqlalchemy import Connection, update

from core.domain.fulfilment import handed_over_by_line
from core.domain.lifecycle import FulfilmentState
from core.domain.sourcing import Assignment
from core.service import allocation, fulfilments, legs, order_state
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.service.stock import Delta, Movement, move
from core.store import tables as t


def receive(connection: Connection, cause: Cause, order_id: str, fulfilment_id: str) -> Refusal | None:
    """Once; saying it again changes nothing. 409 `leg_not_sent` while its place still has it."""
    known = {one.id: one for one in fulfilments.load_of_order(connection, order_id, lock=True)}
    parts = order_state.load(connection, order_id, lock=True)
    leg = legs.legs_of(connection, order_id).get(fulfilment_id)
    if parts is None or leg is None:
        return unknown("leg", fulfilment_id)
    if leg.received_at is not None:
        return None
    sent = known[fulfilment_id]
    if sent.state is not FulfilmentState.SHIPPED:
        return Refusal("leg_not_sent", Kind.CONFLICT, {"state": sent.state.value})
    here = update(t.order_legs).where(t.order_legs.c.fulfilment_id == fulfilment_id)
    connection.execute(here.values(received_at=cause.received_at, received_by=cause.user_id))
    parts = order_state.load(connection, order_id, lock=True)
    assert parts is not None
    wanted, gone = parts.unassigned, handed_over_by_line(sent)
    assignments, movements = [], []
    for line in sent.lines:
        units = gone.get(line.id, 0)
        kept = min(units, wanted.get(line.order_line_id, 0))
        delta = Delta(on_hand=units, reserved=kept)
        of = (order_id, "", parts.row.division_id)
        movements.append(Movement(leg.to_location_id, line.sku, "transfer", delta, "gathered", *of))
        if kept:
            assignments.append(Assignment(leg.to_location_id, line.order_line_id, kept))
    move(connection, cause, movements)
    made = allocation.give(connection, cause, parts, assignments)
    there = [one for one in fulfilments.load_of_order(connection, order_id) if one.location_id == leg.to_location_id]
    legs.settle(connection, parts.row, leg.to_location_id, there)
    told = {"number": sent.number, "at": leg.to_location_id, "parts": len(made)}
    record(connection, cause, [Happening("LegReceived", "fulfilment", fulfilment_id, order_id, told)])
    order_state.refresh(connection, cause, order_id)
    return None
