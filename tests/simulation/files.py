"""Files on simulated days: in small pieces, so that there are many places to be cut at; built by who is asked.

Every tablet begins with files of stock and catalogue. Later some lose theirs, or fall behind what the feed keeps.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import select

import app.store.download
import core.store.cache_files
from app.store.caches import CACHES
from core.contract.sync import Group
from core.service.shelf import Policy
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.simulation.tablet import Tablet

CHUNK_BYTES, PIECE_BYTES = 700, 300
POLICY = Policy(big_rows=6, stale_rows=3, stale_share=0.0)


class AtOnce(Executor):
    """The core that is asked builds the file itself, and may die of it."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(work(*arguments, **named))
        except Exception as fault:
            done.set_exception(fault)
        return done


@contextmanager
def small_pieces() -> Iterator[None]:
    places: tuple[Any, ...] = (app.store.download, core.store.cache_files)
    usual = [place.FILE_CHUNK_BYTES for place in places]
    for place in places:
        place.FILE_CHUNK_BYTES = CHUNK_BYTES
    try:
        yield
    finally:
        for place, size in zip(places, usual, strict=True):
            place.FILE_CHUNK_BYTES = size


def lose(tablet: Tablet, group: Group) -> None:
    """The tablet's process ends, and a file of it is gone: a bad disk, a tidy hand."""
    tablet.fuse.bury()
    for path in tablet.folder.glob({Group.STOCK: "stock*.db*", Group.CATALOGUE: "catalog*.db*"}[group]):
        path.unlink()


def forget(database: Database, location_id: str) -> str:
    """The core forgets the tombstones of a store's stock: who was away too long begins anew."""
    part = feed.stock_part(location_id)
    with database.write() as connection:
        now = int(feed.current_snapshot(connection))
        connection.execute(t.sync_floors.delete().where(t.sync_floors.c.part == part))
        connection.execute(t.sync_floors.insert().values(part=part, tx=now))
    return f"{part} is kept from {now} on"


def cached(tablet: Tablet) -> dict[tuple[str, str], int]:
    """Version of every row of stock and catalogue, by (entity, id), as an associate could find them now."""
    found: dict[tuple[str, str], int] = {}
    with tablet.fuse.watched(), tablet.database.read() as connection:
        for entity, table in (("position", "stock.position"), ("variant", "catalogue.variant")):
            rows = connection.exec_driver_sql(f"SELECT sku, ver FROM {table}")
            found |= {(entity, sku): ver for sku, ver in rows}
    return found


def unfound(tablet: Tablet) -> str:
    """What the search index says of itself when it does not fit the articles, "" when it does."""
    with tablet.fuse.watched(), tablet.database.merging(Group.CATALOGUE) as connection:
        try:
            connection.exec_driver_sql(
                "INSERT INTO catalogue.variant_search (variant_search, rank) VALUES ('integrity-check', 1)"
            )
        except Exception as fault:
            return str(fault)
    return ""


def told(database: Database, location_id: str) -> dict[tuple[str, str], int]:
    """What every tablet of the store has to hold in its caches."""
    parts = [feed.stock_part(location_id), "cat:brand"]
    s = t.sync_rows.c
    query = select(s.entity, s.id, s.ver).where(s.part.in_(parts), s.deleted.is_(False))
    with closing(database.engine.connect()) as connection:
        return {(row.entity, row.id): row.ver for row in connection.execute(query)}


assert CACHES == (Group.STOCK, Group.CATALOGUE)
