"""An order as it is shown: what was ordered, its work, and its whole story."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import OrderState
from core.domain.order import customer_state
from core.service import customer_states, order_state
from core.service.customer_states import Words
from core.service.events import Entry, timeline
from core.service.order_state import OrderParts


class AddressBody(BaseModel):
    """`country`: two letters of ISO 3166."""

    name: str = Field(max_length=200)
    street: str = Field(default="", max_length=200)
    postcode: str = Field(default="", max_length=20)
    town: str = Field(max_length=100)
    country: str = Field(pattern="^[A-Z]{2}$")
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=200)


class OrderLineView(BaseModel):
    id: str
    sku: str
    name: str
    quantity: int
    cancelled: int
    unit_price_minor: int


class OrderSummary(BaseModel):
    """`customer_state`: what its division tells the customer; `customer_texts`: its words for it, by language."""

    id: str
    number: str
    division_id: str
    channel: str
    state: str
    customer_state: str
    customer_texts: dict[str, str]
    hold: str
    waiting: bool
    customer_id: str | None
    service_level: str
    carrier: str
    currency: str
    total_minor: int
    placed_at: datetime
    release_at: datetime | None
    target_at: datetime
    version: int


class OrderView(OrderSummary):
    """With its parts and its story, oldest first."""

    ship_to: AddressBody | dict[str, str]
    gift_message: str
    lines: list[OrderLineView]
    fulfilments: list[Fulfilment]
    timeline: list[Entry]


_TOLD = frozenset({"customer_state", "customer_texts"})
_SUMMARY = tuple(name for name in OrderSummary.model_fields if name not in _TOLD)
_LINE = tuple(OrderLineView.model_fields)


def order_view(connection: Connection, order_id: str) -> dict[str, Any]:
    parts = order_state.load(connection, order_id)
    assert parts is not None
    return view_of(parts, timeline(connection, order_id), customer_states.by_division(connection))


def view_of(parts: OrderParts, story: Sequence[Entry], words: Words) -> dict[str, Any]:
    """An OrderView as orjson writes it: its fulfilments and its story are dataclasses."""
    return summary(parts.row, words) | {
        "ship_to": parts.row.ship_to,
        "gift_message": parts.row.gift_message,
        "lines": [{name: getattr(line, name) for name in _LINE} for line in parts.lines],
        "fulfilments": list(parts.fulfilments),
        "timeline": list(story),
    }


def summary(row: Any, words: Words) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _SUMMARY}
    state = customer_state(OrderState(row.state), row.collection)
    told = words[row.division_id][state]
    return values | {"customer_state": told.code, "customer_texts": told.texts}
