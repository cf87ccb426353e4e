"""I11 at the core: a history that a device has seen and that this database lost is noticed, forked or not."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from core.contract import commands as c
from core.contract.sync import Group, Head, PullRequest
from core.domain.outcome import Verdict
from core.service import cursors, sync
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.core.service.test_sync import Copy
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment
from tests.support.postgres import with_database


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def device(database, world):
    return put_device(database, world.lille)


@contextmanager
def backup(database: Database, tmp_path: Path, postgres_url: str | None) -> Iterator[Database]:
    """A copy of the database as it is now: files on SQLite; on PostgreSQL a copy in the same server."""
    database.close()
    of = database.url.database or ""
    if database.is_sqlite:
        path = tmp_path / "backup.db"
        shutil.copy(of, path)
        copy = Database(f"sqlite:///{path}")
        yield copy
        copy.close()
        return
    assert postgres_url is not None
    name = f"b{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(of))
        connection.execute(make)
        copy = Database(with_database(postgres_url, name))
        try:
            yield copy
        finally:
            copy.close()
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def server(database, request) -> str | None:
    return None if database.is_sqlite else request.getfixturevalue("postgres_url")


def alarms(database: Database) -> list[tuple[str, str, int]]:
    a = t.device_alarms.c
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(select(a.kind, a.part, a.times).order_by(a.kind, a.part))]


def work(database: Database, world, number: int) -> None:
    """A transaction of the core that the device's partitions see."""
    with database.write() as connection:
        feed.mark(connection, feed.store_part(world.lille), "user", world.ana)
        feed.mark(connection, feed.stock_part(world.lille), "position", world.skus[number % 3])


def test_a_device_that_knew_more_than_the_backup_is_told_to_start_anew(database, world, device, tmp_path, server):
    copies = [Copy(database, device, group) for group in Group]
    for copy in copies:
        copy.pull()
    with backup(database, tmp_path, server) as restored:
        work(database, world, 1)
        for copy in copies[:2]:
            copy.pull()
        for number in range(20):  # the other history overtakes: no clock and no transaction number tells
            work(restored, world, number)
        for copy in copies[:2]:
            copy.database = restored
            with pytest.raises(sync.HistoryUnknown):
                copy.pull()
        copies[2].database = restored
        copies[2].pull()  # its group had not moved on: nothing it knew was lost
        assert alarms(restored) == [("history_lost", "main", 1), ("history_lost", "stock", 1)]
        with restored.read() as connection:
            told = connection.execute(select(t.events.c.name, t.events.c.device_id)).all()
        assert [tuple(row) for row in told] == [("DeviceAlarmRaised", device.id)] * 2


def test_a_device_that_asks_for_everything_still_says_what_it_had_seen(database, world, device, tmp_path, server):
    copy = Copy(database, device)
    copy.pull()
    with backup(database, tmp_path, server) as restored:
        work(database, world, 1)
        copy.pull()
        updated = PullRequest(Group.MAIN, None, seen=copy.cursor or "")
        frames = list(sync.pull(database, device, updated, NOW))
        assert frames[0] == Head(full=True)
        with pytest.raises(sync.HistoryUnknown):
            list(sync.pull(restored, device, updated, NOW))
        assert alarms(restored) == [("history_lost", "main", 1)]


def test_a_device_that_had_not_moved_on_goes_on_with_the_backup(database, world, device, tmp_path, server):
    copy = Copy(database, device)
    copy.pull()
    with backup(database, tmp_path, server) as restored:
        work(database, world, 1)
        work(restored, world, 2)
        copy.database = restored
        frames = copy.pull()
    assert not frames[0].full
    assert [frame.e for frame in frames[1:-1]] == ["user"]


def test_what_the_backup_lost_has_its_effect_again_and_once(database, world, device, tmp_path, server):
    put_fulfilment(database, world, quantities=(3,))
    sender = Sender(device, world.ana)
    first = sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE))
    second = sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE), prev=first.id)
    sync.push(database, device, [first], NOW)
    with backup(database, tmp_path, server) as restored:
        sync.push(database, device, [second], NOW)
        answer = sync.push(restored, device, [first, second], NOW)
        assert [one.verdict for one in answer.answers] == [Verdict.ACCEPTED] * 2
        with restored.read() as connection:
            picked = connection.execute(select(t.fulfilment_lines.c.picked)).scalar_one()
    assert picked == 2


def test_work_that_builds_on_what_was_lost_is_not_taken_before_that_comes_again(
    database, world, device, tmp_path, server
):
    put_fulfilment(database, world, quantities=(3,))
    sender, copy = Sender(device, world.ana), Copy(database, device)
    copy.pull()
    with backup(database, tmp_path, server) as restored:
        sync.push(database, device, [sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE))], NOW)
        copy.pull()
        later = [sender.command(c.PutBackItem("f-1", "f-1-l0", 1, "undo"))]
        with pytest.raises(sync.HistoryUnknown):
            sync.push(restored, device, later, NOW, copy.cursor or "")
        with restored.read() as connection:
            assert connection.execute(select(t.processed_commands.c.id)).all() == []


def test_a_cursor_that_rests_is_proved_anew_once_a_day(database, world, device):
    copy = Copy(database, device)
    copy.pull()
    first = copy.cursor
    copy.pull()
    assert copy.cursor == first
    frames = copy.pull(NOW + timedelta(days=2))
    assert not frames[0].full
    assert copy.cursor != first


def test_a_cursor_without_proof_is_of_no_known_history(database, world, device):
    """As the cores before this one made them."""
    copy = Copy(database, device)
    copy.pull()
    known = cursors.read_cursor(copy.cursor)
    assert known is not None
    copy.cursor = cursors.Cursor(known.g, known.s, known.e, known.p).text()
    with pytest.raises(sync.HistoryUnknown):
        copy.pull()
    assert alarms(database) == []
