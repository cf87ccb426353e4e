"""The sum of each partition (`core.contract.sums`), kept with every mark in the transaction that marks.

A partition has some slots that are added up, so that writers of PostgreSQL seldom wait for each other; a slot is
written last in its transaction. What many rows at once do to a sum is not reckoned but found out when it is asked for:
until then the partition is `unsure`, and a pull says no sum of it.
"""

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam, select, update

from core.contract.sums import Sum, sum_of, value_of
from core.store import tables as t
from core.store.database import BEFORE_COMMIT, LAST, Database

SLOTS = 16
# More than a device is told one by one: it fetches a file, which has a sum of its own.
MANY = 20_000
_HALF = 1 << 32
_S = t.sync_sums.c

# value = hi * 2^32 + lo: neither database adds integers mod 2^64.
_ADD = """
    INSERT INTO sync_sum (part, slot, rows, hi, lo, unsure) VALUES ({values})
    ON CONFLICT (part, slot) DO UPDATE SET rows = sync_sum.rows + excluded.rows,
    hi = (sync_sum.hi + excluded.hi + ((sync_sum.lo + excluded.lo) >> 32)) & 4294967295,
    lo = (sync_sum.lo + excluded.lo) & 4294967295, unsure = sync_sum.unsure OR excluded.unsure
"""
_ADD_SQLITE = _ADD.format(values="?, 0, ?, ?, ?, ?")
_ADD_POSTGRES = _ADD.format(values=f"%s, pg_backend_pid() %% {SLOTS}, %s, %s, %s, %s::boolean")
_TOTALS = select(_S.rows, _S.hi, _S.lo, _S.unsure).where(_S.part.in_(bindparam("parts", expanding=True)))


class Changes:
    """What a transaction does to the sums of its partitions: written once, at its end."""

    def __init__(self) -> None:
        self._now: dict[str, Sum | None] = {}  # None: nobody reckoned
        self._kept: list[dict[str, Sum | None]] = []

    def add(self, part: str, change: Sum | None) -> None:
        before = self._now.get(part, Sum())
        self._now[part] = None if before is None or change is None else before.plus(change)

    def __call__(self, connection: Connection) -> None:
        _write(connection, self._now)
        self._now = {}

    def savepoint(self) -> None:
        self._kept.append(dict(self._now))

    def roll_back(self) -> None:
        # Without a copy: it was begun after that savepoint.
        self._now = self._kept.pop() if self._kept else {}

    def release(self) -> None:
        if self._kept:
            self._kept.pop()


def note(connection: Connection, entity: str, told: Iterable[tuple[str, str, int, int, bool]]) -> None:
    """Rows (part, id, version now, version before or 0, deleted) that were just marked on the connection."""
    changes: dict[str, tuple[int, int]] = {}
    for part, id, ver, was, deleted in told:
        rows, value = changes.get(part, (0, 0))
        if was:
            rows, value = rows - 1, value - value_of(entity, id, was)
        if not deleted:
            rows, value = rows + 1, value + value_of(entity, id, ver)
        changes[part] = rows, value
    _gather(connection, {part: Sum().plus(Sum(*change)) for part, change in changes.items()})


def note_many(connection: Connection, parts: Iterable[str]) -> None:
    """So many rows of these partitions were marked that their sums are unsure now."""
    _gather(connection, dict.fromkeys(parts))


def _gather(connection: Connection, changes: dict[str, Sum] | dict[str, Sum | None]) -> None:
    works = connection.info.get(BEFORE_COMMIT)
    if works is None:
        return _write(connection, changes)
    work = works.setdefault(LAST, Changes())
    for part, change in changes.items():
        work.add(part, change)


def _write(connection: Connection, changes: dict[str, Sum] | dict[str, Sum | None]) -> None:
    rows = [
        (part, 0, 0, 0, True) if change is None else (part, change.rows, *divmod(change.value, _HALF), False)
        for part, change in sorted(changes.items())
        if change != Sum()
    ]
    if rows:
        statement = _ADD_POSTGRES if connection.dialect.name == "postgresql" else _ADD_SQLITE
        connection.exec_driver_sql(statement, rows)


def total(connection: Connection, parts: Sequence[str]) -> Sum | None:
    """Of the living rows of these partitions, in the snapshot of the connection; None where it is unsure."""
    rows = connection.execute(_TOTALS, {"parts": list(parts)}).all() if parts else []
    if any(row.unsure for row in rows):
        return None
    value = sum(row.hi * _HALF + row.lo for row in rows) % _HALF**2
    return Sum(sum(row.rows for row in rows), value)


def living(connection: Connection, parts: Sequence[str]) -> Iterable[tuple[str, str, int]]:
    """(entity, id, version) of every living row."""
    rows = t.sync_rows.c
    query = select(rows.entity, rows.id, rows.ver).where(rows.part.in_(parts), rows.deleted.is_(False))
    return ((row[0], row[1], row[2]) for row in connection.execute(query).yield_per(5_000))


_COUNTING: WeakKeyDictionary[Database, threading.Lock] = WeakKeyDictionary()
_COUNTING_LOCK = threading.Lock()


def find_out(database: Database, parts: Sequence[str]) -> None:
    """Reckons the partitions whose sum is unsure, one caller at a time; one that changes meanwhile is left for later.

    Nobody waits for it: rows are read in a snapshot, and what is written is a line for each partition.
    """
    with _COUNTING_LOCK:
        lock = _COUNTING.setdefault(database, threading.Lock())
    if not lock.acquire(blocking=False):
        return
    with suppress(_Changed):
        try:
            for part in parts:
                _find_out(database, part)
        finally:
            lock.release()


class _Changed(Exception):
    """The partition moved on while it was counted."""


def _find_out(database: Database, part: str) -> None:
    from core.store import feed  # which keeps the sums while it marks

    with database.read() as connection:
        if total(connection, (part,)) is not None:
            return
        seen = feed.current_snapshot(connection)
        found = sum_of(living(connection, (part,)))
    with database.write() as connection:
        # The slots first: who marks from now on adds to what is written here.
        connection.execute(select(_S.slot).where(_S.part == part).order_by(_S.slot).with_for_update()).all()
        if feed.count_changes(connection, (part,), seen, 1):
            raise _Changed
        nothing: dict[str, Any] = {"rows": 0, "hi": 0, "lo": 0, "unsure": False}
        connection.execute(update(t.sync_sums).where(_S.part == part).values(nothing))
        _write(connection, {part: found})
