import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import update

from core.contract.cache_files import FORMAT, statements
from core.contract.reference import Position, Variant
from core.contract.sync import FILE_CHUNK_BYTES, Group, PullRequest, Put
from core.service import sync
from core.store import cache_files, feed
from core.store import tables as t
from tests.support.core import NOW, build_world, put, put_device, variant_of


@pytest.fixture
def world(database):
    world = build_world(database)
    with database.write() as connection:
        # Known to the feed and not to be shown, barcodes in an order of their own, an article of another brand.
        connection.execute(update(t.variants).where(t.variants.c.id == "SKU-3").values(active=False))
        put(connection, t.barcodes, division_id=world.division, gtin="00000000000017", sku="SKU-1", position=-1)
        feed.mark(connection, feed.stock_part(world.lille), "position", "SKU-2", deleted=True)
    return world


def built(database, group: Group, parts: tuple[str, ...], folder: Path) -> tuple[sqlite3.Connection, int]:
    path = folder / f"{group.value}.db"
    with database.read() as connection:
        rows = cache_files.write_rows(connection, group, parts, path)
    cache_files.finish(group, path)
    return sqlite3.connect(path), rows


def told(database, world, group: Group) -> dict[str, tuple[int, Any]]:
    frames = sync.pull(database, put_device(database, world.lille), PullRequest(group, None), NOW)
    return {id: (ver, body) for frame in frames if isinstance(frame, Put) for id, ver, body in frame.rows}


def test_a_file_holds_the_positions_that_the_feed_tells(database, world, tmp_path):
    file, count = built(database, Group.STOCK, (feed.stock_part(world.lille),), tmp_path)
    rows = {row[0]: (row[1], Position(row[0], *row[2:])) for row in file.execute("SELECT * FROM position")}
    assert rows == told(database, world, Group.STOCK)
    assert (count, sorted(rows)) == (2, ["SKU-1", "SKU-3"])
    file.close()


def test_a_file_holds_the_articles_that_the_feed_tells(database, world, tmp_path):
    file, count = built(database, Group.CATALOGUE, (feed.catalogue_part(world.division),), tmp_path)
    rows = {}
    for _, sku, ver, product, division, name, brand, category, colour, size, gtins, *more in file.execute(
        "SELECT * FROM variant"
    ):
        of = (product, division, name, brand, category, colour, size, tuple(gtins.split()), *more)
        rows[sku] = (ver, Variant(sku, *of))
    articles = told(database, world, Group.CATALOGUE)
    assert rows == {id: (ver, variant_of(body)) for id, (ver, body) in articles.items()}
    assert (count, sorted(rows)) == (2, ["SKU-1", "SKU-2"])
    codes = file.execute("SELECT gtin, sku FROM barcode").fetchall()
    assert codes == sorted((gtin, sku) for sku, (_, body) in rows.items() for gtin in body.gtins)
    file.close()


def test_the_search_index_of_a_file_answers_at_once(database, world, tmp_path):
    file, _ = built(database, Group.CATALOGUE, (feed.catalogue_part(world.division),), tmp_path)
    found = file.execute('SELECT rowid FROM variant_search WHERE variant_search MATCH \'"shi"* "blue"*\'').fetchall()
    assert len(found) == 2
    file.close()


def test_a_file_has_the_schema_that_a_device_makes_for_itself(database, world, tmp_path):
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
    for group, part in ((Group.STOCK, feed.stock_part(world.lille)), (Group.CATALOGUE, feed.catalogue_part("x"))):
        file, _ = built(database, group, (part,), tmp_path)
        own = sqlite3.connect(":memory:")
        own.execute("ATTACH ':memory:' AS cache")
        for statement in statements(group, "cache"):
            own.execute(statement)
        assert file.execute(schema).fetchall() == own.execute(schema.replace("sqlite_", "cache.sqlite_")).fetchall()
        assert file.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert file.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        own.close()
        file.close()


def test_a_packed_file_is_told_by_the_sums_of_its_pieces(tmp_path):
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    # Hardly to be compressed, so that it has several pieces.
    plain.write_bytes(b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(80_000)))
    file = cache_files.pack(plain, packed, 7, "cursor")
    body = packed.read_bytes()
    pieces = [body[start : start + FILE_CHUNK_BYTES] for start in range(0, len(body), FILE_CHUNK_BYTES)]
    assert len(pieces) == 3
    assert file.chunks == tuple(hashlib.sha256(piece).hexdigest() for piece in pieces)
    assert (file.id, file.size_bytes) == (hashlib.sha256(body).hexdigest(), len(body))
    assert zstandard.ZstdDecompressor().decompress(body) == plain.read_bytes()
    assert (file.unpacked_bytes, file.rows, file.cursor) == (plain.stat().st_size, 7, "cursor")


def test_a_file_whose_pages_are_damaged_is_never_served(tmp_path):
    """Devices prove that they have the bytes that were looked through here, and look no more."""
    plain = tmp_path / "plain.db"
    with closing(sqlite3.connect(plain)) as file:
        file.execute("CREATE TABLE position (sku TEXT PRIMARY KEY, place TEXT)")
        file.executemany("INSERT INTO position VALUES (?, ?)", [(f"SKU-{n}", "A" * 100) for n in range(500)])
        file.commit()
    body = plain.read_bytes()
    plain.write_bytes(body[:8192] + bytes(4096) + body[12288:])
    with pytest.raises(sqlite3.DatabaseError):
        cache_files.finish(Group.STOCK, plain)
