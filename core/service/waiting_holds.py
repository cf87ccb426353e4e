"""An order that waits for announced stock, to go out in fewer parcels, keeps what of it lies there already.

These units are reserved like any other and belong to no fulfilment yet. They are free again when the order is decided
anew (with them at its disposal), and as far as it lacks them no more: cancelled, or found elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, select, update

from core.domain.sourcing import Assignment
from core.service.cause import Cause
from core.service.stock import Delta, Movement, move
from core.store import tables as t
from core.store.rows import insert_each

REASON: Final = "waiting"  # in the ledger
_H = t.waiting_holds.c


class Held(NamedTuple):
    """What an order holds where. `skus`: by order line."""

    order_id: str
    division_id: str
    skus: Mapping[str, str]
    units: Sequence[Assignment]


def keep_each(connection: Connection, signed: Iterable[tuple[Cause, Held]]) -> None:
    """What is reserved already."""
    rows = [
        {
            "order_line_id": one.line_id,
            "location_id": one.location_id,
            "order_id": held.order_id,
            "division_id": held.division_id,
            "sku": held.skus[one.line_id],
            "units": one.quantity,
            "made_at": cause.received_at,
        }
        for cause, held in signed
        for one in held.units
    ]
    insert_each(connection, t.waiting_holds, rows)


def of_order(connection: Connection, order_id: str) -> Sequence[Any]:
    query = select(t.waiting_holds).where(_H.order_id == order_id)
    return connection.execute(query.order_by(_H.order_line_id, _H.location_id)).all()


def units_of(connection: Connection, order_id: str) -> dict[str, int]:
    """By order line."""
    found: dict[str, int] = {}
    for row in of_order(connection, order_id):
        found[row.order_line_id] = found.get(row.order_line_id, 0) + row.units
    return found


def let_go(connection: Connection, cause: Cause, order_id: str, line_ids: Iterable[str]) -> bool:
    """All that the order, which is locked, holds of these lines is free. Whether there was any."""
    lines = set(line_ids)
    held = [row for row in of_order(connection, order_id) if row.order_line_id in lines]
    _lessen(connection, cause, [(row, row.units) for row in held])
    return bool(held)


def keep_only(connection: Connection, cause: Cause, order_id: str, lacking: Mapping[str, int]) -> None:
    """Of each line no more than the order, which is locked, lacks."""
    left = dict(lacking)
    less = []
    for row in of_order(connection, order_id):
        kept = min(row.units, left.get(row.order_line_id, 0))
        left[row.order_line_id] = left.get(row.order_line_id, 0) - kept
        less.append((row, row.units - kept))
    _lessen(connection, cause, less)


def give_up(connection: Connection, cause: Cause, name: tuple[str, str], most: int) -> int:
    """Of (order line, location), whose order is locked: how many units it had and lost."""
    row = connection.execute(select(t.waiting_holds).where(*_is(*name))).first()
    units = 0 if row is None else min(row.units, most)
    _lessen(connection, cause, [(row, units)])
    return units


def orders_at(connection: Connection, location_id: str) -> Sequence[str]:
    """Orders that hold something there."""
    query = select(_H.order_id).where(_H.location_id == location_id).distinct()
    return connection.execute(query.order_by(_H.order_id)).scalars().all()


def orders_about(connection: Connection, sku: str) -> Sequence[str]:
    """Orders that hold something, and asked for this article."""
    lines = t.order_lines.c
    query = select(_H.order_id).join_from(t.waiting_holds, t.order_lines, lines.order_id == _H.order_id)
    return connection.execute(query.where(lines.sku == sku).distinct().order_by(_H.order_id)).scalars().all()


def _lessen(connection: Connection, cause: Cause, less: Sequence[tuple[Any, int]]) -> None:
    """`less`: (row, units that it holds no more)."""
    movements = []
    for row, units in less:
        if not units:
            continue
        mine = _is(row.order_line_id, row.location_id)
        if units == row.units:
            connection.execute(delete(t.waiting_holds).where(*mine))
        else:
            connection.execute(update(t.waiting_holds).where(*mine).values(units=_H.units - units))
        of = (row.order_id, "", row.division_id)
        movements.append(Movement(row.location_id, row.sku, "release", Delta(reserved=-units), REASON, *of))
    move(connection, cause, movements)


def _is(order_line_id: str, location_id: str) -> tuple[Any, Any]:
    return _H.order_line_id == order_line_id, _H.location_id == location_id
