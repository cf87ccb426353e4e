"""Events: what happened to which thing, with who, when, where and why; and the whole story of an order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from core.domain.transitions import Transition
from core.service.cause import Cause
from core.store import tables as t
from core.store.rows import insert_each


@dataclass(frozen=True, slots=True)
class Happening:
    """`name` in the past tense; `data`: the parameters of its sentence; `transitions`: the changes of state it tells.

    They are kept in `data["transitions"]` as objects with kind, id, before and after.
    """

    name: str
    subject_kind: str
    subject_id: str
    order_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    transitions: Sequence[Transition] = ()


def record(connection: Connection, cause: Cause, happenings: Iterable[Happening]) -> None:
    record_each(connection, ((cause, happening) for happening in happenings))


def record_each(connection: Connection, signed: Iterable[tuple[Cause, Happening]]) -> None:
    """As `record`, where each has a cause of its own."""
    rows = [
        {
            "id": cause.new_id(),
            "subject_kind": happening.subject_kind,
            "subject_id": happening.subject_id,
            "order_id": happening.order_id,
            "name": happening.name,
            "data": _data(happening),
            "reason": happening.reason,
            "at": cause.at,
            "received_at": cause.received_at,
            "location_id": cause.location_id,
            "user_id": cause.user_id,
            "device_id": cause.device_id,
            "command_id": cause.command_id,
        }
        for cause, happening in signed
    ]
    insert_each(connection, t.events, rows)


def _data(happening: Happening) -> dict[str, Any]:
    data = dict(happening.data)
    if happening.transitions:
        data["transitions"] = [asdict(one) for one in happening.transitions]
    return data


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
    return timelines(connection, (order_id,))[order_id]


_E = t.events.c
_STORY: Final = (
    select(t.events, t.users.c.name.label("user"), t.devices.c.name.label("device"), t.locations.c.name.label("place"))
    .join_from(t.events, t.users, t.users.c.id == _E.user_id, isouter=True)
    .join(t.devices, t.devices.c.id == _E.device_id, isouter=True)
    .join(t.locations, t.locations.c.id == _E.location_id, isouter=True)
    .where(_E.order_id.in_(bindparam("order_ids", expanding=True)))
    .order_by(_E.at, _E.id)
)


def timelines(connection: Connection, order_ids: Sequence[str]) -> dict[str, list[Entry]]:
    """As `timeline`, by order."""
    found: dict[str, list[Entry]] = {order_id: [] for order_id in order_ids}
    for row in connection.execute(_STORY, {"order_ids": list(order_ids)}):
        found[row.order_id].append(_entry(row))
    return found


def _entry(row: Any) -> Entry:
    return Entry(
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
