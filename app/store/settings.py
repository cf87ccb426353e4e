"""Small values of the device: counters, the clock's offset, what the last user chose."""

import sqlite3


def get(raw: sqlite3.Connection, name: str) -> str | None:
    row = raw.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def put(raw: sqlite3.Connection, name: str, value: str) -> None:
    raw.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )


def number(raw: sqlite3.Connection, name: str) -> int:
    """A counter; 0 before its first use."""
    return int(get(raw, name) or 0)


def add(raw: sqlite3.Connection, name: str, step: int) -> int:
    """A counter after `step` was added."""
    value = number(raw, name) + step
    put(raw, name, str(value))
    return value
