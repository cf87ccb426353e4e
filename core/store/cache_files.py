"""Writes the rows of some partitions into a cache file as devices keep them: the feed's full answer, in another shape.

Rows are read in one pass through the snapshot of the caller's connection, however many there are; what follows (search
index, packing) needs no database any more. `tests/core/store/test_cache_files.py` holds file and feed to the same rows.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import zstandard
from sqlalchemy import Connection, and_, literal, select

from core.contract.cache_files import FORMAT, POSITION_COLUMNS, VARIANT_COLUMNS, statements
from core.contract.sums import sum_of
from core.contract.sync import FILE_CHUNK_BYTES, CacheFile, Group
from core.store import feed
from core.store import tables as t

ROWS_AT_ONCE = 2_000
PAGE_BYTES = 4096
LEVEL = 3
UNSAFE = ("journal_mode = OFF", "synchronous = OFF")


def write_rows(connection: Connection, group: Group, parts: Sequence[str], path: Path) -> int:
    """Makes the file, which must not exist, with every living row of the partitions; how many they are."""
    file = sqlite3.connect(path, isolation_level=None)
    try:
        # A file that is not finished is thrown away: nothing of it has to survive.
        for pragma in (*UNSAFE, f"page_size = {PAGE_BYTES}", f"user_version = {FORMAT}"):
            file.execute(f"PRAGMA {pragma}")
        for statement in statements(group, "main"):
            file.execute(statement)
        file.execute("BEGIN")
        rows = _POURS[group](connection, parts, file)
        _keep_sum(file, group)
        file.execute("COMMIT")
    finally:
        file.close()
    return rows


def _keep_sum(file: sqlite3.Connection, group: Group) -> None:
    """So that a device goes on from it without counting the rows (`app.store.sums`)."""
    table = "position" if group is Group.STOCK else "variant"
    found = sum_of(file.execute(f"SELECT ?, sku, ver FROM {table}", (table,)))
    file.execute("INSERT INTO sync_check VALUES (?, ?, ?, 0, '', '')", (group.value, found.rows, str(found.value)))


def ids_in(path: Path) -> set[str]:
    """The articles a written file holds."""
    file = sqlite3.connect(path)
    try:
        (table,) = file.execute("SELECT name FROM sqlite_schema WHERE name IN ('position', 'variant')").fetchone()
        return {row[0] for row in file.execute(f"SELECT sku FROM {table}")}
    finally:
        file.close()


def finish(group: Group, path: Path) -> None:
    """Makes the search index of a file that has its rows, and the file as small as it can be."""
    file = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in UNSAFE:
            file.execute(f"PRAGMA {pragma}")
        if group is Group.CATALOGUE:
            file.execute("INSERT INTO variant_search (variant_search) VALUES ('rebuild')")
            file.execute("INSERT INTO variant_search (variant_search) VALUES ('optimize')")
        file.execute("VACUUM")
        file.execute("PRAGMA journal_mode = DELETE")
        # Here once, for every device that fetches it: they prove that they have these very bytes.
        if (flaw := file.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(f"the cache file was written wrongly: {flaw}")
    finally:
        file.close()


def pack(plain: Path, packed: Path, rows: int, cursor: str) -> CacheFile:
    """Compresses the finished file, safe on the disk, and says what a device has to know of it."""
    whole, chunks = hashlib.sha256(), []
    with plain.open("rb") as source, packed.open("wb") as out:
        compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        reader = compressor.stream_reader(source, size=plain.stat().st_size)
        while chunk := _read_full(reader, FILE_CHUNK_BYTES):
            out.write(chunk)
            whole.update(chunk)
            chunks.append(hashlib.sha256(chunk).hexdigest())
        out.flush()
        os.fsync(out.fileno())
    sizes = packed.stat().st_size, plain.stat().st_size
    return CacheFile(whole.hexdigest(), *sizes, tuple(chunks), rows, cursor, FORMAT)


def _read_full(reader: Any, size: int) -> bytes:
    """A stream may give less than it is asked for before its end."""
    found = bytearray()
    while len(found) < size and (piece := reader.read(size - len(found))):
        found += piece
    return bytes(found)


def _pour_positions(connection: Connection, parts: Sequence[str], file: sqlite3.Connection) -> int:
    s, p = t.sync_rows.c, t.positions.c
    columns = (p.on_hand, p.reserved, p.picked, p.unavailable, p.safety, p.zone, p.place)
    query = (
        select(p.sku, s.ver, *columns)
        .join_from(
            t.sync_rows, t.positions, and_(p.sku == s.id, s.part == literal(feed.stock_part("")) + p.location_id)
        )
        .where(s.part.in_(parts), s.entity == "position", s.deleted.is_(False), _of(p.location_id, parts))
        .order_by(p.sku)
    )
    return _insert(file, "position", POSITION_COLUMNS, map(tuple, _stream(connection, query)))


def _pour_variants(connection: Connection, parts: Sequence[str], file: sqlite3.Connection) -> int:
    # Barcodes go into their table in its own order: a tree that is filled at random places is slow and full of holes.
    file.execute("CREATE TEMP TABLE code (gtin TEXT, sku TEXT)")
    rows = _insert(file, "variant", VARIANT_COLUMNS, _variants(connection, parts, file))
    file.execute("INSERT OR IGNORE INTO barcode SELECT gtin, sku FROM temp.code ORDER BY gtin, sku")
    return rows


def _variants(connection: Connection, parts: Sequence[str], file: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of VARIANT_COLUMNS; the barcodes of each go to `temp.code`."""
    s, v, p, b = t.sync_rows.c, t.variants.c, t.products.c, t.barcodes.c
    names = (v.id, s.ver, v.product_id, v.division_id, p.name, p.brand, p.category, v.colour, v.size)
    prices = (v.price_minor, v.currency, v.weight_g, v.image)
    query = (
        select(*names, *prices, b.gtin)
        .join_from(
            t.sync_rows, t.variants, and_(v.id == s.id, s.part == literal(feed.catalogue_part("")) + v.division_id)
        )
        .join(t.products, p.id == v.product_id)
        .outerjoin(t.barcodes, b.sku == v.id)
        .where(s.part.in_(parts), s.entity == "variant", s.deleted.is_(False), v.active)
        .order_by(v.id, b.position, b.gtin)
    )
    width = len(names)
    for sku, of_sku in groupby(_stream(connection, query), key=lambda row: row[0]):
        first, *others = of_sku
        gtins = [row[-1] for row in (first, *others) if row[-1] is not None]
        file.executemany("INSERT INTO temp.code VALUES (?, ?)", [(gtin, sku) for gtin in gtins])
        yield (*first[:width], " ".join(gtins), *first[width:-1])


_POURS = {Group.STOCK: _pour_positions, Group.CATALOGUE: _pour_variants}


def _of(location_id: Any, parts: Sequence[str]) -> Any:
    return location_id.in_([part.partition(":")[2] for part in parts])


def _stream(connection: Connection, query: Any) -> Iterable[Any]:
    """A few rows in memory at a time, on PostgreSQL too."""
    return connection.execution_options(stream_results=True).execute(query).yield_per(ROWS_AT_ONCE)


def _insert(file: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> int:
    statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(columns.split(',')))})"
    count = 0
    while some := list(islice(rows, ROWS_AT_ONCE)):
        file.executemany(statement, some)
        count += len(some)
    return count
