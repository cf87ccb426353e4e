"""Lifecycles are tables: `TABLE[state][event] -> next state`. What is not in the table cannot happen."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class FulfilmentState(StrEnum):
    OPEN = "open"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class ParcelState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    LOADED = "loaded"
    HANDED_OVER = "handed_over"


class LineState(StrEnum):
    """Of one article of a fulfilment; derived (`core.domain.transitions`)."""

    OPEN = "open"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    SHORT = "short"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"


class ManifestState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class OfferState(StrEnum):
    """Of an offer, and of the copy of it that one store sees."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"  # by the store whose copy it is; others still see theirs open
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


class CollectionState(StrEnum):
    """Of what a customer fetches at a store."""

    EXPECTED = "expected"
    ARRIVED = "arrived"  # all of it is in the house
    READY = "ready"  # on its shelf, the customer may come
    COLLECTED = "collected"
    REFUSED = "refused"  # the customer took nothing, or all of it is back on the shelves
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    RECEIVED = "received"
    ON_OFFER = "on_offer"
    ON_HOLD = "on_hold"
    WAITING_FOR_STOCK = "waiting_for_stock"
    IN_PREPARATION = "in_preparation"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


FULFILMENT: Mapping[str, Mapping[str, FulfilmentState]] = {
    FulfilmentState.OPEN: {
        "start": FulfilmentState.PICKING,
        "finish_picking": FulfilmentState.PICKED,
        "reject": FulfilmentState.REJECTED,
        "cancel": FulfilmentState.CANCELLED,
    },
    FulfilmentState.PICKING: {
        "set_aside": FulfilmentState.OPEN,
        "finish_picking": FulfilmentState.PICKED,
        "reject": FulfilmentState.REJECTED,
        "cancel": FulfilmentState.CANCELLED,
    },
    FulfilmentState.PICKED: {
        "reopen_picking": FulfilmentState.PICKING,
        "finish_packing": FulfilmentState.PACKED,
        "reject": FulfilmentState.REJECTED,
        "cancel": FulfilmentState.CANCELLED,
    },
    FulfilmentState.PACKED: {
        "unpack": FulfilmentState.PICKED,
        "ship": FulfilmentState.SHIPPED,
        "cancel": FulfilmentState.CANCELLED,
    },
    FulfilmentState.SHIPPED: {},
    FulfilmentState.CANCELLED: {"ship": FulfilmentState.SHIPPED},
    FulfilmentState.REJECTED: {"ship": FulfilmentState.SHIPPED},
}

PARCEL: Mapping[str, Mapping[str, ParcelState]] = {
    # A driver may have one that nobody closed or loaded, as far as is known here.
    ParcelState.OPEN: {"close": ParcelState.CLOSED, "hand_over": ParcelState.HANDED_OVER},
    ParcelState.CLOSED: {
        "reopen": ParcelState.OPEN,
        "load": ParcelState.LOADED,
        "hand_over": ParcelState.HANDED_OVER,
    },
    ParcelState.LOADED: {"unload": ParcelState.CLOSED, "hand_over": ParcelState.HANDED_OVER},
    ParcelState.HANDED_OVER: {},
}

_LINE_IN_HAND: Mapping[str, LineState] = {
    "report_short": LineState.SHORT,
    "reject": LineState.REJECTED,
    "cancel": LineState.CANCELLED,
    "ship": LineState.SHIPPED,
}
LINE: Mapping[str, Mapping[str, LineState]] = {
    LineState.OPEN: {"pick": LineState.PICKED, "pack": LineState.PACKED, **_LINE_IN_HAND},
    LineState.PICKED: {"put_back": LineState.OPEN, "pack": LineState.PACKED, **_LINE_IN_HAND},
    LineState.PACKED: {"unpack": LineState.PICKED, "put_back": LineState.OPEN, **_LINE_IN_HAND},
    LineState.SHIPPED: {},
    # Work that nobody has begun may be given more units of an article it could not find, or that was cancelled.
    LineState.SHORT: {"extend": LineState.OPEN, "ship": LineState.SHIPPED},
    LineState.REJECTED: {"report_short": LineState.SHORT, "ship": LineState.SHIPPED},
    LineState.CANCELLED: {
        "extend": LineState.OPEN,
        "report_short": LineState.SHORT,
        "ship": LineState.SHIPPED,
    },
}

# The state of an order is derived from its parts (`core.domain.order`): an event says what became of them.
_ORDER_AT_HOME: Mapping[str, OrderState] = {
    "assign": OrderState.RECEIVED,
    "offer": OrderState.ON_OFFER,
    "hold": OrderState.ON_HOLD,
    "lack": OrderState.WAITING_FOR_STOCK,
    "begin": OrderState.IN_PREPARATION,
    "send_part": OrderState.PARTLY_SHIPPED,
    "send": OrderState.SHIPPED,
    "cancel": OrderState.CANCELLED,
}


def _to_others(state: OrderState) -> Mapping[str, OrderState]:
    return {event: target for event, target in _ORDER_AT_HOME.items() if target is not state}


ORDER: Mapping[str, Mapping[str, OrderState]] = {
    OrderState.RECEIVED: _to_others(OrderState.RECEIVED),
    OrderState.ON_OFFER: _to_others(OrderState.ON_OFFER),
    OrderState.ON_HOLD: _to_others(OrderState.ON_HOLD),
    OrderState.WAITING_FOR_STOCK: _to_others(OrderState.WAITING_FOR_STOCK),
    OrderState.IN_PREPARATION: _to_others(OrderState.IN_PREPARATION),
    OrderState.PARTLY_SHIPPED: {"send": OrderState.SHIPPED},
    OrderState.SHIPPED: {},
    # The driver had it already.
    OrderState.CANCELLED: {"send": OrderState.SHIPPED},
}

RUN: Mapping[str, Mapping[str, RunState]] = {
    RunState.ACTIVE: {"pause": RunState.PAUSED, "take_over": RunState.ACTIVE, "finish": RunState.FINISHED},
    RunState.PAUSED: {"resume": RunState.ACTIVE, "take_over": RunState.ACTIVE, "finish": RunState.FINISHED},
    RunState.FINISHED: {},
}

MANIFEST: Mapping[str, Mapping[str, ManifestState]] = {
    ManifestState.OPEN: {"close": ManifestState.CLOSED},
    ManifestState.CLOSED: {},
}

OFFER: Mapping[str, Mapping[str, OfferState]] = {
    OfferState.OPEN: {
        "claim": OfferState.TAKEN,
        "decline": OfferState.DECLINED,
        "time_out": OfferState.EXPIRED,
        "withdraw": OfferState.WITHDRAWN,
    },
    OfferState.TAKEN: {"release": OfferState.RELEASED},
    OfferState.DECLINED: {
        "claim": OfferState.TAKEN,
        "time_out": OfferState.EXPIRED,
        "withdraw": OfferState.WITHDRAWN,
    },
    OfferState.EXPIRED: {},
    OfferState.WITHDRAWN: {},
    OfferState.RELEASED: {},
}

_TAKEN = {"hand_over": CollectionState.COLLECTED, "refuse": CollectionState.REFUSED}
COLLECTION: Mapping[str, Mapping[str, CollectionState]] = {
    CollectionState.EXPECTED: {
        "arrive": CollectionState.ARRIVED,
        "put_away": CollectionState.READY,
        "cancel": CollectionState.CANCELLED,
        **_TAKEN,
    },
    CollectionState.ARRIVED: {"put_away": CollectionState.READY, "cancel": CollectionState.CANCELLED, **_TAKEN},
    CollectionState.READY: {"expire": CollectionState.EXPIRED, "cancel": CollectionState.CANCELLED, **_TAKEN},
    # Who comes late, or after a cancellation that came too late, has the goods: that is a fact.
    CollectionState.EXPIRED: {
        "extend": CollectionState.READY,
        "hand_over": CollectionState.COLLECTED,
        "return": CollectionState.REFUSED,
    },
    CollectionState.CANCELLED: {"hand_over": CollectionState.COLLECTED},
    CollectionState.REFUSED: {"hand_over": CollectionState.COLLECTED},
    CollectionState.COLLECTED: {},
}

S = TypeVar("S", bound=StrEnum)


def next_state(table: Mapping[str, Mapping[str, S]], state: S, event: str) -> S:
    """The state after `event`; the same state where the table has no such transition."""
    return table[state].get(event, state)


def reachable(table: Mapping[str, Mapping[str, S]], state: S) -> frozenset[S]:
    """Where events may lead from a state, by one arrow or several; itself only where arrows lead back."""
    found: set[S] = set()
    ahead = list(table[state].values())
    while ahead:
        target = ahead.pop()
        if target not in found:
            found.add(target)
            ahead += table[target].values()
    return frozenset(found)


def describe(table: Mapping[str, Mapping[str, S]]) -> str:
    """The table as a Mermaid state diagram, for the docs."""
    arrows = [
        f"    {state} --> {target}: {event}" for state, events in table.items() for event, target in events.items()
    ]
    ends = [f"    {state} --> [*]" for state, events in table.items() if not events]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {next(iter(table))}", *arrows, *ends]) + "\n"
