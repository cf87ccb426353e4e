"""Events: what happened to which thing, with who, when, where and why; and the whole story of an order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from core.service.cause import Cause
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Happening:
    """`name` in the past tense; `data`: the parameters of its sentence."""

    name: str
    subject_kind: str
    subject_id: str
    order_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def record(connection: Connection, cause: Cause, happenings: Iterable[Happening]) -> None:
    rows = [
        {
            "id": cause.new_id(),
            "subject_kind": happening.subject_kind,
            "subject_id": happening.subject_id,
            "order_id": happening.order_id,
            "name": happening.name,
            "data": dict(happening.data),
            "reason": happening.reason,
            "at": cause.at,
            "received_at": cause.received_at,
            "location_id": cause.location_id,
            "user_id": cause.user_id,
            "device_id": cause.device_id,
            "command_id": cause.command_id,
        }
        for happening in happenings
    ]
    if rows:
        connection.execute(insert(t.events), rows)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. Words come from `code` and `params`; names are those of today."""

    id: str
    code: str
    params: Mapping[str, Any]
    at: datetime
    received_at: datetime
    subject: str
    user: str
    user_id: str
    device: str
    device_id: str
    location: str
    location_id: str
    reason: str
    command_id: str


def timeline(connection: Connection, order_id: str) -> list[Entry]:
    """All that happened to an order and its fulfilments, in the order it happened."""
    e = t.events.c
    query = (
        select(
            t.events, t.users.c.name.label("user"), t.devices.c.name.label("device"), t.locations.c.name.label("place")
        )
        .join_from(t.events, t.users, t.users.c.id == e.user_id, isouter=True)
        .join(t.devices, t.devices.c.id == e.device_id, isouter=True)
        .join(t.locations, t.locations.c.id == e.location_id, isouter=True)
        .where(e.order_id == order_id)
        .order_by(e.at, e.id)
    )
    return [
        Entry(
            id=row.id,
            code=row.name,
            params=row.data,
            at=row.at,
            received_at=row.received_at,
            subject=f"{row.subject_kind}:{row.subject_id}",
            user=row.user or "",
            user_id=row.user_id,
            device=row.device or "",
            device_id=row.device_id,
            location=row.place or "",
            location_id=row.location_id,
            reason=row.reason,
            command_id=row.command_id,
        )
        for row in connection.execute(query)
    ]
