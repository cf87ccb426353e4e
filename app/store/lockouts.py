"""Wrong PINs per person on this device; they survive a restart, so that pulling the plug is no fresh start."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.store.database import driver


@dataclass(frozen=True, slots=True)
class Failed:
    count: int
    last_at: datetime | None


def failed(connection: Connection, user_id: str) -> Failed:
    row = driver(connection).execute("SELECT value FROM setting WHERE name = ?", (_name(user_id),)).fetchone()
    if row is None:
        return Failed(0, None)
    count, last_at = json.loads(row[0])
    return Failed(count, datetime.fromisoformat(last_at))


def count(connection: Connection, user_id: str, at: datetime, start_over: bool) -> int:
    """Counts one try; how many there are now."""
    tries = 1 if start_over else failed(connection, user_id).count + 1
    driver(connection).execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_name(user_id), json.dumps([tries, at.isoformat()])),
    )
    return tries


def forget(connection: Connection, user_id: str) -> None:
    driver(connection).execute("DELETE FROM setting WHERE name = ?", (_name(user_id),))


def _name(user_id: str) -> str:
    return f"pin:{user_id}"
