"""What customers fetch at stores: collections, and what is kept of their handovers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class CollectionRow(CoreRow, table=True):
    """`lines`, `parts`, `waiting`, `handed`: as in core.domain.collection."""

    __tablename__ = "collection"
    __table_args__ = (
        Index("ix_collection_work", "location_id", "state"),
        Index("ix_collection_order", "order_id"),
        Index("ix_collection_due", "state", "pick_up_by"),
    )
    id: str = Field(primary_key=True)
    number: str
    short_id: str
    order_id: str = Field(foreign_key="customer_order.id")
    division_id: str
    location_id: str = Field(foreign_key="location.id")
    kind: str
    customer_name: str = ""
    placed_at: datetime = moment()
    expected_at: datetime = moment()
    lines: list[dict[str, Any]] = document(list)
    parts: list[dict[str, Any]] = document(list)
    complete: bool = True
    state: str = "expected"
    phone: str = ""
    email: str = ""
    pick_up_code: str = Field(default="", index=True)
    currency: str = "EUR"
    due_minor: int = 0
    ready_at: datetime | None = moment(default=None)
    pick_up_by: datetime | None = moment(default=None)
    waiting: dict[str, Any] | None = document(lambda: None)
    handed: dict[str, Any] | None = document(lambda: None)
    locker: str = ""
    latest_pick_up: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)


class HandoverRow(CoreRow, table=True):
    """Proof of a handover, forgotten at `keep_until`. `signature`: encrypted, "" where none was asked for."""

    __tablename__ = "handover"
    id: str = Field(primary_key=True)
    collection_id: str = Field(foreign_key="collection.id", index=True)
    at: datetime = moment()
    user_id: str
    device_id: str
    items: list[dict[str, Any]] = document(list)
    refused: list[dict[str, Any]] = document(list)
    identity: str = ""
    collector: str = ""
    relation: str = ""
    signature: str = ""
    keep_until: datetime = moment()
