"""A write that is sent twice under one key happens once and is answered alike; another write under it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.service.refusal import Refusal
from core.store import tables as t

REUSED = Refusal("idempotency_key_reused", remedy="This key belongs to another request: send a new one.")


@dataclass(frozen=True, slots=True)
class Key:
    """`scope`: who, and which route. `request_hash`: of everything the request says."""

    key: str
    scope: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Kept:
    status: int
    response: Mapping[str, Any]


def claim(connection: Connection, key: Key, at: datetime) -> Kept | Refusal | None:
    """None: go on, and call `keep` afterwards. IntegrityError: another one did so just now, start again."""
    i = t.idempotency.c
    row = connection.execute(select(t.idempotency).where(i.key == key.key, i.scope == key.scope)).first()
    if row is None:
        values = {"key": key.key, "scope": key.scope, "request_hash": key.request_hash, "created_at": at}
        connection.execute(insert(t.idempotency).values(**values, status=0, response={}))
        return None
    if row.request_hash != key.request_hash:
        return REUSED
    return Kept(row.status, row.response) if row.status else None


def keep(connection: Connection, key: Key, kept: Kept) -> None:
    i = t.idempotency.c
    query = update(t.idempotency).where(i.key == key.key, i.scope == key.scope)
    connection.execute(query.values(status=kept.status, response=dict(kept.response)))
