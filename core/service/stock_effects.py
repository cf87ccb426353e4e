"""What a fact about a fulfilment does to the stock: the difference between what it held before and what it holds after.

Derived from the documents and not from the command, so that the buckets of a position always equal the sum of what the
fulfilments hold, in whatever order facts arrive. What a short pick says of the rest of the shelf comes from its reason.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from core.domain import stock as rules
from core.domain.fulfilment import Fulfilment
from core.service.cause import Cause
from core.service.stock import Delta, Movement, move
from core.service.stock_notes import Note, note
from core.store import tables as t

TAKES_FROM_THE_SHELF = (rules.MovementKind.PICK, rules.MovementKind.SHIP)


def apply_to_stock(connection: Connection, cause: Cause, before: Fulfilment | None, after: Fulfilment | None) -> None:
    """Moves the stock of the fulfilment's location and writes the ledger, in the transaction that saves `after`.

    `before` is None where the order is assigned, `after` is None where it leaves for another location.
    """
    fulfilment = after or before
    moved = rules.line_movements(before, after)
    if fulfilment is None or not moved:
        return
    reasons = {line.id: line.short_reason for line in fulfilment.lines}
    shorts = [one for one in moved if one.movement.kind is rules.MovementKind.SHORT]
    movements = [
        _movement(fulfilment, one.sku, one.movement, reasons.get(one.line_id, "") if one in shorts else "")
        for one in moved
    ]
    move(connection, cause, movements)
    for one in shorts:
        _correct(connection, cause, fulfilment, one, reasons[one.line_id])
    taken = {one.sku for one in moved if one.movement.kind in TAKES_FROM_THE_SHELF}
    if taken:
        move(connection, cause, _found(connection, fulfilment, taken))


def _movement(fulfilment: Fulfilment, sku: str, movement: rules.Movement, reason: str = "") -> Movement:
    delta = Delta(movement.on_hand, movement.reserved, movement.picked, movement.unavailable)
    kind = movement.kind.value
    of = (fulfilment.order_id, fulfilment.id, fulfilment.division_id)
    return Movement(fulfilment.location_id, sku, kind, delta, reason, *of)


def _correct(
    connection: Connection, cause: Cause, fulfilment: Fulfilment, short: rules.LineMovement, reason: str
) -> None:
    """What the reason of a short pick says about the rest of the shelf."""
    r = t.reasons.c
    rule = connection.execute(select(r.effect, r.target).where(r.id == reason)).first()
    if rule is None:
        return
    position = positions(connection, fulfilment.location_id, [short.sku], lock=True)[short.sku]
    effect, target = rules.StockEffect(rule.effect), rules.StockTarget(rule.target)
    found = rules.shortage_movements(position, -short.movement.reserved, effect, target)
    move(connection, cause, [_movement(fulfilment, short.sku, movement, reason) for movement in found])
    for movement in found:
        if movement.unavailable > 0:  # reviewed at the end of the day
            units = movement.unavailable
            note(connection, cause, Note(fulfilment.location_id, short.sku, units, reason, origin="short_pick"))


def _found(connection: Connection, fulfilment: Fulfilment, skus: Iterable[str]) -> list[Movement]:
    """Corrections of books that somebody's hands have proven wrong."""
    movements = []
    for sku, position in positions(connection, fulfilment.location_id, skus).items():
        found = rules.found_movement(position)
        on_hand = found.on_hand if found else 0
        shelf = max(0, position.on_hand + on_hand - position.picked)
        unavailable = min(0, shelf - position.unavailable)
        correction = rules.Movement(rules.MovementKind.CORRECTION, on_hand=on_hand, unavailable=unavailable)
        movements.append(_movement(fulfilment, sku, correction, "found"))
    return movements


def positions(
    connection: Connection, location_id: str, skus: Iterable[str], lock: bool = False
) -> Mapping[str, rules.Position]:
    """By SKU; those that exist."""
    p = t.positions.c
    columns = (p.sku, p.on_hand, p.reserved, p.picked, p.unavailable, p.safety)
    query = select(*columns).where(p.location_id == location_id, p.sku.in_(sorted(skus))).order_by(p.sku)
    rows = connection.execute(query.with_for_update() if lock else query)
    return {row.sku: rules.Position(*row[1:]) for row in rows}
