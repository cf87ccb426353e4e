"""What the last full file said of each location, as a number for each of its lines.

A line with the number that is kept for it says what the database had when the sheet was written, so it is never read. A
sheet is true for the feed's snapshot that it was kept with: an article of the location that changed since then is
looked at again, whatever the file says. A line whose figure the database may not have has the number UNKNOWN.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import Connection, delete, select, text

from core.service.imports.stock_blocks import Array
from core.store import feed
from core.store import tables as t
from core.store.database import Database

UNKNOWN: Final = 0
ORDER: Final = "order:"  # begins the name of a row that holds articles, not a location's numbers


@dataclass(frozen=True, slots=True)
class Order:
    """Articles as the lines of a location name them. `kept`: all of them, as the database has them."""

    kept: bytes
    skus: tuple[bytes, ...]
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`changed`: articles of the location that changed since the sheet was true."""

    numbers: Array
    order: Order
    changed: frozenset[str]


class Sheets:
    """Those of the last full file, each read when it is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._order = b"", _order_of(b"")
        self._last: tuple[str, Sheet | None] = "", None
        with database.read() as connection:
            self.since = feed.current_snapshot(connection)
            s = t.stock_sheets.c
            known = connection.execute(select(s.location_id, s.snapshot).where(s.snapshot != "")).all()
            self._changed = _changed(connection, {row.location_id: row.snapshot for row in known})

    def get(self, location_id: str) -> Sheet | None:
        if location_id not in self._changed:
            return None
        if self._last[0] != location_id:
            self._last = location_id, self._read(location_id)
        return self._last[1]

    def _read(self, location_id: str) -> Sheet | None:
        with self._database.read() as connection:
            kept = connection.execute(_SHEET, {"location_id": location_id}).first()
            if kept is None:
                return None
            if kept.skus != self._order[0]:
                articles = connection.execute(_SHEET, {"location_id": ORDER + kept.skus.hex()}).one()
                self._order = kept.skus, _order_of(articles.skus)
        return Sheet(np.frombuffer(kept.numbers, "<u8"), self._order[1], self._changed[location_id])


_SHEET = text("SELECT skus, numbers FROM stock_sheet WHERE location_id = :location_id")


def _changed(connection: Connection, snapshots: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """By location the articles that changed since its snapshot."""
    found: dict[str, set[str]] = {location_id: set() for location_id in snapshots}
    for snapshot in set(snapshots.values()):
        parts = {feed.stock_part(id): id for id, of in snapshots.items() if of == snapshot}
        for change in feed.changes(connection, sorted(parts), snapshot):
            found[parts[change.part]].add(change.id)
    return {location_id: frozenset(some) for location_id, some in found.items()}


def _order_of(kept: bytes) -> Order:
    skus = tuple(kept.split(b"\n"))
    return Order(kept, skus, {sku.decode("ascii"): index for index, sku in enumerate(skus)})


@dataclass(slots=True)
class Draft:
    """A sheet to be kept: a number is UNKNOWN wherever the database may say something else. `skus`: one a line."""

    skus: bytes
    numbers: Array


def keep(connection: Connection, drafts: Mapping[str, Draft], since: str, own: Iterable[str]) -> None:
    """`since`: a snapshot from before the drafts were compared with the database. `own`: the transactions in which
    the drafts' lines were written; what others changed since then is not known."""
    if not drafts:
        return
    snapshot = feed.current_snapshot(connection)
    _forget_foreign(connection, drafts, since, own)
    digests: dict[bytes, bytes] = {}
    for location_id, draft in sorted(drafts.items()):
        digest = digests.get(draft.skus) or hashlib.sha256(draft.skus).digest()
        digests[draft.skus] = digest
        # One by one: all of them at once would be as much memory again.
        row = {"location_id": location_id, "skus": digest, "numbers": draft.numbers.tobytes(), "snapshot": snapshot}
        connection.execute(_KEEP, row)
    s = t.stock_sheets.c
    wanted = {ORDER + row.hex() for row in connection.execute(select(s.skus).where(s.snapshot != "")).scalars()}
    known = set(connection.execute(select(s.location_id).where(s.snapshot == "")).scalars())
    connection.execute(delete(t.stock_sheets).where(s.location_id.in_(sorted(known - wanted))))
    for skus, digest in digests.items():
        row = {"location_id": ORDER + digest.hex(), "skus": skus, "numbers": b"", "snapshot": ""}
        if row["location_id"] not in known:
            connection.execute(_KEEP, row)


_KEEP = text(
    "INSERT INTO stock_sheet (location_id, skus, numbers, snapshot) VALUES (:location_id, :skus, :numbers, :snapshot) "
    "ON CONFLICT (location_id) DO UPDATE SET skus = excluded.skus, numbers = excluded.numbers, "
    "snapshot = excluded.snapshot"
)


def _forget_foreign(connection: Connection, drafts: Mapping[str, Draft], since: str, own: Iterable[str]) -> None:
    by_part = {feed.stock_part(location_id): draft for location_id, draft in drafts.items()}
    orders: dict[bytes, Mapping[str, int]] = {}
    for change in feed.changes(connection, sorted(by_part), since, frozenset(own)):
        draft = by_part[change.part]
        if draft.skus not in orders:
            orders[draft.skus] = _order_of(draft.skus).places
        place = orders[draft.skus].get(change.id)
        if place is not None:
            draft.numbers[place] = UNKNOWN
