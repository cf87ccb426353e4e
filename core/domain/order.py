"""The state of an order is derived from its parts, never set: it cannot disagree with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.fulfilment import Fulfilment, handed_over_by_line
from core.domain.lifecycle import CollectionState, FulfilmentState, OrderState, ParcelState


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What the customer ordered. Units: `cancelled` were taken off by the customer or the retailer."""

    id: str
    quantity: int
    cancelled: int = 0

    @property
    def wanted(self) -> int:
        return max(0, self.quantity - self.cancelled)


class CustomerState(StrEnum):
    """What the customer is told."""

    CONFIRMED = "confirmed"
    BEING_PREPARED = "being_prepared"
    PARTLY_ON_ITS_WAY = "partly_on_its_way"
    ON_ITS_WAY = "on_its_way"
    READY_TO_COLLECT = "ready_to_collect"
    COLLECTED = "collected"
    NOT_COLLECTED = "not_collected"
    CANCELLED = "cancelled"


_UNTOUCHED = frozenset({FulfilmentState.OPEN})
_DEAD = frozenset({FulfilmentState.CANCELLED, FulfilmentState.REJECTED})


NOTHING: Mapping[str, int] = {}


def derive_order_state(
    lines: Iterable[OrderLine],
    fulfilments: Iterable[Fulfilment],
    hold: str = "",
    offered: Mapping[str, int] = NOTHING,
) -> OrderState:
    """`fulfilments`: all that were ever made of the order. `hold`: reason code of an open task on the order, or "".

    `offered`: units by order line that stores may claim now, reserved at one of them.
    WAITING_FOR_STOCK: something wanted is assigned nowhere. A hold shows until something has left the house.
    """
    wanted = {line.id: line.wanted for line in lines}
    all_of_it = tuple(fulfilments)
    sent = sent_units(all_of_it)
    alive = [f for f in all_of_it if f.state not in _DEAD]
    if not any(wanted.values()) and not sent:
        return OrderState.CANCELLED
    if all(sent.get(line_id, 0) >= units for line_id, units in wanted.items()):
        return OrderState.SHIPPED
    if sent:
        return OrderState.PARTLY_SHIPPED
    if hold or any(f.hold for f in alive):
        return OrderState.ON_HOLD
    if any(f.state not in _UNTOUCHED for f in alive):
        return OrderState.IN_PREPARATION
    assigned = assigned_units(alive)
    if any(assigned.get(line_id, 0) + offered.get(line_id, 0) < units for line_id, units in wanted.items()):
        return OrderState.WAITING_FOR_STOCK
    if any(offered.values()):
        return OrderState.ON_OFFER
    return OrderState.RECEIVED


def sent_units(fulfilments: Iterable[Fulfilment]) -> dict[str, int]:
    """Units that carriers have, by order line; lines without any are left out."""
    sent: dict[str, int] = {}
    for fulfilment in fulfilments:
        if any(parcel.state is ParcelState.HANDED_OVER for parcel in fulfilment.parcels):
            units = handed_over_by_line(fulfilment)
            for line in fulfilment.lines:
                if units.get(line.id):
                    sent[line.order_line_id] = sent.get(line.order_line_id, 0) + units[line.id]
    return sent


def assigned_units(fulfilments: Iterable[Fulfilment]) -> dict[str, int]:
    """Units that locations are to get ready or have sent, by order line. Cancelled and rejected: none."""
    assigned: dict[str, int] = {}
    for fulfilment in fulfilments:
        if fulfilment.state not in _DEAD:
            for line in fulfilment.lines:
                assigned[line.order_line_id] = assigned.get(line.order_line_id, 0) + line.wanted
    return assigned


def unassigned_units(
    lines: Iterable[OrderLine], fulfilments: Iterable[Fulfilment], offered: Mapping[str, int] = NOTHING
) -> dict[str, int]:
    """Units to source (again), by order line: what is wanted and neither assigned anywhere, offered nor sent."""
    all_of_it = tuple(fulfilments)
    assigned = assigned_units(all_of_it)
    for line_id, units in offered.items():
        assigned[line_id] = assigned.get(line_id, 0) + units
    for line_id, units in sent_units(f for f in all_of_it if f.state in _DEAD).items():
        assigned[line_id] = assigned.get(line_id, 0) + units
    missing = {line.id: line.wanted - assigned.get(line.id, 0) for line in lines}
    return {line_id: units for line_id, units in missing.items() if units > 0}


CUSTOMER_STATES: Mapping[OrderState, CustomerState] = {
    OrderState.RECEIVED: CustomerState.CONFIRMED,
    OrderState.ON_HOLD: CustomerState.CONFIRMED,
    OrderState.WAITING_FOR_STOCK: CustomerState.CONFIRMED,
    OrderState.ON_OFFER: CustomerState.CONFIRMED,
    OrderState.IN_PREPARATION: CustomerState.BEING_PREPARED,
    OrderState.PARTLY_SHIPPED: CustomerState.PARTLY_ON_ITS_WAY,
    OrderState.SHIPPED: CustomerState.ON_ITS_WAY,
    OrderState.CANCELLED: CustomerState.CANCELLED,
}


# What is fetched at a store; before it lies ready there, the order's own state is told.
COLLECTING_STATES: Mapping[str, CustomerState] = {
    CollectionState.READY: CustomerState.READY_TO_COLLECT,
    CollectionState.COLLECTED: CustomerState.COLLECTED,
    CollectionState.REFUSED: CustomerState.NOT_COLLECTED,
    CollectionState.EXPIRED: CustomerState.NOT_COLLECTED,
}


def customer_state(state: OrderState, collection: str = "") -> CustomerState:
    """`collection`: state of what is fetched at a store, or ""."""
    return COLLECTING_STATES.get(collection, CUSTOMER_STATES[state])
