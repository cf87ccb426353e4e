"""A write that is sent twice under one key happens once and is answered alike; another write under it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from core.service.refusal import Refusal
from core.store import tables as t
from core.store.rows import insert_each

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
    known = known_each(connection, (key,)).get(key)
    if known is None:
        connection.execute(insert(t.idempotency), [_row(key, Kept(0, {}), at)])
    return None if isinstance(known, Kept) and not known.status else known


_KNOWN: Final = select(t.idempotency).where(t.idempotency.c.key.in_(bindparam("keys", expanding=True)))


def known_each(connection: Connection, keys: Sequence[Key]) -> dict[Key, Kept | Refusal]:
    """What was answered under those that came before. Status 0: somebody is about to answer."""
    rows = {(row.key, row.scope): row for row in connection.execute(_KNOWN, {"keys": [key.key for key in keys]})}
    found: dict[Key, Kept | Refusal] = {}
    for key in keys:
        row = rows.get((key.key, key.scope))
        if row is not None:
            found[key] = Kept(row.status, row.response) if row.request_hash == key.request_hash else REUSED
    return found


def keep(connection: Connection, key: Key, kept: Kept) -> None:
    i = t.idempotency.c
    query = update(t.idempotency).where(i.key == key.key, i.scope == key.scope)
    connection.execute(query.values(status=kept.status, response=dict(kept.response)))


def keep_each(connection: Connection, answers: Sequence[tuple[Key, Kept]], at: datetime) -> None:
    """`claim` and `keep` in one. IntegrityError: somebody else has answered under one of the keys just now."""
    insert_each(connection, t.idempotency, [_row(key, kept, at) for key, kept in answers])


def _row(key: Key, kept: Kept, at: datetime) -> dict[str, Any]:
    values = {"key": key.key, "scope": key.scope, "request_hash": key.request_hash, "created_at": at}
    return {**values, "status": kept.status, "response": dict(kept.response)}
