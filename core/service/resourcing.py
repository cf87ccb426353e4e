"""What is short at one place is fetched from another: never again from where it could not be found for this order,
unless the division's rules allow that it is asked again.
"""

from sqlalchemy import Connection, select

from core.domain.lifecycle import FulfilmentState
from core.service import aiming, order_state, placing, rulesets
from core.service.aiming import Placed
from core.service.allocation import Terms
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.order_state import OrderParts
from core.store import tables as t


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
    """Orders that wait for one of these articles are sourced again, most urgent first. How many moved on."""
    o, lines = t.orders.c, t.order_lines.c
    query = (
        select(o.id)
        .join_from(t.orders, t.order_lines, lines.order_id == o.id)
        .where(o.waiting, lines.sku.in_(sorted(skus)))
        .group_by(o.id, o.target_at)
        .order_by(o.target_at, o.id)
        .limit(limit)
    )
    served = 0
    for order_id in connection.execute(query).scalars().all():
        if source_again(connection, cause, order_id):
            order_state.refresh(connection, cause, order_id)
            served += 1
    return served
