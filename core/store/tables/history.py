"""What happened: events, commands that were decided, commands that could not be."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document, moment


class EventRow(CoreRow, table=True):
    """Who did what when, where and why. `at`: device time, corrected; `received_at`: when the core learned it."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_kind", "subject_id"),
        Index("ix_event_order", "order_id", "received_at"),
        Index("ix_event_command", "command_id"),
    )
    id: str = Field(primary_key=True)
    subject_kind: str  # "order" | "fulfilment" | "run" | "manifest" | "offer" | "device" ...
    subject_id: str
    order_id: str = ""
    name: str
    data: dict[str, Any] = document(dict)
    at: datetime = moment()
    received_at: datetime = moment()
    location_id: str = ""
    user_id: str = ""
    device_id: str = ""
    command_id: str = ""
    reason: str = ""


class ProcessedCommandRow(CoreRow, table=True):
    """The answer that was given to a command, for as often as it is asked again; body of the feed's `verdict`."""

    __tablename__ = "processed_command"
    __table_args__ = (Index("ix_processed_command_device", "device_id", "seq"),)
    id: str = Field(primary_key=True)
    device_id: str
    seq: int
    name: str
    user_id: str = ""
    hash: str  # sha256 of what may never change under this id
    verdict: str
    code: str
    params: dict[str, Any] = document(dict)
    decided_at: datetime = moment()


class CommandTryRow(CoreRow, table=True):
    """How often a command made the core fail. Gone when it is decided."""

    __tablename__ = "command_try"
    id: str = Field(primary_key=True)
    device_id: str
    tries: int
    error: str = ""
    first_at: datetime = moment()


class QuarantineRow(CoreRow, table=True):
    """A command without effect that a person at head office must look at, as it came, people sealed."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_open", "resolved_at"),)
    id: str = Field(primary_key=True)
    device_id: str
    code: str  # "internal" | "unsupported_command" | "malformed" | "not_permitted" | "other_location" | "id_reuse"
    payload: dict[str, Any] = document(dict)
    error: str = ""
    received_at: datetime = moment()
    resolved_at: datetime | None = moment(default=None)
    resolved_by: str = ""


class IdempotencyRow(CoreRow, table=True):
    """The answer to a write over HTTP, for as often as it is sent again under its key."""

    __tablename__ = "idempotency"
    key: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)  # who and which route
    request_hash: str
    status: int = 0  # 0: being worked on
    response: dict[str, Any] = document(dict)
    created_at: datetime = moment()
