"""What a pull says of the rows it leaves a device with, and what it sends to a device whose rows are others.

A device that found its sum to be another asks again with the sums of its ranges (`doubt` 1), then for everything (2);
where even that does not help, it says so (3). Each is an alarm: rows may differ for a while, never in silence.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from core.contract.sums import RANGES, Sum, by_range, range_of, sum_of
from core.contract.sync import PullRequest
from core.service import alarms
from core.service.alarms import Alarm
from core.service.devices import Device
from core.store import feed, sums
from core.store import tables as t
from core.store.database import Database
from core.store.feed import Change

_KINDS: Final = {1: "rows_differ", 2: "rows_differ_again", 3: "rows_never_equal"}


class Unseen:
    """Rows that the feed lists and that could not be shown: for a device they do not exist."""

    def __init__(self) -> None:
        self._rows: list[Change] = []

    def add(self, changes: Sequence[Change]) -> None:
        self._rows += changes

    def sum(self) -> Sum:
        return sum_of((one.entity, one.id, one.ver) for one in self._rows)

    def bury(self, database: Database) -> None:
        """So that the sum of the partition is the sum of what devices hold."""
        if not self._rows:
            return
        with database.write() as connection:
            for entity in sorted({one.entity for one in self._rows}):
                feed.bury(
                    connection, entity, ((one.part, one.id, one.ver) for one in self._rows if one.entity == entity)
                )


def differing(connection: Connection, parts: Sequence[str], have: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The ranges in which a device with these sums holds other rows than these partitions."""
    mine = by_range(sums.living(connection, parts))
    return tuple(place for place in range(RANGES) if (mine[place].rows, mine[place].value) != tuple(have[place]))


def rows_of(connection: Connection, parts: Sequence[str], ranges: Sequence[int]) -> Iterator[Change]:
    """Every living row of those ranges."""
    wanted, r = set(ranges), t.sync_rows.c
    query = select(r.entity, r.part, r.id, r.ver, r.deleted).where(r.part.in_(parts), r.deleted.is_(False))
    for row in connection.execute(query).yield_per(5_000):
        if range_of(row[0], row[2]) in wanted:
            yield Change._make(row)


def tell(database: Database, device: Device, request: PullRequest, ranges: Sequence[int] | None, at: datetime) -> None:
    """Head office learns that this device doubts its rows; logged, an event, and open until a person has seen it."""
    if request.doubt in _KINDS:
        data = {"ranges": len(ranges)} if ranges is not None else {}
        data |= {"audit": request.audit} if request.audit is not None else {}
        alarm = Alarm(_KINDS[request.doubt], request.group.value, request.cursor or "", data)
        alarms.raise_alone(database, device, alarm, at)
