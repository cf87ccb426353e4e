import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from app.store import documents, outbox, settings
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.migrations import NewerDatabase
from core.contract.commands import How, ScanItem
from core.contract.sync import Group
from tests.simulation.crash import Fuse, mortality
from tests.support.device import database, fill, stamp, store

__all__ = ["database", "store"]


def unclean(database: Database) -> Path:
    """The folder as a power cut leaves it: everything closed, the marker still there."""
    database.close()
    (database.folder / "in-use").touch()
    return database.folder


@pytest.mark.usefixtures("store")
def test_everything_is_still_there_after_closing(database: Database) -> None:
    with database.write() as connection:
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(1))
    database.close()
    again = Database.open(database.folder)
    with again.read() as connection:
        assert outbox.waiting(connection) == 1
    again.close()


def test_a_confirmed_scan_is_on_the_disk(database: Database) -> None:
    with database.write() as connection:
        raw = driver(connection)
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_reading_writes_nothing(database: Database) -> None:
    with database.read() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql("DELETE FROM command")


def test_an_action_cannot_write_the_caches(database: Database) -> None:
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.exec_driver_sql("DELETE FROM stock.position")


def test_a_transaction_inside_a_transaction_is_a_mistake_of_the_program(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass
    with database.write() as connection:
        assert outbox.waiting(connection) == 0


def test_a_read_sees_one_moment(database: Database) -> None:
    with database.read() as before:
        assert outbox.waiting(before) == 0
        with database.write() as connection:
            outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(1))
        assert outbox.waiting(before) == 0
    with database.read() as after:
        assert outbox.waiting(after) == 1


def test_threads_take_turns_and_numbers_have_no_gaps(database: Database) -> None:
    def scans(thread: int) -> None:
        for number in range(20):
            with database.write() as connection:
                outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(thread * 100 + number))

    threads = [threading.Thread(target=scans, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        numbers = driver(connection).execute("SELECT seq FROM command ORDER BY seq").fetchall()
    assert [number for (number,) in numbers] == list(range(1, 81))


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("group", [Group.STOCK, Group.CATALOGUE])
def test_a_damaged_cache_is_dropped_and_pulled_again(database: Database, group: Group) -> None:
    folder = unclean(database)
    name = {Group.STOCK: "stock.db", Group.CATALOGUE: "catalog.db"}[group]
    (folder / name).write_bytes(b"not a database at all" * 500)
    again = Database.open(folder)
    assert again.report.dropped == (group,)
    assert again.report.moved_aside is None
    assert DeviceStore(again).begin_pull(group).request.cursor is None
    assert DeviceStore(again).cursor(Group.MAIN) == "c1"
    fill(DeviceStore(again))
    again.close()


@pytest.mark.usefixtures("store")
def test_a_damaged_main_file_is_moved_aside_and_told(database: Database) -> None:
    folder = unclean(database)
    main = folder / "main.db"
    whole = bytearray(main.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    main.write_bytes(whole)
    again = Database.open(folder)
    assert again.report.moved_aside == folder / "main.damaged-1.db"
    assert (folder / "main.damaged-1.db").read_bytes() == bytes(whole)
    with again.read() as connection:
        assert documents.fulfilments(connection) == []
    again.close()


def test_a_newer_main_file_is_not_touched(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(NewerDatabase):
        Database.open(database.folder)
    assert not list(database.folder.glob("main.damaged-*"))


def test_a_commit_that_the_disk_refuses_locks_nobody_out(tmp_path: Path) -> None:
    fuse = Fuse()
    with mortality(), fuse.inside():
        opened = Database.open(tmp_path / "device")
        try:
            with pytest.raises(DBAPIError, match="readonly"):
                refused(opened, fuse)
            with opened.merging(Group.MAIN) as connection:
                settings.put(driver(connection), "b", "2")
            with opened.write() as connection:
                assert settings.get(driver(connection), "a") is None
        finally:
            fuse.bury()


def refused(opened: Database, fuse: Fuse) -> None:
    with opened.write() as connection:
        settings.put(driver(connection), "a", "1")
        fuse.disk = ("read_only", 1)  # the next write is the commit
