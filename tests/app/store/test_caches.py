import sqlite3
from pathlib import Path

import pytest

from app.store import caches
from app.store.database import Database, driver
from core.contract.sync import Group
from tests.support.cache_file import packed
from tests.support.device import database, position

__all__ = ["database"]


def test_every_file_has_a_name_that_none_before_it_had() -> None:
    assert [caches.next_name(name) for name in ("stock.db", "stock-1.db", "catalog-99.db")] == [
        "stock-1.db", "stock-2.db", "catalog-100.db",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="main"):
        caches.next_name("main.db")


def test_a_name_that_is_none_is_not_followed(database: Database) -> None:
    for name, counts in (("../stock.db", "stock.db"), ("stock-3.db", "stock-3.db"), ("", "stock.db")):
        with database.write() as connection:
            caches.point(driver(connection), Group.STOCK, name)
        assert caches.current(database.folder / "main.db")[Group.STOCK] == counts


def test_what_was_on_its_way_goes_at_the_start(database: Database) -> None:
    database.close()
    for name in ("stock-7.db", "stock-7.db-wal", "catalog-2.db", "stage-catalog-2.db"):
        (database.folder / name).write_bytes(b"half of it")
    (database.folder / "main.damaged-1.db").write_bytes(b"kept")
    Database.open(database.folder).close()
    assert {path.name for path in database.folder.glob("*.db")} >= {"main.db", "stock.db", "catalog.db"}
    assert not list(database.folder.glob("*-7.db*")) + list(database.folder.glob("*catalog-2*"))
    assert (database.folder / "main.damaged-1.db").exists()


def test_a_file_that_counts_and_is_gone_is_an_empty_one_to_pull_again(database: Database) -> None:
    with database.write() as connection:
        caches.point(driver(connection), Group.STOCK, "stock-3.db")
    database.close()
    again = Database.open(database.folder)
    assert again.path_of(Group.STOCK).name == "stock-3.db"
    again.close()


def test_flaws_are_found_without_writing(tmp_path: Path) -> None:
    packed(tmp_path, [position(1)])
    plain = tmp_path / "plain.db"
    written = plain.stat().st_mtime_ns
    assert caches.flaw(plain, Group.STOCK) == ""
    assert caches.flaw(plain, Group.CATALOGUE) == "another schema"
    assert plain.stat().st_mtime_ns == written
    plain.write_bytes(b"nothing of the kind" * 100)
    assert caches.flaw(plain, Group.STOCK)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(plain).execute("SELECT 1 FROM sqlite_schema")
