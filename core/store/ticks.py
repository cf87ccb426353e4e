"""Proof of history: a copy of this database that contains a tick contains all that the tick's cursor has seen.

A tick is a random row that is committed after a pull's snapshot was taken. A cursor that names a tick which is not here
was made by a history that was lost: the database was restored from a backup, or an older replica took over.
"""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam, delete, insert, select

from core.contract.ids import made_at, uuid7
from core.store import feed
from core.store import tables as t
from core.store.database import Database

# As long as a cursor may rest before its device starts anew; those that are asked with are renewed once a day.
KEPT = timedelta(days=15)
RENEWED_AFTER = timedelta(days=1)
TIDIED_EVERY = timedelta(hours=1)
STANDS = timedelta(hours=1)


@dataclass(slots=True)
class _Batch:
    """Pulls that came while the tick before theirs was being written share the next one."""

    tick: str = ""


@dataclass(frozen=True, slots=True)
class _Last:
    """The tick that was written last, and what that transaction had seen."""

    tick: str
    snapshot: str


@dataclass(slots=True)
class _Writers:
    gate: threading.Lock = field(default_factory=threading.Lock)
    turn: threading.Lock = field(default_factory=threading.Lock)
    next: _Batch | None = None
    tidied_at: datetime | None = None
    last: _Last | None = None


_WRITERS: WeakKeyDictionary[Database, _Writers] = WeakKeyDictionary()
_WRITERS_LOCK = threading.Lock()


def standing(database: Database, connection: Connection, snapshot: str, at: datetime) -> str:
    """A tick that proves this snapshot already, so that nobody has to write one: "" where there is none.

    Pulls of a store come after the same change, and all but the first find its tick. It lies in the snapshot, and was
    written when nothing was marked that the snapshot does not see; on PostgreSQL nobody can say that of another one.
    `snapshot`: of the connection.
    """
    writers = _WRITERS.get(database)
    last = writers.last if writers is not None and database.is_sqlite else None
    if last is None or last.snapshot != snapshot or is_older(last.tick, STANDS, at):
        return ""
    return last.tick if is_known(connection, last.tick) else ""


def prove(database: Database, at: datetime) -> str:
    """The id of a tick whose transaction began after this call: take the snapshot first. `at`: the core's time."""
    with _WRITERS_LOCK:
        writers = _WRITERS.setdefault(database, _Writers())
    with writers.gate:
        mine = writers.next = writers.next or _Batch()
    with writers.turn:
        if not mine.tick:
            with writers.gate:
                if writers.next is mine:
                    writers.next = None  # who comes from now on took its snapshot after this tick may be written
            mine.tick = _write(database, writers, at)
        return mine.tick


def _write(database: Database, writers: _Writers, at: datetime) -> str:
    tick = uuid7(at, secrets.token_bytes(10))
    with database.write() as connection:
        connection.execute(insert(t.sync_ticks).values(id=tick, at=at))
        if writers.tidied_at is None or not timedelta() <= at - writers.tidied_at < TIDIED_EVERY:
            connection.execute(delete(t.sync_ticks).where(t.sync_ticks.c.at < at - KEPT))
            writers.tidied_at = at
        snapshot = feed.current_snapshot(connection)
    writers.last = _Last(tick, snapshot)
    return tick


def is_known(connection: Connection, tick: str) -> bool:
    """Whether this history wrote the tick, and has not forgotten it."""
    return connection.execute(_KNOWN, {"tick": tick}).first() is not None


_KNOWN = select(t.sync_ticks.c.id).where(t.sync_ticks.c.id == bindparam("tick"))


def is_older(tick: str, age: timedelta, at: datetime) -> bool:
    """Whether the tick was written longer ago than that; what is no tick is older than anything."""
    try:
        return made_at(tick) < at - age
    except ValueError:
        return True
