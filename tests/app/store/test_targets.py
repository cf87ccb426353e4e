from pathlib import Path

from app.store.connecting import driver
from app.store.database import Database
from app.store.download import Download
from app.store.targets import LiveFile, NewFile
from core.contract.sync import Group
from tests.support.cache_file import packed
from tests.support.device import database, position, store

__all__ = ["database", "store"]
COUNT = "SELECT count(*) FROM stock.position"


def unpacked(database: Database, folder: Path) -> NewFile:
    told, body = packed(folder, [position(number) for number in range(20)])
    download = Download(database, Group.STOCK, told)
    download.receive(body[download.start :])
    return download.unpack()


def test_rows_for_the_live_file_are_seen_from_their_commit(database: Database) -> None:
    live = LiveFile(database, Group.STOCK)
    with live.merging() as connection:
        connection.exec_driver_sql("INSERT INTO stock.position VALUES ('a', 1, 1, 0, 0, 0, 0, '', '')")
    live.publish()
    with database.read() as connection:
        assert driver(connection).execute(COUNT).fetchone() == (1,)


def test_rows_for_a_new_file_are_seen_when_it_is_published(database: Database, tmp_path: Path) -> None:
    new = unpacked(database, tmp_path / "core")
    with new.merging() as connection:
        connection.exec_driver_sql("INSERT INTO stock.position VALUES ('a', 1, 1, 0, 0, 0, 0, '', '')")
    with database.read() as connection:
        assert driver(connection).execute(COUNT).fetchone() == (0,)
    new.publish()
    with database.read() as connection:
        assert driver(connection).execute(COUNT).fetchone() == (21,)
    assert database.path_of(Group.STOCK).name == "stock-1.db"
    assert not list(database.folder.glob("download-*"))


def test_a_new_file_that_is_given_up_leaves_nothing(database: Database, tmp_path: Path) -> None:
    unpacked(database, tmp_path / "core")
    second = unpacked(database, tmp_path / "core")
    second.publish()
    assert sorted(path.name for path in database.folder.glob("stock*.db")) == ["stock-1.db"]
