"""A place that turns out to have less than it promised: the reservations that it cannot keep move elsewhere.

Who corrects a position down only leaves work for later, in its transaction: orders are locked before their stock, as
everywhere. The oldest promise is kept first, whether a place works on it or it holds its units while it waits; units in
somebody's hands are there, whatever was counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, select

from core.contract.reference import STOCK_CORRECTED
from core.domain.fulfilment import CLOSED_STATES, Fulfilment, Line
from core.domain.picking import report_short
from core.service import fulfilments, order_state, resourcing, waiting_holds
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job, schedule
from core.service.stock_effects import positions
from core.store import documents
from core.store import tables as t

RESOURCE: Final = "resource_surplus"
REASON: Final = STOCK_CORRECTED
AT_ONCE: Final = 50
CLOSED: Final = tuple(sorted(state.value for state in CLOSED_STATES))
Key = tuple[str, str]  # location, SKU


def watch(connection: Connection, cause: Cause, keys: Iterable[Key]) -> int:
    """To be called after these positions went down. How many hold less than is reserved of them."""
    by_place: dict[str, list[str]] = {}
    for location_id, sku in sorted(set(keys)):
        by_place.setdefault(location_id, []).append(sku)
    short = [
        (location_id, sku)
        for location_id, skus in by_place.items()
        for sku, position in positions(connection, location_id, skus).items()
        if position.reserved > position.on_hand
    ]
    leave(connection, cause, short)
    return len(short)


def leave(connection: Connection, cause: Cause, short: Sequence[Key]) -> None:
    """As `watch`, for positions that are known to hold less than is reserved."""
    jobs = [
        Job(RESOURCE, cause.received_at, arguments={"keys": [list(key) for key in short[start : start + AT_ONCE]]})
        for start in range(0, len(short), AT_ONCE)
    ]
    schedule(connection, cause, jobs)


@dataclass(frozen=True, slots=True)
class _Owed:
    """A line that waits to be picked, and until when its order was promised.

    `fulfilment_id` "": a line of the order, which holds units and is in no fulfilment.
    """

    order_id: str
    fulfilment_id: str
    line_id: str
    promised: tuple[Any, Any, str]


def resource(connection: Connection, cause: Cause, keys: Iterable[Key]) -> int:
    """Takes what these positions cannot give from the newest promises, and sources it again. How many units."""
    moved = 0
    for location_id, sku in sorted(set(keys)):
        owed = [*_owed(connection, location_id, sku), *_held(connection, location_id, sku)]
        known = _locked(connection, owed)
        position = positions(connection, location_id, [sku], lock=True).get(sku)
        over = position.reserved - position.on_hand if position else 0
        orders: dict[str, None] = {}
        for one in sorted(owed, key=lambda owed: owed.promised, reverse=True):
            if over <= 0:
                break
            if one.fulfilment_id:
                taken = _take(connection, cause, known, one, over)
            else:
                taken = waiting_holds.give_up(connection, cause, (one.line_id, location_id), over)
            if taken:
                over, moved = over - taken, moved + taken
                orders[one.order_id] = None
        for order_id in sorted(orders):
            resourcing.source_again(connection, cause, order_id)
            order_state.refresh(connection, cause, order_id)
    return moved


def _owed(connection: Connection, location_id: str, sku: str) -> list[_Owed]:
    f, line = t.fulfilments.c, t.fulfilment_lines.c
    query = (
        select(f.order_id, f.id, line.id.label("line_id"), f.target_at, f.placed_at)
        .join_from(t.fulfilments, t.fulfilment_lines, line.fulfilment_id == f.id)
        .where(line.sku == sku, f.location_id == location_id, f.state.not_in(CLOSED))
    )
    rows = connection.execute(query)
    return [_Owed(row.order_id, row.id, row.line_id, (row.target_at, row.placed_at, row.id)) for row in rows]


def _held(connection: Connection, location_id: str, sku: str) -> list[_Owed]:
    """What waiting orders hold."""
    o, h = t.orders.c, t.waiting_holds.c
    query = (
        select(h.order_id, h.order_line_id, o.target_at, o.placed_at)
        .join_from(t.waiting_holds, t.orders, o.id == h.order_id)
        .where(h.location_id == location_id, h.sku == sku)
    )
    rows = connection.execute(query)
    return [_Owed(row.order_id, "", row.order_line_id, (row.target_at, row.placed_at, row.order_id)) for row in rows]


def _locked(connection: Connection, owed: Sequence[_Owed]) -> dict[str, Fulfilment]:
    """All work of these orders, and then those orders of which what they hold may be taken."""
    f, o = t.fulfilments.c, t.orders.c
    waiting = {one.order_id for one in owed if not one.fulfilment_id}
    theirs = connection.execute(select(f.id).where(f.order_id.in_(waiting))).scalars() if waiting else ()
    known = documents.load_fulfilments(
        connection, sorted({*theirs, *(one.fulfilment_id for one in owed if one.fulfilment_id)}), lock=True
    )
    if waiting:
        query = select(o.id).where(o.id.in_(waiting)).order_by(o.id)
        connection.execute(query.with_for_update(key_share=True)).all()
    return known


def _take(connection: Connection, cause: Cause, known: dict[str, Fulfilment], owed: _Owed, over: int) -> int:
    """Units that the line gives up; `known` follows."""
    before = known[owed.fulfilment_id]
    line = before.line(owed.line_id)
    units = min(over, line.remaining) if line is not None and not before.closed else 0
    if line is None or not units:
        return 0
    after, outcome = report_short(before, line.id, units, REASON)
    known[after.id] = after
    named = fulfilments.change(connection, cause, before, after, line.id)
    told = _happening(after, line, {"quantity": units, "outcome": outcome.code})
    record(connection, cause, [replace(told, transitions=named)])
    return units


def _happening(fulfilment: Fulfilment, line: Line, told: Mapping[str, Any]) -> Happening:
    about = {"number": fulfilment.number, "short_id": fulfilment.short_id, "sku": line.sku, "name": line.name}
    data = {"fulfilment_id": fulfilment.id, "line_id": line.id, **about, **told}
    return Happening("LineShort", "fulfilment", fulfilment.id, fulfilment.order_id, data, REASON)
