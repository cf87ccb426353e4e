"""Parts of an order on their way to the place where it is gathered: a fulfilment whose parcels go there.

For the customer such a part is neither sent nor arrived; what its place has there waits until all parts are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.contract import reference
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState
from core.service import fulfilments
from core.service.cause import Cause
from core.service.events import Happening, record
from core.store import documents
from core.store import tables as t

# Their arrival alone ends it.
GATHERING = reference.GATHERING
_GONE = (FulfilmentState.CANCELLED, FulfilmentState.REJECTED)


def legs_of(connection: Connection, order_id: str) -> Mapping[str, Any]:
    """Rows by fulfilment id."""
    leg = t.order_legs.c
    return {row.fulfilment_id: row for row in connection.execute(select(t.order_legs).where(leg.order_id == order_id))}


def as_seen(known: Sequence[Fulfilment], legs: Mapping[str, Any]) -> list[Fulfilment]:
    """Fulfilments as the order's state sees them: a part that has arrived is part of the place it came to."""
    seen = []
    for fulfilment in known:
        leg = legs.get(fulfilment.id)
        if leg is None:
            seen.append(replace(fulfilment, hold="") if fulfilment.hold == GATHERING else fulfilment)
        elif leg.received_at is None:
            sent = fulfilment.state is FulfilmentState.SHIPPED
            seen.append(replace(fulfilment, parcels=(), state=FulfilmentState.PACKED if sent else fulfilment.state))
    return seen


def send(connection: Connection, cause: Cause, order: Any, made: Sequence[Fulfilment], at: str) -> list[Fulfilment]:
    """What was just made for an order that is gathered at this place; the parts of other places go there."""
    if order.options.get("gather_at") != at:
        options = {**order.options, "gather_at": at}
        connection.execute(update(t.orders).where(t.orders.c.id == order.id).values(options=options))
        if isinstance(order, SimpleNamespace):  # an order that is being received: its row is still written to
            order.options = options
    known = legs_of(connection, order.id)
    address = fulfilments.address_of(connection, at, order.number)
    after = []
    for fulfilment in made:
        if fulfilment.location_id != at and fulfilment.id not in known:
            row = {"fulfilment_id": fulfilment.id, "order_id": order.id, "to_location_id": at, "received_at": None}
            connection.execute(insert(t.order_legs), [row | {"received_by": ""}])
            to = replace(fulfilment, ship_to=address)
            documents.save(connection, fulfilment, to)
            told = {"number": to.number, "to": at}
            record(connection, cause, [Happening("LegPlanned", "fulfilment", to.id, order.id, told)])
            fulfilment = to
        after.append(fulfilment)
    return settle(connection, order, at, after)


def settle(connection: Connection, order: Any, at: str, known: Sequence[Fulfilment]) -> list[Fulfilment]:
    """What lies at the gathering place waits while parts are on their way to it, and no longer."""
    f, leg = t.fulfilments.c, t.order_legs.c
    on_the_way = (
        select(leg.fulfilment_id)
        .join_from(t.order_legs, t.fulfilments, f.id == leg.fulfilment_id)
        .where(leg.order_id == order.id, leg.received_at.is_(None), f.state.notin_(_GONE))
    )
    hold = GATHERING if connection.execute(on_the_way.limit(1)).first() else order.hold
    settled = []
    for fulfilment in known:
        if fulfilment.location_id == at and not fulfilment.closed and fulfilment.hold != hold:
            after = replace(fulfilment, hold=hold)
            documents.save(connection, fulfilment, after)
            fulfilment = after
        settled.append(fulfilment)
    return settled
