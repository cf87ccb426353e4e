"""How orders travel and what customers were told: services of carriers, delivery methods, the promise of each order."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class CarrierServiceRow(CoreRow, table=True):
    """What a carrier does under one name. `body`: see `core.service.carriers.ServiceTerms`."""

    __tablename__ = "carrier_service"
    __table_args__ = (UniqueConstraint("carrier_id", "code", name="uq_carrier_service_code"),)
    id: str = Field(primary_key=True)
    carrier_id: str = Field(foreign_key="carrier.id")
    code: str
    body: dict[str, Any] = document(dict)
    active: bool = True
    version: int = 1


class DeliveryMethodRow(CoreRow, table=True):
    """What a customer chooses. `body`: see `core.service.carriers.MethodTerms`. No division: for all of the account."""

    __tablename__ = "delivery_method"
    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    division_id: str | None = Field(default=None, foreign_key="division.id", index=True)
    code: str = Field(unique=True)
    kind: str
    service_id: str | None = Field(default=None, foreign_key="carrier_service.id")
    labels: dict[str, str] = document(dict)
    body: dict[str, Any] = document(dict)
    position: int = 0
    active: bool = True
    version: int = 1


class PromiseRow(CoreRow, table=True):
    """What the customer of an order was told. `target_at`: when it must leave, or be ready to collect.

    `state`: "kept" | "at_risk" | "broken" | "fulfilled" | "cancelled". It never goes back: each alert is raised once.
    """

    __tablename__ = "promise"
    __table_args__ = (Index("ix_promise_state", "state", "target_at"),)
    order_id: str = Field(foreign_key="customer_order.id", primary_key=True)
    method: str
    kind: str
    made_at: datetime = moment()
    earliest_at: datetime = moment()
    latest_at: datetime = moment()
    cutoff_at: datetime = moment()
    target_at: datetime = moment()
    timezone: str = "UTC"
    destination: dict[str, Any] = document(dict)
    store_id: str = ""
    parcels: int = 1
    carbon_g: int = 0
    price_minor: int | None = None
    currency: str = "EUR"
    degraded: list[str] = document(list)
    explanation: list[dict[str, Any]] = document(list)
    state: str = "kept"
    state_at: datetime = moment()
    reason: str = ""
