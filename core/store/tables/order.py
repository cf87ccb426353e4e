"""What customers asked for, and why it went where it went."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class CustomerRow(CoreRow, table=True):
    __tablename__ = "customer"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    number: str = Field(unique=True)
    name: str
    email: str = ""
    phone: str = ""
    language: str = ""
    tier: str = ""  # what conditions of rulesets ask for
    addresses: list[dict[str, Any]] = document(list)
    version: int = 1
    created_at: datetime = moment()


class OrderRow(CoreRow, table=True):
    __tablename__ = "customer_order"  # "order" is a reserved word
    __table_args__ = (
        Index("ix_order_state", "state"),
        Index("ix_order_placed", "placed_at"),
        Index("ix_order_waiting", "waiting"),
    )
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    division_id: str = Field(foreign_key="division.id", index=True)
    number: str = Field(unique=True)
    channel: str = "web"
    state: str = "received"
    hold: str = ""
    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    service_level: str = "standard"
    carrier: str = ""
    currency: str = "EUR"
    total_minor: int = 0
    ship_to: dict[str, Any] = document(dict)
    gift_message: str = ""
    options: dict[str, Any] = document(dict)  # constraints given with the order, for example the fulfilment location
    placed_at: datetime = moment()
    release_at: datetime | None = moment(default=None)
    target_at: datetime = moment()
    received_at: datetime = moment()
    source_at: datetime | None = moment(default=None)  # left alone until then: cooling off, or a time of release
    collection: str = ""  # state of what its customer fetches at a store; "" where nobody does
    waiting: bool = False  # something wanted is assigned nowhere: new stock may serve it
    version: int = 1


class OrderLineRow(CoreRow, table=True):
    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "position", name="uq_order_line_position"),)
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="customer_order.id")
    position: int
    sku: str = Field(foreign_key="variant.id", index=True)
    quantity: int
    cancelled: int = 0
    name: str = ""
    unit_price_minor: int = 0


class DecisionRow(CoreRow, table=True):
    """A sourcing run and its explanation, kept as it was when it was taken."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_order", "order_id"),)
    id: str = Field(primary_key=True)
    order_id: str
    kind: str = "sourcing"
    decided_at: datetime = moment()
    ruleset_id: str = ""
    shipments: int = 0
    optimal: bool = False
    explanation: dict[str, Any] = document(dict)


class OrderTaskRow(CoreRow, table=True):
    """A question about an order that somebody must answer before anybody works on it: why, since when, by whom."""

    __tablename__ = "order_task"
    __table_args__ = (Index("ix_order_task_open", "closed_at", "opened_at"), Index("ix_order_task_order", "order_id"))
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="customer_order.id")
    kind: str = (
        "hold"  # "hold": set by somebody; "check": asked for by the rules; "refund", "payment": of money; "count"
    )
    reason: str = ""
    amount_minor: int = 0  # what the customer owes, of a "payment"
    opened_at: datetime = moment()
    opened_by: str = ""
    closed_at: datetime | None = moment(default=None)
    closed_by: str = ""


class OrderLegRow(CoreRow, table=True):
    """A fulfilment whose parcels go to another place, where the order is gathered."""

    __tablename__ = "order_leg"
    __table_args__ = (Index("ix_order_leg_order", "order_id"),)
    fulfilment_id: str = Field(foreign_key="fulfilment.id", primary_key=True)
    order_id: str = Field(foreign_key="customer_order.id")
    to_location_id: str = Field(foreign_key="location.id")
    received_at: datetime | None = moment(default=None)
    received_by: str = ""


class WaitingHoldRow(CoreRow, table=True):
    """Units on hand that an order keeps while it waits for announced stock; reserved, and in no fulfilment yet."""

    __tablename__ = "waiting_hold"
    __table_args__ = (
        Index("ix_waiting_hold_order", "order_id"),
        Index("ix_waiting_hold_place", "location_id", "sku"),
    )
    order_line_id: str = Field(foreign_key="order_line.id", primary_key=True)
    location_id: str = Field(foreign_key="location.id", primary_key=True)
    order_id: str = Field(foreign_key="customer_order.id")
    division_id: str
    sku: str
    units: int
    made_at: datetime = moment()
