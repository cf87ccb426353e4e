"""Cache files as the core packs them, without a core."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from app.store.device_store import DeviceStore
from core.contract.cache_files import FORMAT, POSITION_COLUMNS, VARIANT_COLUMNS, statements
from core.contract.reference import Position, Variant
from core.contract.sync import CacheFile, Frame, Group
from core.store import cache_files
from sync.store import Pulled
from tests.support.device import NOW


def packed(
    folder: Path, rows: Iterable[Position | Variant], spoil: str = "", cursor: str = "f1"
) -> tuple[CacheFile, bytes]:
    """What the core announces, and the bytes it serves. `spoil`: a statement that makes the file another one."""
    folder.mkdir(parents=True, exist_ok=True)
    plain, small = folder / "plain.db", folder / "small.zst"
    plain.unlink(missing_ok=True)
    bodies = list(rows)
    group = Group.STOCK if isinstance(bodies[0], Position) else Group.CATALOGUE
    with closing(sqlite3.connect(plain, isolation_level=None)) as file:
        for statement in (*statements(group, "main"), f"PRAGMA user_version = {FORMAT}"):
            file.execute(statement)
        file.execute("BEGIN")
        for body in bodies:
            _insert(file, body)
        file.execute("COMMIT")
        if spoil:
            file.execute(spoil)
    cache_files.finish(group, plain)
    told = cache_files.pack(plain, small, len(bodies), cursor)
    return told, small.read_bytes()


def _insert(file: sqlite3.Connection, body: Position | Variant) -> None:
    if isinstance(body, Position):
        of = (
            body.id,
            1,
            body.on_hand,
            body.reserved,
            body.picked,
            body.unavailable,
            body.safety,
            body.zone,
            body.place,
        )
        file.execute(f"INSERT INTO position ({POSITION_COLUMNS}) VALUES ({_marks(9)})", of)
        return
    v = body
    names: tuple[Any, ...] = (v.id, 1, v.product_id, v.division_id, v.name, v.brand, v.category, v.colour, v.size)
    more = (" ".join(v.gtins), v.price_minor, v.currency, v.weight_g, v.image)
    file.execute(f"INSERT INTO variant ({VARIANT_COLUMNS}) VALUES ({_marks(14)})", (*names, *more))
    file.executemany("INSERT INTO barcode VALUES (?, ?)", [(gtin, v.id) for gtin in v.gtins])


def _marks(number: int) -> str:
    return ", ".join("?" * number)


def fetch(store: DeviceStore, group: Group, told: CacheFile, body: bytes, after: Iterable[Frame]) -> Pulled | None:
    """A whole pull by file: `after` is what the core answers to the pull that goes on from it."""
    pull = store.begin_pull(group)
    pull.receive(told)
    assert pull.offered is not None
    download = store.begin_download(group, pull.offered)
    download.receive(body[download.start :])
    pull = store.continue_pull(group)
    for frame in after:
        pull.receive(frame)
    return pull.finish(NOW)
