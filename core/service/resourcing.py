"""What is short at one place is fetched from another: never again from where it could not be found for this order,
unless the division's rules allow that it is asked again.
"""

import orjson
from sqlalchemy import Connection, NestedTransaction, select
from sqlalchemy.exc import OperationalError

from core.domain.lifecycle import FulfilmentState
from core.service import aiming, later, order_state, placing, rulesets
from core.service.aiming import Placed
from core.service.allocation import Terms
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job
from core.service.order_state import OrderParts
from core.service.sourcing import SOURCE_AGAIN
from core.store import tables as t
from core.store.database import is_deadlock


def source_again(connection: Connection, cause: Cause, order_id: str) -> bool:
    """Finds a place for what is assigned nowhere. Whether anything was assigned or offered; the rest waits."""
    parts = order_state.load(connection, order_id, lock=True)
    if parts is None:
        return False
    wanted = parts.unassigned
    early = parts.row.source_at is not None and parts.row.source_at > cause.received_at
    if early or not wanted:
        return False
    ruleset, _ = rulesets.live(connection, parts.row.division_id, cause.received_at)
    failed = {} if ruleset.resourcing.ask_again else failed_places(parts)
    made = placing.place(connection, cause, parts, wanted, Terms("resourcing", failed))
    aiming.promise_each(connection, [Placed(cause, parts, made)])
    lines = {line.id: line for line in parts.lines}
    if made.missing:
        waiting = [{"sku": lines[id].sku, "units": units} for id, units in sorted(made.missing.items())]
        record(connection, cause, [Happening("LinesWaitForStock", "order", order_id, order_id, {"lines": waiting})])
    return bool(made.targets)


def failed_places(parts: OrderParts) -> dict[str, frozenset[str]]:
    """By order line: the locations that reported it short, refused it, or had it taken away."""
    failed: dict[str, set[str]] = {}
    for fulfilment in parts.fulfilments:
        for line in fulfilment.lines:
            if line.short or fulfilment.state is FulfilmentState.REJECTED:
                failed.setdefault(line.order_line_id, set()).add(fulfilment.location_id)
    return {line_id: frozenset(places) for line_id, places in failed.items()}


def serve_waiting(connection: Connection, cause: Cause, skus: set[str], limit: int = 200) -> int:
    """Orders that wait for one of these articles are sourced again, most urgent first. How many moved on.

    Who brings stock holds its positions already, so waiting here for what another one holds could close a ring. An
    order that somebody works on is left to a job of its own; after a ring that the database broke, so are all the rest.
    """
    if not skus:
        return 0
    postgres = connection.dialect.name == "postgresql"
    asked = sorted(skus)
    # As the driver takes it: an import may raise all that a network has, and names for them are slow to compile.
    found = connection.exec_driver_sql(
        _WAITING_POSTGRES if postgres else _WAITING_SQLITE,
        (asked if postgres else orjson.dumps(asked).decode(), limit),
    )
    waiting = list(found.scalars())
    served, left = 0, []
    for number, order_id in enumerate(waiting):
        savepoint = connection.begin_nested()
        try:
            free = _lock_if_free(connection, order_id)
            moved = free and source_again(connection, cause, order_id)
            if moved:
                order_state.refresh(connection, cause, order_id)
        except OperationalError as fault:
            if not is_deadlock(fault):
                raise
            _roll_back_to(connection, savepoint)
            left += waiting[number:]
            break
        savepoint.commit()
        served += moved
        left += [] if free else [order_id]
    later.schedule(connection, cause, [Job(SOURCE_AGAIN, cause.received_at, order_id) for order_id in left])
    return served


def _roll_back_to(connection: Connection, savepoint: NestedTransaction) -> None:
    """With the savepoints inside it that the fault left open."""
    while (inner := connection.get_nested_transaction()) is not None and inner is not savepoint:
        inner.rollback()
    savepoint.rollback()


def _lock_if_free(connection: Connection, order_id: str) -> bool:
    """Its fulfilments before the order, as everywhere; without waiting for anybody."""
    f, o = t.fulfilments.c, t.orders.c
    work = select(f.id).where(f.order_id == order_id)
    known = connection.execute(work).scalars().all()
    locked = connection.execute(work.with_for_update(skip_locked=True)).scalars().all()
    mine = select(o.id).where(o.id == order_id).with_for_update(key_share=True, skip_locked=True)
    return len(locked) == len(known) and connection.execute(mine).first() is not None


_WAITING = """
    SELECT o.id FROM customer_order o JOIN order_line l ON l.order_id = o.id
    WHERE o.waiting = true AND l.sku {within} GROUP BY o.id, o.target_at ORDER BY o.target_at, o.id LIMIT {limit}
"""
_WAITING_SQLITE = _WAITING.format(within="IN (SELECT value FROM json_each(?))", limit="?")
_WAITING_POSTGRES = _WAITING.format(within="= ANY(%s)", limit="%s")
