"""Work documents as this device sees them: the core's last word, with what was done here meanwhile on top."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection

from app.store.codec import decode_work, encode
from app.store.database import SEALER, driver
from app.store.sealer import Sealer
from core.contract.rules import Document, Key
from core.domain.collection import Collection
from core.domain.collection import to_put_back as to_return
from core.domain.fulfilment import Fulfilment, to_put_back
from core.domain.handover import Manifest
from core.domain.lifecycle import ManifestState, RunState
from core.domain.runs import PickRun

_GET = """SELECT body FROM local_document WHERE entity = ?1 AND id = ?2
    UNION ALL SELECT body FROM document WHERE entity = ?1 AND id = ?2 LIMIT 1"""
_PUT_LOCAL = """INSERT INTO local_document (entity, id, body, fits, state, target_at, run_id, location_id, is_open)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entity, id) DO UPDATE SET body = excluded.body,
    fits = excluded.fits, state = excluded.state, target_at = excluded.target_at, run_id = excluded.run_id,
    location_id = excluded.location_id, is_open = excluded.is_open"""


@dataclass(frozen=True, slots=True)
class Where:
    """Which documents: every field given must match."""

    # fulfilment: work left, put-back included; run: not finished; manifest: open; collection: not over, or to put back
    is_open: bool | None = None
    states: tuple[str, ...] = ()
    run_id: str | None = None
    location_id: str | None = None


def get(connection: Connection, key: Key) -> Document | None:
    """`key`: ("fulfilment" | "run" | "manifest" | "collection", id).

    Personal data is opened here and below, never to be written.
    """
    row = driver(connection).execute(_GET, key).fetchone()
    return None if row is None else _read(connection, key[0], row[0])


def fulfilment(connection: Connection, fulfilment_id: str) -> Fulfilment | None:
    found = get(connection, ("fulfilment", fulfilment_id))
    return found if isinstance(found, Fulfilment) else None


def run(connection: Connection, run_id: str) -> PickRun | None:
    found = get(connection, ("run", run_id))
    return found if isinstance(found, PickRun) else None


def manifest(connection: Connection, manifest_id: str) -> Manifest | None:
    found = get(connection, ("manifest", manifest_id))
    return found if isinstance(found, Manifest) else None


def collection(connection: Connection, collection_id: str) -> Collection | None:
    found = get(connection, ("collection", collection_id))
    return found if isinstance(found, Collection) else None


def fulfilments(connection: Connection, where: Where | None = None) -> list[Fulfilment]:
    """By target time, then id."""
    return all(connection, "fulfilment", where)


def _read(connection: Connection, entity: str, body: bytes) -> Document:
    sealer: Sealer | None = connection.info.get(SEALER)
    return sealer.open(entity, body) if sealer else decode_work(entity, body)


def get_raw(connection: sqlite3.Connection, key: Key) -> Document | None:
    """As it lies in the file, for what is written again: personal data stays sealed."""
    row = connection.execute(_GET, key).fetchone()
    return None if row is None else decode_work(key[0], row[0])


def get_base(connection: sqlite3.Connection, key: Key) -> Document | None:
    """What the core said last, without what was done here since."""
    row = connection.execute("SELECT body FROM document WHERE entity = ? AND id = ?", key).fetchone()
    return None if row is None else decode_work(key[0], row[0])


def fits(connection: Connection, key: Key) -> bool:
    """False where news from the core made an unfinished command of this device mean something else: a badge."""
    row = driver(connection).execute("SELECT fits FROM local_document WHERE entity = ? AND id = ?", key).fetchone()
    return row is None or bool(row[0])


def all(connection: Connection, entity: str, where: Where | None = None) -> list[Any]:
    """Documents of one entity, by target time, then id."""
    condition, values = _condition(where or Where())
    rows = driver(connection).execute(
        f"""SELECT body, target_at, id FROM local_document WHERE entity = ?{condition}
            UNION ALL SELECT body, target_at, id FROM document AS base WHERE entity = ?{condition}
            AND NOT EXISTS (SELECT 1 FROM local_document AS l WHERE l.entity = base.entity AND l.id = base.id)
            ORDER BY 2, 3""",
        (entity, *values, entity, *values),
    )
    return [_read(connection, entity, row[0]) for row in rows]


def by_code(connection: Connection, code: str) -> list[Document]:
    """Work documents called so: id, number, short id, SSCC, parcel id, tracking, pick-up code. Most have one owner."""
    keys = driver(connection).execute("SELECT entity, id FROM document_code WHERE code = ?", (code,)).fetchall()
    found = (get(connection, key) for key in keys)
    return [document for document in found if document is not None and code in codes(document)]


def put_local(connection: sqlite3.Connection, key: Key, document: Document, fits: bool) -> None:
    connection.execute(_PUT_LOCAL, (*key, encode(document), fits, *columns(document)))


def add_codes(connection: sqlite3.Connection, key: Key, names: Iterable[str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO document_code VALUES (?, ?, ?)", [(name, *key) for name in names])


def columns(document: Document) -> tuple[str, str, str, str, bool]:
    """(state, target_at, run_id, location_id, is_open) as the tables keep them beside the body."""
    match document:
        case Fulfilment():
            is_open = not document.closed or to_put_back(document) > 0
            target = document.target_at.astimezone(UTC).isoformat()
            return document.state.value, target, document.run_id, document.location_id, is_open
        case PickRun():
            is_open = document.state is not RunState.FINISHED
            return document.state.value, document.started_at.isoformat(), "", document.location_id, is_open
        case Manifest():
            is_open = document.state is ManifestState.OPEN
            return document.state.value, document.opened_at.isoformat(), "", document.location_id, is_open
        case Collection():
            is_open = not document.closed or any(to_return(document, line) for line in document.lines)
            target = document.expected_at.astimezone(UTC).isoformat()
            return document.state.value, target, "", document.location_id, is_open


def codes(document: Document) -> set[str]:
    """Everything it can be found by."""
    match document:
        case Fulfilment():
            parcels = (code for p in document.parcels for code in (p.id, p.sscc, p.tracking))
            names = {document.id, document.number, document.short_id, document.order_number, *parcels}
        case PickRun():
            names = {document.id, document.number}
        case Manifest():
            names = {document.id}
        case Collection():
            parts = (code for p in document.parts for code in (p.sscc, p.tracking) if not p.own)
            names = {document.id, document.number, document.short_id, document.pick_up_code, *parts}
    return names - {""}


def _condition(where: Where) -> tuple[str, Sequence[Any]]:
    text, values = "", list[Any]()
    for column, value in (("is_open", where.is_open), ("run_id", where.run_id), ("location_id", where.location_id)):
        if value is not None:
            text += f" AND {column} = ?"
            values.append(value)
    if where.run_id:
        text += " AND run_id <> ''"  # lets the planner use the partial index
    if where.states:
        text += f" AND state IN ({', '.join('?' * len(where.states))})"
        values.extend(where.states)
    return text, values
