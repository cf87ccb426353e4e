"""A wrong clock is noted, changes nothing else, and costs a write only where it changes."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from core.contract.commands import How, ScanItem
from core.domain.outcome import Verdict
from core.service import device_clocks, inbox
from core.store import tables as t
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment

SCAN = ScanItem("f-1", "f-1-l0", 1, How.TAP)
MINUTE_MS = 60_000


class Tablet:
    def __init__(self, database) -> None:
        self.database, self.writes = database, 0
        world = build_world(database)
        put_fulfilment(database, world)
        self.device = put_device(database, world.lille)
        self.sender = Sender(self.device, world.ana)
        event.listen(database.engine, "before_cursor_execute", self._count)

    def _count(self, _connection, _cursor, statement: str, *_rest: object) -> None:
        self.writes += statement.startswith("UPDATE device ")

    def says(self, offset_ms: int) -> int | None:
        """What the core knows afterwards."""
        command = self.sender.command(SCAN, offset_ms=offset_ms)
        assert inbox.receive(self.database, self.device, command, NOW).verdict is not Verdict.REJECTED
        with self.database.read() as connection:
            known: int | None = connection.execute(select(t.devices.c.clock_offset_ms)).scalar_one()
        return known


@pytest.fixture
def tablet(database) -> Tablet:
    """On SQLite and on PostgreSQL."""
    return Tablet(database)


def test_what_the_newest_command_says_is_known_and_written_where_it_changes(tablet):
    told = [250, 400, -7 * MINUTE_MS, -7 * MINUTE_MS - 900, 20]
    assert [tablet.says(ms) for ms in told] == [250, 250, -7 * MINUTE_MS, -7 * MINUTE_MS, 20]
    assert tablet.writes == 3


def test_a_clock_that_is_years_off_is_only_a_large_number(tablet):
    years = timedelta(days=3650) // timedelta(milliseconds=1)
    assert tablet.says(years) == years
    assert tablet.says(10**30) == 2**53


@pytest.mark.parametrize(
    ("offset_ms", "wrong"),
    [(None, False), (0, False), (5 * MINUTE_MS, False), (5 * MINUTE_MS + 1, True), (-5 * MINUTE_MS - 1, True)],
)
def test_more_than_five_minutes_are_wrong(offset_ms, wrong, tablet):
    with tablet.database.write() as connection:
        connection.execute(t.devices.update().values(clock_offset_ms=offset_ms))
        found = connection.execute(select(t.devices.c.id).where(device_clocks.wrong_ones())).all()
    assert (device_clocks.is_wrong(offset_ms), bool(found)) == (wrong, wrong)
