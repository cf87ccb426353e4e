"""Stock per SKU and location in buckets, and the ledger of every movement of them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, moment


class PositionRow(CoreRow, table=True):
    __tablename__ = "position"
    __table_args__ = (Index("ix_position_sku", "sku"),)
    location_id: str = Field(foreign_key="location.id", primary_key=True)
    sku: str = Field(foreign_key="variant.id", primary_key=True)
    on_hand: int = 0
    reserved: int = 0
    picked: int = 0
    unavailable: int = 0
    safety: int = 0
    zone: str = ""
    place: str = ""
    version: int = 1


class MovementRow(CoreRow, table=True):
    """What changed the buckets of a position: signed units, and who, when, why."""

    __tablename__ = "movement"
    __table_args__ = (Index("ix_movement_position", "location_id", "sku", "received_at"),)
    id: str = Field(primary_key=True)
    location_id: str
    sku: str
    kind: str  # "reserve" | "pick" | "put_back" | "ship" | "short" | "cancel" | "import" | "correct" ...
    on_hand: int = 0
    reserved: int = 0
    picked: int = 0
    unavailable: int = 0
    safety: int = 0
    reason: str = ""
    order_id: str = ""
    fulfilment_id: str = ""
    command_id: str = ""
    user_id: str = ""
    device_id: str = ""
    at: datetime = moment()
    received_at: datetime = moment()
