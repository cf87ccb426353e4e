"""Many positions set to what somebody says is there, by statements for all of them and not for each.

The positions, the ledger, the feed and the projection say the same as if each had been moved alone (`stock.move`); the
positions are locked in the same order, so that nobody waits in a circle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, TextClause, bindparam, select, text

from core.domain.stock import MovementKind
from core.service import atp_projection
from core.service.cause import Cause
from core.store import feed
from core.store import tables as t
from core.store.columns import UtcDateTime

Key = tuple[str, str]  # location, SKU
CHECKED_AT_ONCE: Final = 500


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
    new = connection.exec_driver_sql(_NEW).fetchall()
    if new:
        wanted = {sku for _, sku in new}
        unknown = wanted - _known(connection, sorted(wanted))
        if unknown:
            return UnknownArticles(frozenset(unknown))
        connection.exec_driver_sql(_MAKE)
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.exec_driver_sql(_LOCK)
    changed = connection.exec_driver_sql(_COMPARE.format(row="0" if postgres else "p.rowid")).rowcount
    if not changed:
        return Changed()
    _write(connection, cause)
    skus = {row[0]: row[1] for row in connection.exec_driver_sql(_ARTICLES)}
    short = tuple((row[0], row[1]) for row in connection.exec_driver_sql(_SHORT))
    return Changed(changed, frozenset(skus), frozenset(sku for sku, more in skus.items() if more), short)


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


def _known(connection: Connection, skus: Sequence[str]) -> set[str]:
    v, found = t.variants.c, set[str]()
    for start in range(0, len(skus), CHECKED_AT_ONCE):
        query = select(v.id).where(v.id.in_(skus[start : start + CHECKED_AT_ONCE]))
        found.update(connection.execute(query).scalars())
    return found


def _write(connection: Connection, cause: Cause) -> None:
    postgres = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(_UPDATE_POSTGRES if postgres else _UPDATE_SQLITE)
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
_NEW: Final = (
    f"SELECT s.location_id, s.sku FROM stock_said s WHERE NOT EXISTS (SELECT 1 FROM position p WHERE {_HERE}) "
    "ORDER BY s.location_id, s.sku"
)
_MAKE: Final = (
    "INSERT INTO position (location_id, sku, on_hand, reserved, picked, unavailable, safety, zone, place, version) "
    f"SELECT n.location_id, n.sku, 0, 0, 0, 0, 0, '', '', 1 FROM ({_NEW}) AS n WHERE true "
    "ON CONFLICT (location_id, sku) DO NOTHING"
)
_LOCK: Final = (
    f"SELECT count(*) FROM (SELECT 1 FROM position p JOIN stock_said s ON {_HERE} ORDER BY p.location_id, p.sku "
    "FOR UPDATE OF p) AS locked"
)
# CROSS JOIN: SQLite keeps the order of the tables, and finds each position by its key.
_COMPARE: Final = (
    "INSERT INTO stock_differs SELECT {row}, s.location_id, s.sku, s.on_hand - p.on_hand, "
    "row_number() OVER (ORDER BY s.location_id, s.sku), p.on_hand - p.reserved - p.unavailable - p.safety, "
    "s.on_hand - p.reserved - p.unavailable - p.safety, CASE WHEN s.on_hand < p.reserved THEN 1 ELSE 0 END "
    f"FROM stock_said s CROSS JOIN position p WHERE {_HERE} AND p.on_hand <> s.on_hand"
)
_MOVED: Final = "SELECT location_id, sku, units FROM stock_differs"
_ARTICLES: Final = (
    "SELECT sku, max(CASE WHEN after > 0 AND after > before THEN 1 ELSE 0 END) FROM stock_differs GROUP BY sku"
)
_SHORT: Final = "SELECT location_id, sku FROM stock_differs WHERE short = 1 ORDER BY location_id, sku"
_UPDATE_SQLITE: Final = (
    "UPDATE position SET on_hand = on_hand + d.units, version = version + 1 FROM stock_differs d "
    "WHERE position.rowid = d.row"
)
_UPDATE_POSTGRES: Final = (
    "UPDATE position AS p SET on_hand = p.on_hand + s.units, version = p.version + 1 FROM stock_differs s "
    f"WHERE {_HERE}"
)
_MARKS: Final = "SELECT 'stock:' || location_id AS part, sku AS id FROM stock_differs"


def _ledger(postgres: bool) -> TextClause:
    number = "lpad(number::text, 8, '0')" if postgres else "printf('%08d', number)"
    moment = (bindparam(name, type_=UtcDateTime()) for name in ("at", "received_at"))
    return text(_LEDGER.format(number=number.replace(":", "\\:"))).bindparams(*moment)


_LEDGER: Final = (
    "INSERT INTO movement (id, location_id, sku, kind, on_hand, reserved, picked, unavailable, safety, reason, "
    "order_id, fulfilment_id, command_id, user_id, device_id, at, received_at) "
    "SELECT :base || '-' || {number}, location_id, sku, :kind, units, 0, 0, 0, 0, '', '', '', :command_id, :user_id, "
    ":device_id, :at, :received_at FROM stock_differs ORDER BY number"
)
