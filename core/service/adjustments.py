"""Corrections of stock by people at head office: counted, declared unavailable, protected; with a reason and a name."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.domain import stock as rules
from core.service import resourcing, surplus
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Refusal, unknown
from core.service.stock import Delta, Movement, make_positions, move
from core.service.stock_effects import positions
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Adjustment:
    """To these numbers; None leaves one as it is."""

    location_id: str
    sku: str
    on_hand: int | None = None
    unavailable: int | None = None
    safety: int | None = None
    reason: str = ""


def adjust(connection: Connection, cause: Cause, wanted: Adjustment) -> Delta | Refusal:
    """What changed. Orders that wait for the article are served at once; what it had promised
    and has no more is sourced elsewhere soon after."""
    if connection.execute(select(t.locations.c.id).where(t.locations.c.id == wanted.location_id)).first() is None:
        return unknown("location", wanted.location_id)
    if connection.execute(select(t.variants.c.id).where(t.variants.c.id == wanted.sku)).first() is None:
        return unknown("variant", wanted.sku)
    make_positions(connection, wanted.location_id, [wanted.sku])
    before = positions(connection, wanted.location_id, [wanted.sku], lock=True)[wanted.sku]
    delta = Delta(
        on_hand=0 if wanted.on_hand is None else wanted.on_hand - before.on_hand,
        unavailable=0 if wanted.unavailable is None else wanted.unavailable - before.unavailable,
        safety=0 if wanted.safety is None else wanted.safety - before.safety,
    )
    kind = rules.MovementKind.COUNT if delta.on_hand else rules.MovementKind.DECLARED_UNAVAILABLE
    move(connection, cause, [Movement(wanted.location_id, wanted.sku, kind.value, delta, wanted.reason)])
    told = {"sku": wanted.sku, "on_hand": delta.on_hand, "unavailable": delta.unavailable, "safety": delta.safety}
    subject = f"{wanted.location_id}:{wanted.sku}"
    record(connection, cause, [Happening("StockAdjusted", "position", subject, data=told, reason=wanted.reason)])
    if delta.on_hand > 0 or delta.unavailable < 0 or delta.safety < 0:
        resourcing.serve_waiting(connection, cause, {wanted.sku})
    if delta.on_hand < 0:
        surplus.watch(connection, cause, [(wanted.location_id, wanted.sku)])
    return delta
