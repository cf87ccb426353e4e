"""Counters of the device itself; a number once taken in a committed transaction is never given again."""

from sqlalchemy import Connection

from app.store.database import driver


def take(connection: Connection, name: str) -> int:
    """The next number, from 0."""
    row = driver(connection).execute(
        """INSERT INTO setting (name, value) VALUES (?, '1')
           ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value""",
        (name,),
    )
    return int(row.fetchone()[0]) - 1
