"""All that a pull has to know before it looks at rows, of one snapshot and in one statement.

A thousand tablets ask again and again where nothing has changed: then this and the look for changes are all they cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from core.contract.sums import Sum


@dataclass(frozen=True, slots=True)
class Standing:
    """`knows`: whether the history holds the tick that was named; `floor`, `sum` (None: unsure): of the partitions."""

    snapshot: str
    epoch: str
    knows: bool
    floor: int
    sum: Sum | None


_ASKED = """
    SELECT {snapshot}, {epoch}, EXISTS (SELECT 1 FROM sync_tick WHERE id = {tick}),
    (SELECT max(tx) FROM sync_floor WHERE part {parts}), said.*
    FROM sync_clock AS clock CROSS JOIN (
        SELECT coalesce(sum(rows), 0), coalesce(sum(hi), 0), coalesce(sum(lo), 0), coalesce({unsure}, {sure})
        FROM sync_sum WHERE part {parts}
    ) AS said
"""
_SQLITE = _ASKED.format(
    snapshot="clock.value",
    epoch="clock.epoch",
    tick="?",
    parts="IN (SELECT value FROM json_each(?))",
    unsure="max(unsure)",
    sure="0",
)
# As in `feed`: a cursor names the transactions it has seen, an epoch the server too.
_POSTGRES = _ASKED.format(
    snapshot="pg_current_snapshot()::text",
    epoch="clock.epoch || '-' || (SELECT system_identifier FROM pg_control_system())",
    tick="%s",
    parts="= ANY(%s::text[])",
    unsure="bool_or(unsure)",
    sure="false",
)
_HALF = 1 << 32


def stand(connection: Connection, parts: Sequence[str], tick: str = "") -> Standing:
    """Where these partitions stand in what the connection sees now."""
    is_postgres = connection.dialect.name == "postgresql"
    named = list(parts) if is_postgres else orjson.dumps(parts).decode()
    row = connection.exec_driver_sql(_POSTGRES if is_postgres else _SQLITE, (tick, named, named)).one()
    snapshot, epoch, knows, floor, rows, hi, lo, unsure = row
    total = None if unsure else Sum(int(rows), (int(hi) * _HALF + int(lo)) % _HALF**2)
    return Standing(str(snapshot), str(epoch), bool(knows), int(floor or 0), total)
