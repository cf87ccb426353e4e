"""The order row follows its parts: after anything happened to them its state is derived again, and a change is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import OfferState, OrderState
from core.domain.order import OrderLine, derive_order_state, sent_units, unassigned_units
from core.domain.transitions import Transition
from core.service import announced, collections, fulfilments, waiting_holds
from core.service.cause import Cause
from core.service.events import Happening, record_each
from core.service.legs import as_seen, legs_of
from core.store import tables as t

TOLD: Final[Mapping[OrderState, str]] = {
    OrderState.RECEIVED: "OrderWaitsForWork",
    OrderState.ON_OFFER: "OrderWaitsForClaim",
    OrderState.ON_HOLD: "OrderWaitsForAnswer",
    OrderState.WAITING_FOR_STOCK: "OrderWaitsForStock",
    OrderState.IN_PREPARATION: "OrderBegun",
    OrderState.PARTLY_SHIPPED: "OrderPartlyShipped",
    OrderState.SHIPPED: "OrderShipped",
    OrderState.CANCELLED: "OrderCancelled",
}


@dataclass(frozen=True, slots=True)
class OrderParts:
    """An order under lock: its row, the rows of its lines by position, all its fulfilments by number.

    `offered`: units by order line that stores may claim now. `legs`: rows of the parts that travel to another place.
    """

    row: Any
    lines: Sequence[Any]
    fulfilments: Sequence[Fulfilment]
    offered: Mapping[str, int] = field(default_factory=dict)
    legs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seen(self) -> Sequence[Fulfilment]:
        """As far as they are the customer's: without what has arrived where the order is gathered."""
        return as_seen(self.fulfilments, self.legs) if self.legs else self.fulfilments

    @property
    def ordered(self) -> list[OrderLine]:
        return [OrderLine(line.id, line.quantity, line.cancelled) for line in self.lines]

    @property
    def unassigned(self) -> dict[str, int]:
        """Units by order line that no place has and no store may claim."""
        return unassigned_units(self.ordered, self.seen, self.offered)


def load(connection: Connection, order_id: str, lock: bool = False) -> OrderParts | None:
    """With `lock` the order is locked until the transaction ends; lock its fulfilments before, never after."""
    query = select(t.orders).where(t.orders.c.id == order_id)
    row = connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    if row is None:
        return None
    lines = select(t.order_lines).where(t.order_lines.c.order_id == order_id).order_by(t.order_lines.c.position)
    known = fulfilments.load_of_order(connection, order_id)
    legs = legs_of(connection, order_id) if row.options.get("gather_at") else {}
    return OrderParts(row, connection.execute(lines).all(), known, _offered(connection, order_id), legs)


def _offered(connection: Connection, order_id: str) -> dict[str, int]:
    o = t.offers.c
    query = select(o.lines).where(o.order_id == order_id, o.state == OfferState.OPEN.value)
    units: dict[str, int] = {}
    for lines in connection.execute(query).scalars():
        for line in lines:
            units[line["order_line_id"]] = units.get(line["order_line_id"], 0) + line["units"]
    return units


def refresh(connection: Connection, cause: Cause, order_id: str, reason: str = "") -> OrderState | None:
    """Writes the derived state and tells the change. `reason`: somebody's, by code. None: there is no such order."""
    parts = load(connection, order_id, lock=True)
    return None if parts is None else follow(connection, [(cause, parts)], reason)[0]


def follow(connection: Connection, signed: Sequence[tuple[Cause, OrderParts]], reason: str = "") -> list[OrderState]:
    """As `refresh`, for orders under lock, in one statement. Where `parts.row` can be changed, it follows too."""
    states, changes, told = [], [], []
    for cause, parts in signed:
        row = parts.row
        if row.options.get("gather_at") and not parts.legs:
            parts = replace(parts, legs=legs_of(connection, row.id))
        fetched = collections.follow(connection, cause, parts) if row.options.get("collect_at") else None
        collection = fetched.value if fetched else ""
        state = derive_order_state(parts.ordered, parts.seen, row.hold, parts.offered)
        waiting = bool(parts.unassigned)
        if waiting and row.source_at is not None and row.source_at > cause.received_at:
            # Left alone for now: it waits for its time, not for stock.
            state, waiting = OrderState.ON_HOLD if row.hold else OrderState.RECEIVED, False
        if row.waiting:
            _free_announced(connection, cause, parts, waiting)
        states.append(state)
        if state.value != row.state:
            told.append((cause, _told(cause, parts, state, reason)))
        if (state.value, waiting, collection) != (row.state, row.waiting, row.collection):
            change = {"b_state": state.value, "b_waiting": waiting, "b_collection": collection}
            changes.append(change | {"b_id": row.id})
            if isinstance(row, SimpleNamespace):
                row.state, row.waiting, row.collection = state.value, waiting, collection
                row.version += 1
    if changes:
        connection.execute(_FOLLOW, changes)
    record_each(connection, told)
    return states


def _told(cause: Cause, parts: OrderParts, state: OrderState, reason: str) -> Happening:
    """Why: a reason that somebody gave, what it was done for, and the units that the state was derived from."""
    row = parts.row
    data = {
        "number": row.number,
        "before": row.state,
        "because": cause.because,
        "units": sum(line.wanted for line in parts.ordered),
        "sent": sum(sent_units(parts.seen).values()),
        "offered": sum(parts.offered.values()),
        "lacking": sum(parts.unassigned.values()),
    }
    change = Transition("order", row.id, row.state, state.value)
    if state is OrderState.ON_HOLD:
        reason = row.hold or next((one.hold for one in parts.seen if one.hold), reason)
    return Happening(TOLD[state], "order", row.id, row.id, data, reason, (change,))


def _free_announced(connection: Connection, cause: Cause, parts: OrderParts, waiting: bool) -> None:
    """Only an order that waits holds stock, on hand or announced, and of that only what it lacks."""
    lacking = parts.unassigned if waiting else {}
    waiting_holds.keep_only(connection, cause, parts.row.id, lacking)
    announced.cover(connection, cause, parts.row, parts.lines, lacking)


_O = t.orders.c
_FOLLOW = (
    update(t.orders)
    .where(_O.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        waiting=bindparam("b_waiting"),
        collection=bindparam("b_collection"),
        version=_O.version + 1,
    )
)
