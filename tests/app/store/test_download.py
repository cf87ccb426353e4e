import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from app.store import catalogue, stock
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.download import Download
from core.contract.cache_files import FORMAT
from core.contract.sync import FILE_CHUNK_BYTES, CacheFile, Group
from sync.errors import InvalidAnswer, NoSpace
from tests.support.cache_file import fetch, packed
from tests.support.device import NOW, apply, database, large, position, put, store, stream, variant

__all__ = ["database", "store"]
NEW = [variant(number, name=f"Wool coat {number}") for number in range(40)]


def names(database: Database, text: str) -> set[str]:
    with database.read() as connection:
        return {found.id for found in catalogue.search(connection, text, limit=100)}


def cache_names(database: Database) -> set[str]:
    return {path.name for path in database.folder.iterdir() if path.name.startswith(("cat", "stock", "download"))}


@pytest.mark.usefixtures("store")
def test_a_fetched_file_takes_the_place_of_the_old_one(database: Database, store: DeviceStore, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", NEW)
    pulled = fetch(store, Group.CATALOGUE, told, body, stream(cursor="f2"))
    assert pulled is not None
    assert (pulled.rows, pulled.full, pulled.entities) == (40, True, frozenset({"variant"}))
    assert store.cursor(Group.CATALOGUE) == "f2"
    assert len(names(database, "wool")) == 40  # the index came with it
    assert names(database, "linen") == set()
    with database.read() as connection:
        assert [found.id for found in catalogue.by_gtin(connection, NEW[7].gtins[0])] == ["sku7"]
    assert cache_names(database) >= {"stock.db", "catalog-1.db"}
    assert not [name for name in cache_names(database) if name.startswith(("catalog.db", "download"))]


def test_what_changed_since_the_file_was_built_is_there_before_anybody_sees_it(
    database: Database, store: DeviceStore, tmp_path: Path
) -> None:
    told, body = packed(tmp_path / "core", NEW)
    pull = store.begin_pull(Group.CATALOGUE)
    pull.receive(told)
    store.begin_download(Group.CATALOGUE, told).receive(body)
    pull = store.continue_pull(Group.CATALOGUE)
    assert (pull.request.cursor, pull.request.files) == ("f1", 0)
    for frame in stream(put("variant", variant(3, name="Silk scarf"), ver=2), cursor="f2"):
        pull.receive(frame)
        assert names(database, "silk") == names(database, "wool") == set()
        assert len(names(database, "linen")) == 6
    assert pull.finish(NOW) is not None
    assert (names(database, "silk"), len(names(database, "wool"))) == ({"sku3"}, 39)


def test_the_feed_goes_on_in_the_new_file(database: Database, store: DeviceStore, tmp_path: Path) -> None:
    for number in (1, 2):
        told, body = packed(tmp_path / "core", [position(n, on_hand=number) for n in range(9)], cursor=f"f{number}")
        assert fetch(store, Group.STOCK, told, body, stream(cursor=f"f{number}")) is not None
    apply(store, Group.STOCK, put("position", position(0, on_hand=77), ver=2), cursor="c9")
    database.close()
    again = Database.open(database.folder)
    with again.read() as connection:
        found = stock.positions(connection, ["sku0", "sku1"])
    assert [found["sku0"].on_hand, found["sku1"].on_hand] == [77, 2]
    assert DeviceStore(again).cursor(Group.STOCK) == "c9"
    assert again.report.dropped == ()
    again.close()


def test_who_is_reading_reads_the_old_file_to_the_end(database: Database, store: DeviceStore, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", NEW)
    with database.read() as began:  # has not looked into the catalogue yet
        driver(began).execute("SELECT count(*) FROM document").fetchone()
        assert fetch(store, Group.CATALOGUE, told, body, stream(cursor="f2")) is not None
        assert len(names(database, "wool")) == 40
        assert len(catalogue.search(began, "linen")) == 6
        assert (database.folder / "catalog.db").exists()
    assert not (database.folder / "catalog.db").exists()
    with database.write() as connection:
        assert catalogue.by_sku(connection, "sku39") is not None


def test_a_download_goes_on_after_a_cut_and_after_a_new_start(database: Database, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", large())
    assert len(told.chunks) >= 3
    Download(database, Group.CATALOGUE, told).receive(body[: FILE_CHUNK_BYTES + 5000])
    database.close()
    again = Database.open(database.folder)
    store = DeviceStore(again)
    assert store.begin_pull(Group.CATALOGUE).request.holds == told.id
    download = store.begin_download(Group.CATALOGUE, told)
    assert download.start == FILE_CHUNK_BYTES
    download.receive(body[FILE_CHUNK_BYTES:])
    pull = store.continue_pull(Group.CATALOGUE)
    for frame in stream(cursor="f2"):
        pull.receive(frame)
    assert pull.finish(NOW) is not None
    again.close()


def test_pieces_are_checked_as_they_come_and_again_after_a_new_start(database: Database, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", large())
    wrong = bytearray(body)
    wrong[FILE_CHUNK_BYTES + 7] ^= 1
    download = Download(database, Group.CATALOGUE, told)
    with pytest.raises(InvalidAnswer):
        download.receive(bytes(wrong))
    again = Download(database, Group.CATALOGUE, told)
    assert again.start == FILE_CHUNK_BYTES
    again.receive(body[again.start :])
    kept = database.folder / f"download-catalogue-{told.id}.zst"
    rotten = bytearray(kept.read_bytes())
    rotten[2 * FILE_CHUNK_BYTES + 1] ^= 1
    kept.write_bytes(rotten)
    assert Download(database, Group.CATALOGUE, told).start == 2 * FILE_CHUNK_BYTES


def test_more_than_was_announced_is_refused(database: Database, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", NEW)
    with pytest.raises(InvalidAnswer):
        Download(database, Group.CATALOGUE, told).receive(body + b"more")
    with pytest.raises(InvalidAnswer):
        Download(database, Group.CATALOGUE, replace(told, chunks=()))


def test_another_file_takes_the_place_of_one_that_was_begun(database: Database, tmp_path: Path) -> None:
    first, body = packed(tmp_path / "core", large())
    Download(database, Group.CATALOGUE, first).receive(body[:FILE_CHUNK_BYTES])
    other, _ = packed(tmp_path / "core", NEW)
    assert Download(database, Group.CATALOGUE, other).start == 0
    assert list(database.folder.glob("download-*")) == []


def test_without_room_nothing_is_fetched_and_nothing_is_lost(
    database: Database, store: DeviceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, _ = packed(tmp_path / "core", NEW)
    free = SimpleNamespace(free=3 * told.unpacked_bytes - 1)
    monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    with pytest.raises(NoSpace):
        store.begin_download(Group.CATALOGUE, told)
    free.free += 1
    assert store.begin_download(Group.CATALOGUE, told).start == 0
    assert len(names(database, "linen")) == 6


@pytest.mark.parametrize(
    "spoil",
    [
        "CREATE TRIGGER evil AFTER INSERT ON variant BEGIN DELETE FROM barcode; END",
        "CREATE VIEW evil AS SELECT 1",
        "CREATE TABLE more (id)",
        "DROP INDEX variant_product",
        f"PRAGMA user_version = {FORMAT + 1}",
    ],
)
def test_a_file_with_another_schema_is_not_opened_and_rows_are_asked_for_instead(
    database: Database, store: DeviceStore, tmp_path: Path, spoil: str
) -> None:
    told, body = packed(tmp_path / "core", NEW, spoil)
    with pytest.raises(InvalidAnswer):
        fetch(store, Group.CATALOGUE, told, body, stream())
    assert len(names(database, "linen")) == 6
    assert store.begin_pull(Group.CATALOGUE).request.files == 0
    assert store.begin_pull(Group.STOCK).request.files == FORMAT
    assert cache_names(database) <= {
        "catalog.db",
        "catalog.db-wal",
        "catalog.db-shm",
        "stock.db",
        "stock.db-wal",
        "stock.db-shm",
    }


def test_a_file_that_grows_or_is_damaged_inside_is_refused(database: Database, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", NEW)
    for lie in (replace(told, unpacked_bytes=told.unpacked_bytes - 1), replace(told, unpacked_bytes=10)):
        download = Download(database, Group.CATALOGUE, lie)
        download.receive(body)
        with pytest.raises(InvalidAnswer):
            download.unpack()
    pages = b"no page of SQLite" * 100
    spoilt = bytearray(zstandard.ZstdCompressor(level=-1, write_checksum=True).compress(pages))
    spoilt[-1] ^= 1  # as if it had unpacked to other bytes
    unproven = zstandard.ZstdCompressor(write_checksum=False).compress(pages)
    for bad in (b"no zstandard frame at all", bytes(spoilt), unproven):
        sum_of = hashlib.sha256(bad).hexdigest()
        told = CacheFile(sum_of, len(bad), len(pages), (sum_of,), 1, "c", FORMAT)
        download = Download(database, Group.STOCK, told)
        download.receive(bad)
        with pytest.raises(InvalidAnswer, match="cannot be used"):
            download.unpack()
    assert list(database.folder.glob("download-*")) == []


def test_a_pull_without_an_end_shows_nothing_and_the_next_one_needs_no_second_download(
    database: Database, store: DeviceStore, tmp_path: Path
) -> None:
    told, body = packed(tmp_path / "core", NEW)
    assert fetch(store, Group.CATALOGUE, told, body, stream()[:1]) is None
    assert len(names(database, "linen")) == 6
    assert store.begin_download(Group.CATALOGUE, told).start == len(body)
    assert fetch(store, Group.CATALOGUE, told, body, stream(cursor="f2")) is not None
    assert len(names(database, "wool")) == 40


def test_a_file_that_was_not_asked_for_is_refused(store: DeviceStore, tmp_path: Path) -> None:
    told, _ = packed(tmp_path / "core", NEW)
    for group in (Group.MAIN, Group.CATALOGUE):
        pull = store.begin_pull(group)
        with pytest.raises(InvalidAnswer):
            pull.receive(replace(told, format=FORMAT + 1))
