"""Many positions set to what somebody says is there, by statements for all of them and not for each.

The positions, the ledger, the feed and the projection say the same as if each had been moved alone (`stock.move`); the
positions are locked in the same order, so that nobody waits in a circle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, TextClause, bindparam, text

from core.domain.stock import MovementKind
from core.service import atp_projection
from core.service.cause import Cause
from core.store import feed
from core.store.columns import UtcDateTime

Key = tuple[str, str]  # location, SKU


@dataclass(frozen=True, slots=True)
class UnknownArticles:
    """Nothing was written: there are no such articles."""

    skus: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """How many positions were not at their level, and their articles. `more`: those of which more can be promised
    now; `short`: positions that now hold less than is reserved of them."""

    positions: int = 0
    skus: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    short: tuple[Key, ...] = ()


def set_levels(connection: Connection, cause: Cause, levels: Mapping[Key, int]) -> Changed | UnknownArticles:
    """`levels`: units on hand. Only what differs is written."""
    if not levels:
        return Changed()
    _say(connection, levels)
    postgres = connection.dialect.name == "postgresql"
    unknown = (_compare_postgres if postgres else _compare_sqlite)(connection)
    if unknown:
        return UnknownArticles(unknown)
    changed = int(connection.exec_driver_sql("SELECT count(*) FROM stock_differs").scalar_one())
    if not changed:
        return Changed()
    _write(connection, cause)
    skus = {row[0]: row[1] for row in connection.exec_driver_sql(_ARTICLES)}
    short = tuple((row[0], row[1]) for row in connection.exec_driver_sql(_SHORT))
    return Changed(changed, frozenset(skus), frozenset(sku for sku, more in skus.items() if more), short)


def _compare_sqlite(connection: Connection) -> frozenset[str]:
    """Every position is looked for once: nobody else writes. What is new is made at its level. Unknown articles."""
    connection.exec_driver_sql(_COMPARE_SQLITE)
    if connection.exec_driver_sql("SELECT 1 FROM stock_differs WHERE row IS NULL LIMIT 1").first() is None:
        return frozenset()
    unknown = frozenset(connection.exec_driver_sql(_UNKNOWN.format(rows=_NEW_SQLITE)).scalars())
    if not unknown:
        connection.exec_driver_sql(_MAKE.format(units="units", rows=_NEW_SQLITE))
        connection.exec_driver_sql("DELETE FROM stock_differs WHERE row IS NULL AND units = 0")
    return unknown


def _compare_postgres(connection: Connection) -> frozenset[str]:
    """What is new is made empty, by whoever is first; then all are locked, and compared as they are."""
    if connection.exec_driver_sql(f"{_NEW_POSTGRES} LIMIT 1").first() is not None:
        unknown = frozenset(connection.exec_driver_sql(_UNKNOWN.format(rows=_NEW_POSTGRES)).scalars())
        if unknown:
            return unknown
        connection.exec_driver_sql(_MAKE.format(units="0", rows=_NEW_POSTGRES))
    connection.exec_driver_sql(_LOCK)
    connection.exec_driver_sql(_COMPARE_POSTGRES)
    return frozenset()


def _say(connection: Connection, levels: Mapping[Key, int]) -> None:
    touched = atp_projection.touched(connection)
    if touched is not None:
        touched.settle()  # what was said before is read before it is forgotten
    rows = [(location_id, sku, units) for (location_id, sku), units in sorted(levels.items())]
    for table in (_SAID, _DIFFERS):
        connection.exec_driver_sql(table)
    connection.exec_driver_sql("DELETE FROM stock_said")
    connection.exec_driver_sql("DELETE FROM stock_differs")
    if connection.dialect.name == "postgresql":
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        connection.exec_driver_sql(_FILL_POSTGRES, columns)
        connection.exec_driver_sql("ANALYZE stock_said")  # else a small table is guessed, or a big one read whole
    else:
        connection.exec_driver_sql("INSERT INTO stock_said (location_id, sku, on_hand) VALUES (?, ?, ?)", rows)


def _write(connection: Connection, cause: Cause) -> None:
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.exec_driver_sql(_UPDATE_POSTGRES)
    else:
        # By their row, one by one: UPDATE ... FROM reads each of them twice.
        known = connection.exec_driver_sql("SELECT units, row FROM stock_differs WHERE row IS NOT NULL").fetchall()
        if known:
            connection.exec_driver_sql(_UPDATE_SQLITE, [tuple(row) for row in known])
    connection.execute(_ledger(postgres), _signed(cause))
    places = connection.exec_driver_sql("SELECT DISTINCT location_id FROM stock_differs").scalars()
    feed.mark_selected(connection, "position", _MARKS, map(feed.stock_part, places))
    touched = atp_projection.touched(connection)
    if touched is not None:
        touched.move_late(lambda: [((row[0], row[1]), row[2]) for row in connection.exec_driver_sql(_MOVED)])


def _signed(cause: Cause) -> dict[str, Any]:
    return {
        "base": cause.new_id(), "kind": MovementKind.IMPORT.value, "command_id": cause.command_id,
        "user_id": cause.user_id, "device_id": cause.device_id, "at": cause.at, "received_at": cause.received_at,
    }  # fmt: skip


_SAID: Final = "CREATE TEMPORARY TABLE IF NOT EXISTS stock_said (location_id VARCHAR, sku VARCHAR, on_hand INTEGER)"
_DIFFERS: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS stock_differs (row BIGINT, location_id VARCHAR, sku VARCHAR, units INTEGER, "
    "number INTEGER, before INTEGER, after INTEGER, short INTEGER)"
)
_FILL_POSTGRES: Final = (
    "INSERT INTO stock_said (location_id, sku, on_hand) SELECT * FROM unnest(%s::varchar[], %s::varchar[], %s::int[])"
)
_HERE: Final = "p.location_id = s.location_id AND p.sku = s.sku"
_NEW_POSTGRES: Final = (
    f"SELECT s.location_id, s.sku FROM stock_said s WHERE NOT EXISTS (SELECT 1 FROM position p WHERE {_HERE})"
)
_NEW_SQLITE: Final = "SELECT location_id, sku, units FROM stock_differs WHERE row IS NULL"
_UNKNOWN: Final = (
    "SELECT DISTINCT n.sku FROM ({rows}) AS n WHERE NOT EXISTS (SELECT 1 FROM variant v WHERE v.id = n.sku)"
)
_MAKE: Final = (
    "INSERT INTO position (location_id, sku, on_hand, reserved, picked, unavailable, safety, zone, place, version) "
    "SELECT location_id, sku, {units}, 0, 0, 0, 0, '', '', 1 FROM ({rows}) AS n WHERE true ORDER BY location_id, sku "
    "ON CONFLICT (location_id, sku) DO NOTHING"
)
_LOCK: Final = (
    f"SELECT count(*) FROM (SELECT 1 FROM position p JOIN stock_said s ON {_HERE} ORDER BY p.location_id, p.sku "
    "FOR UPDATE OF p) AS locked"
)
_COMPARE_POSTGRES: Final = (
    "INSERT INTO stock_differs SELECT 0, s.location_id, s.sku, s.on_hand - p.on_hand, "
    "row_number() OVER (ORDER BY s.location_id, s.sku), p.on_hand - p.reserved - p.unavailable - p.safety, "
    "s.on_hand - p.reserved - p.unavailable - p.safety, CASE WHEN s.on_hand < p.reserved THEN 1 ELSE 0 END "
    f"FROM stock_said s JOIN position p ON {_HERE} WHERE p.on_hand <> s.on_hand"
)
# `row` is NULL where there is no position yet. The rows were said in their order, which their numbers follow.
_COMPARE_SQLITE: Final = (
    "INSERT INTO stock_differs SELECT p.rowid, s.location_id, s.sku, s.on_hand - ifnull(p.on_hand, 0), s.rowid, "
    "ifnull(p.on_hand - p.reserved - p.unavailable - p.safety, 0), "
    "s.on_hand - ifnull(p.reserved + p.unavailable + p.safety, 0), s.on_hand < ifnull(p.reserved, 0) "
    f"FROM stock_said s LEFT JOIN position p ON {_HERE} WHERE p.on_hand IS NOT s.on_hand"
)
_MOVED: Final = "SELECT location_id, sku, units FROM stock_differs"
_ARTICLES: Final = (
    "SELECT sku, max(CASE WHEN after > 0 AND after > before THEN 1 ELSE 0 END) FROM stock_differs GROUP BY sku"
)
_SHORT: Final = "SELECT location_id, sku FROM stock_differs WHERE short = 1 ORDER BY location_id, sku"
_UPDATE_SQLITE: Final = "UPDATE position SET on_hand = on_hand + ?, version = version + 1 WHERE rowid = ?"
_UPDATE_POSTGRES: Final = (
    "UPDATE position AS p SET on_hand = p.on_hand + s.units, version = p.version + 1 FROM stock_differs s "
    f"WHERE {_HERE}"
)
_MARKS: Final = "SELECT 'stock:' || location_id AS part, sku AS id FROM stock_differs"


def _ledger(postgres: bool) -> TextClause:
    number = "lpad(number::text, 8, '0')" if postgres else "printf('%08d', number)"
    moment = (bindparam(name, type_=UtcDateTime()) for name in ("at", "received_at"))
    order = "ORDER BY number" if postgres else ""  # SQLite reads them as they were compared: in their order
    return text(_LEDGER.format(number=number.replace(":", "\\:"), order=order)).bindparams(*moment)


_LEDGER: Final = (
    "INSERT INTO movement (id, location_id, sku, kind, on_hand, reserved, picked, unavailable, safety, reason, "
    "order_id, fulfilment_id, command_id, user_id, device_id, at, received_at) "
    "SELECT :base || '-' || {number}, location_id, sku, :kind, units, 0, 0, 0, 0, '', '', '', :command_id, :user_id, "
    ":device_id, :at, :received_at FROM stock_differs {order}"
)
