"""Wrong PINs per person on this device; they survive a restart, so that pulling the plug is no fresh start."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.store.database import driver


@dataclass(frozen=True, slots=True)
class Failed:
    """`count`: since the last lock-out; `in_all`: since the right PIN was entered last."""

    count: int
    last_at: datetime | None
    in_all: int = 0


def failed(connection: Connection, user_id: str) -> Failed:
    row = driver(connection).execute("SELECT value FROM setting WHERE name = ?", (_name(user_id),)).fetchone()
    if row is None:
        return Failed(0, None)
    count, last_at, *more = json.loads(row[0])  # of an older app: without the third
    return Failed(count, datetime.fromisoformat(last_at), more[0] if more else count)


def count(connection: Connection, user_id: str, at: datetime, start_over: bool) -> Failed:
    """Counts one try; how many there are now."""
    known = failed(connection, user_id)
    now = Failed(1 if start_over else known.count + 1, at, known.in_all + 1)
    driver(connection).execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_name(user_id), json.dumps([now.count, at.isoformat(), now.in_all])),
    )
    return now


def forget(connection: Connection, user_id: str) -> None:
    driver(connection).execute("DELETE FROM setting WHERE name = ?", (_name(user_id),))


def _name(user_id: str) -> str:
    return f"pin:{user_id}"
