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
    ParcelState.OPEN: {"close": ParcelState.CLOSED},
    ParcelState.CLOSED: {"reopen": ParcelState.OPEN, "load": ParcelState.LOADED},
    ParcelState.LOADED: {"unload": ParcelState.CLOSED, "hand_over": ParcelState.HANDED_OVER},
    ParcelState.HANDED_OVER: {},
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

S = TypeVar("S", bound=StrEnum)


def next_state(table: Mapping[str, Mapping[str, S]], state: S, event: str) -> S:
    """The state after `event`; the same state where the table has no such transition."""
    return table[state].get(event, state)


def describe(table: Mapping[str, Mapping[str, S]]) -> str:
    """The table as a Mermaid state diagram, for the docs."""
    arrows = [
        f"    {state} --> {target}: {event}" for state, events in table.items() for event, target in events.items()
    ]
    ends = [f"    {state} --> [*]" for state, events in table.items() if not events]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {next(iter(table))}", *arrows, *ends]) + "\n"
