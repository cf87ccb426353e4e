"""The change feed: every synced write marks its row in its own transaction; a pull reads what a snapshot had not seen.

`sync_row` holds a row per synced row and partition: the transaction that touched it last, a version, a tombstone flag.
A cursor is a database snapshot (PostgreSQL) or the value of the write clock (SQLite, whose single writer commits in
order), so that nothing is lost and nothing is half seen in whatever order transactions commit.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Text, bindparam, cast, func, select, text, update

from core.store import sums
from core.store import tables as t
from core.store.database import CLOCK, MARKED

ORG = "org"
IDS_AT_ONCE = 500


def store_part(location_id: str) -> str:
    return f"store:{location_id}"


def stock_part(location_id: str) -> str:
    return f"stock:{location_id}"


def device_part(device_id: str) -> str:
    return f"dev:{device_id}"


def catalogue_part(division_id: str) -> str:
    return f"cat:{division_id}"


def mark(connection: Connection, part: str, entity: str, id: str, deleted: bool = False) -> None:
    """Says that this row of the partition changed (or left it) in the transaction that is open on the connection."""
    mark_many(connection, part, entity, (id,), deleted)


def poke(connection: Connection, part: str) -> None:
    """Makes who listens to the partition ask again, when the transaction is done; no row of it has changed."""
    connection.info.setdefault(MARKED, set()).add(part)


def mark_many(connection: Connection, part: str, entity: str, ids: Iterable[str], deleted: bool = False) -> None:
    """As `mark`, for many rows of one partition and entity."""
    mark_each(connection, entity, ((part, id) for id in ids), deleted)


def mark_each(connection: Connection, entity: str, rows: Iterable[tuple[str, str]], deleted: bool = False) -> None:
    """As `mark`, for rows (part, id) of many partitions at once."""
    # Sorted: transactions that mark the same rows take their locks in the same order.
    marks = sorted(set(rows))
    if not marks:
        return
    told_parts = {part for part, _ in marks}
    if connection.dialect.name == "postgresql":
        parts, ids = map(list, zip(*marks, strict=True))
        told = connection.exec_driver_sql(_MARK_POSTGRES, (entity, deleted, parts, ids))
    else:
        clock = _step_clock(connection)
        told = connection.exec_driver_sql(_MARK_SQLITE, (entity, clock, deleted, orjson.dumps(marks).decode()))
    if len(marks) > sums.MANY:
        told.close()
        sums.note_many(connection, told_parts)
    else:
        sums.note(connection, entity, ((*row, deleted) for row in told))
    connection.info.setdefault(MARKED, set()).update(told_parts)


# As the driver takes it: an upsert is compiled anew for every execution (0.6 ms), and its rows are bound one by one.
_AGAIN = """
    ON CONFLICT (part, entity, id)
    DO UPDATE SET tx = excluded.tx, ver = sync_row.ver + 1, deleted = excluded.deleted,
    was = CASE WHEN sync_row.deleted THEN 0 ELSE sync_row.ver END
"""
_MARK = "INSERT INTO sync_row (part, entity, id, tx, ver, deleted, was) {values}" + _AGAIN
_MARK += "RETURNING part, id, ver, was"
_TOLD_SQLITE = (
    "SELECT json_extract(value, '$[0]'), ?, json_extract(value, '$[1]'), ?, 1, ?, 0 FROM json_each(?) WHERE true"
)
_MARK_SQLITE = _MARK.format(values=_TOLD_SQLITE)
_TOLD = "unnest(%s::text[], %s::text[]) AS told(part, id)"
_MARK_POSTGRES = _MARK.format(values=f"SELECT part, %s, id, pg_current_xact_id(), 1, %s::boolean, 0 FROM {_TOLD}")


def mark_selected(connection: Connection, entity: str, rows: str, parts: Iterable[str]) -> None:
    """As `mark_each`, for the `part` and `id` of a SELECT statement, each once. `parts`: all that it names."""
    said = {"entity": entity}
    if connection.dialect.name == "postgresql":
        # In their order: transactions that mark the same rows take their locks in the same one.
        sql = _MARK_SELECTED.format(rows=rows, tx="pg_current_xact_id()", order="ORDER BY said.part, said.id")
        connection.execute(text(sql), said)
    else:
        sql = _MARK_SELECTED.format(rows=rows, tx=":tx", order="")
        connection.execute(text(sql), said | {"tx": _step_clock(connection)})
    named = set(parts)
    sums.note_many(connection, named)
    connection.info.setdefault(MARKED, set()).update(named)


_MARK_SELECTED = (
    """
    INSERT INTO sync_row (part, entity, id, tx, ver, deleted, was)
    SELECT said.part, :entity, said.id, {tx}, 1, false, 0 FROM ({rows}) AS said WHERE true {order}
    """
    + _AGAIN
)


def bury(connection: Connection, entity: str, rows: Iterable[tuple[str, str, int]]) -> None:
    """Marks rows (part, id, version) as gone that could not be shown; one that was marked since is left alone."""
    r = t.sync_rows.c
    now = func.pg_current_xact_id() if connection.dialect.name == "postgresql" else _step_clock(connection)
    gone = update(t.sync_rows).values(tx=now, ver=r.ver + 1, deleted=True, was=r.ver)
    for part, id, ver in sorted(rows):
        same = (r.part == part, r.entity == entity, r.id == id, r.ver == ver, r.deleted.is_(False))
        if connection.execute(gone.where(*same)).rowcount:
            sums.note(connection, entity, [(part, id, ver + 1, ver, True)])
            connection.info.setdefault(MARKED, set()).add(part)


def move(connection: Connection, entity: str, id: str, old_part: str, new_part: str) -> None:
    """The row leaves one partition and enters another, in this transaction."""
    if old_part != new_part:
        mark(connection, old_part, entity, id, deleted=True)
    mark(connection, new_part, entity, id)


def _step_clock(connection: Connection) -> int:
    """The number of this write transaction on SQLite, taken at its first mark."""
    clock = connection.info.get(CLOCK)
    if clock is None:
        step = update(t.sync_clocks).values(value=t.sync_clocks.c.value + 1).returning(t.sync_clocks.c.value)
        clock = connection.info[CLOCK] = connection.execute(step).scalar_one()
    return int(clock)


def current_snapshot(connection: Connection) -> str:
    """What this read sees, as text for a cursor."""
    if connection.dialect.name == "postgresql":
        return str(connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())
    return str(connection.execute(select(t.sync_clocks.c.value)).scalar_one())


def current_transaction(connection: Connection) -> str:
    """The number of this write; what it marks has it."""
    if connection.dialect.name == "postgresql":
        return str(connection.execute(text("SELECT pg_current_xact_id()::text")).scalar_one())
    return str(_step_clock(connection))


def current_epoch(connection: Connection) -> str:
    """Whose history this is: new after a logical copy, a move to another server, or by the operator's will."""
    epoch = str(connection.execute(select(t.sync_clocks.c.epoch)).scalar_one())
    if connection.dialect.name == "postgresql":
        system = connection.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one()
        return f"{epoch}-{system}"
    return epoch


class Change(NamedTuple):
    """There may be thousands of them in a pull: a tuple is made in a fifth of the time of a dataclass."""

    entity: str
    part: str
    id: str
    ver: int
    deleted: bool


def changes(connection: Connection, parts: Sequence[str], since: str | None, but: Collection[str] = ()) -> list[Change]:
    """What the snapshot `since` has not seen in these partitions; None: every row that lives.

    `but`: what was last touched in these transactions (`current_transaction`) is left out.
    """
    if since is None:
        query = _ROWS.where(t.sync_rows.c.deleted.is_(False))
    elif but:
        query = _ROWS.where(*_invisible(connection, since)).where(cast(t.sync_rows.c.tx, Text).not_in(sorted(but)))
    elif connection.dialect.name == "postgresql":
        query = _ROWS.where(*_invisible(connection, since))
    else:
        # Asked by every tablet again and again: a statement as the driver takes it costs a fifth.
        found = connection.exec_driver_sql(_CHANGED_SQLITE, (orjson.dumps(parts).decode(), int(since)))
        return [Change._make(row) for row in found.all()]
    return [Change._make(row) for row in connection.execute(query, {"parts": list(parts)}).all()]


_R = t.sync_rows.c
_ROWS = select(_R.entity, _R.part, _R.id, _R.ver, _R.deleted).where(_R.part.in_(bindparam("parts", expanding=True)))
_CHANGED_SQLITE = """
    SELECT entity, part, id, ver, deleted FROM sync_row WHERE part IN (SELECT value FROM json_each(?)) AND tx > ?
"""


def count_changes(connection: Connection, parts: Sequence[str], since: str, most: int) -> int:
    """How many rows `changes` would find, counted no further than `most`."""
    query = select(t.sync_rows.c.id).where(t.sync_rows.c.part.in_(parts), *_invisible(connection, since)).limit(most)
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def count_living(connection: Connection, parts: Sequence[str]) -> int:
    """Rows of the partitions, tombstones left out."""
    rows = t.sync_rows.c
    query = select(func.count()).where(rows.part.in_(parts), rows.deleted.is_(False))
    return int(connection.execute(query).scalar_one())


def changed_parts(
    connection: Connection, parts: Sequence[str], since: str, but: Collection[int] = ()
) -> frozenset[str]:
    """Those of the partitions with anything that the snapshot `since` has not seen. `but`: as in `changes`."""
    found: set[str] = set()
    rows = t.sync_rows.c
    for start in range(0, len(parts), IDS_AT_ONCE):
        some = parts[start : start + IDS_AT_ONCE]
        query = select(rows.part).where(rows.part.in_(some), *_invisible(connection, since))
        if but:
            query = query.where(rows.tx.not_in(sorted(but)))
        found.update(connection.execute(query.distinct()).scalars())
    return frozenset(found)


def _invisible(connection: Connection, since: str) -> list[Any]:
    tx = t.sync_rows.c.tx
    if connection.dialect.name != "postgresql":
        return [tx > int(since)]
    # xmin alone bounds the index range; the second condition is the exact one.
    return [
        text("sync_row.tx >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))").bindparams(since=since),
        text("NOT pg_visible_in_snapshot(sync_row.tx, CAST(:since AS pg_snapshot))").bindparams(since=since),
    ]


def lowest(snapshot: str) -> int:
    """Every transaction below this one had ended when the snapshot was taken."""
    return int(snapshot.partition(":")[0]) if ":" in snapshot else int(snapshot) + 1


def is_past(snapshot: str, now: str) -> bool:
    """Whether `snapshot` can have been taken before `now` in the same history. ValueError where it is no snapshot."""
    return _highest(snapshot) <= _highest(now)


def _highest(snapshot: str) -> int:
    return int(snapshot.split(":")[1]) if ":" in snapshot else int(snapshot)
