"""What is unsent and why, and the report for support: how this device is doing, without anything personal.

The report names actions by number, kind and state: no contents, no people, no articles. What it may hold is listed
here field by field, so that a new table or column does not get into it by itself.
"""

import json
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from app import VERSION
from app.logs import Entry
from app.store.database import Database, driver
from app.store.feed import SCHEMAS
from core.contract.sync import Group

MOST_ACTIONS: Final = 500
# Why an action has not become final yet, in the order it is told.
WHY: Final = ("on_hold", "asked_before", "answered", "new")
_WHY = """CASE WHEN state = 'answered' THEN 'answered' WHEN held_until > ? THEN 'on_hold'
    WHEN tries > 0 THEN 'asked_before' ELSE 'new' END"""
_SETTINGS = ("offset_ms", "answer_mark", "final_mark", "contact_at", "seen_at", "language", "theme", "sounds")


@dataclass(frozen=True, slots=True)
class UnsentView:
    """`why`: one of `WHY`."""

    why: str
    count: int
    oldest_at: datetime


def unsent(database: Database, now: datetime) -> tuple[UnsentView, ...]:
    """Actions without a final verdict, by why."""
    with database.read() as connection:
        rows = driver(connection).execute(
            f"""SELECT {_WHY}, count(*), min(at) FROM command WHERE state IN ('queued', 'answered') GROUP BY 1""",
            (now.isoformat(),),
        )
        found = {why: UnsentView(why, count, datetime.fromisoformat(at)) for why, count, at in rows.fetchall()}
    return tuple(found[why] for why in WHY if why in found)


@dataclass(frozen=True, slots=True)
class About:
    """What the report cannot read from the database. `status`: of the sync, `entries`: of the log, `scans`: how long
    the last ones took, without what they said."""

    device_id: str
    device_number: int
    location_id: str
    reading: str
    status: Any
    entries: Sequence[Entry] = ()
    scans: Sequence[Any] = ()


def report(database: Database, about: About, now: datetime) -> bytes:
    """JSON, indented, for a person to read before it is sent."""
    with database.read() as connection:
        document = {
            "made_at": now.isoformat(),
            "app": {"version": VERSION, "system": platform.system(), "python": platform.python_version()},
            "sqlite": sqlite3.sqlite_version,
            "device": {"id": about.device_id, "number": about.device_number, "location_id": about.location_id},
            "reading": about.reading,
            "sync": asdict(about.status),
            "files": {file.name: file.stat().st_size for file in sorted(database.folder.glob("*.db*"))},
            "schema": _scalar(connection, "PRAGMA user_version"),
            "cursors": _cursors(connection),
            "rows": dict(_rows(connection, "SELECT entity, count(*) FROM document GROUP BY 1 ORDER BY 1")),
            "settings": dict(_rows(connection, f"SELECT name, value FROM setting WHERE name IN {_SETTINGS}")),
            "actions": dict(_rows(connection, "SELECT state, count(*) FROM command GROUP BY 1 ORDER BY 1")),
            "unsettled": _unsettled(connection, now),
            "scans": [asdict(scan) for scan in about.scans],
        }
    entries = [asdict(entry) for entry in about.entries]
    return json.dumps(document | {"log": entries}, indent=1, default=str, sort_keys=False).encode()


def _unsettled(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    names = ("seq", "id", "name", "version", "at", "state", "why", "tries", "held_until", "offset_ms", "code")
    rows = driver(connection).execute(
        f"""SELECT seq, id, name, version, at, state, {_WHY}, tries, held_until, offset_ms, code FROM command
            WHERE state IN ('queued', 'answered') OR (state IN ('attention', 'rejected') AND dismissed_at IS NULL)
            ORDER BY seq LIMIT {MOST_ACTIONS}""",
        (now.isoformat(),),
    )
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def _cursors(connection: Connection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for group in Group:
        rows = _rows(connection, f"SELECT cursor IS NOT NULL, wire, pulled_at FROM {SCHEMAS[group]}.sync_cursor")
        found[group.value] = [dict(zip(("has_cursor", "wire", "pulled_at"), row, strict=True)) for row in rows]
    return found


def _rows(connection: Connection, query: str) -> list[Any]:
    return driver(connection).execute(query).fetchall()


def _scalar(connection: Connection, query: str) -> Any:
    return _rows(connection, query)[0][0]
