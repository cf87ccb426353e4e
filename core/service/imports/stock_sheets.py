"""What the last full file said of each location, as a number for each of its lines.

A line with the number that is kept for it says what the database had when the sheet was written, so it is never read. A
sheet is true for the feed's snapshot that it was kept with: an article of the location that changed since then is
looked at again, whatever the file says. A line whose figure the database may not have has the number UNKNOWN.

Where few lines differ only they are kept, as corrections of the sheet that is there: a network's sheets are 48 MB, what
a day changes in them is not one. Corrections count for any sheet of the same articles: a line that they do not name was
neither written by their import nor touched by anybody while it ran.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, delete, select, text

from core.service.imports.stock_blocks import Array
from core.store import feed
from core.store import tables as t
from core.store.database import Database

UNKNOWN: Final = 0
ORDER: Final = "order:"  # begins the name of a row that holds articles, not a location's numbers
CORRECTED: Final = "corrected:"  # begins the name of a row that corrects a location's numbers
MOST_CORRECTED: Final = 0.1  # of a sheet's lines; with more of them it is written anew
CORRECTION: Final = np.dtype([("index", "<u4"), ("number", "<u8")])


@dataclass(frozen=True, slots=True)
class Order:
    """Articles as the lines of a location name them. `kept`: all of them, as the database has them."""

    kept: bytes
    skus: tuple[bytes, ...]
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`changed`: articles of the location that changed since the sheet was true. `corrected`: lines, in their order."""

    numbers: Array
    order: Order
    changed: frozenset[str]
    corrected: Array


class Sheets:
    """Those of the last full file, each read when it is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._order = b"", _order_of(b"")
        self._last: tuple[str, Sheet | None] = "", None
        with database.read() as connection:
            self.since = feed.current_snapshot(connection)
            self._changed = _changed(connection, _snapshots(connection))

    def get(self, location_id: str) -> Sheet | None:
        if location_id not in self._changed:
            return None
        if self._last[0] != location_id:
            self._last = location_id, self._read(location_id)
        return self._last[1]

    def _read(self, location_id: str) -> Sheet | None:
        with self._database.read() as connection:
            kept = connection.execute(_SHEET, {"location_id": location_id}).first()
            later = connection.execute(_SHEET, {"location_id": CORRECTED + location_id}).first()
            if kept is None or (later is not None and later.skus != kept.skus):
                return None
            if kept.skus != self._order[0]:
                articles = connection.execute(_SHEET, {"location_id": ORDER + kept.skus.hex()}).one()
                self._order = kept.skus, _order_of(articles.skus)
        numbers = np.frombuffer(kept.numbers, "<u8")
        corrections = np.frombuffer(b"" if later is None else later.numbers, CORRECTION)
        if len(corrections):
            numbers = numbers.copy()
            numbers[corrections["index"]] = corrections["number"]
        return Sheet(numbers, self._order[1], self._changed[location_id], corrections["index"])


_SHEET = text("SELECT skus, numbers FROM stock_sheet WHERE location_id = :location_id")


def _snapshots(connection: Connection) -> dict[str, str]:
    """By location the snapshot for which its sheet is true, with its corrections where there are any."""
    s = t.stock_sheets.c
    rows = connection.execute(select(s.location_id, s.snapshot).where(s.snapshot != "")).all()
    known = {row.location_id: row.snapshot for row in rows if not row.location_id.startswith(CORRECTED)}
    for row in rows:
        location_id = row.location_id.removeprefix(CORRECTED)
        if location_id != row.location_id and location_id in known:
            known[location_id] = row.snapshot
    return known


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
    """A sheet to be kept: a number is UNKNOWN wherever the database may say something else. `skus`: one a line.

    `lines`: those that the numbers are of, in their order; None: of all.
    """

    skus: bytes
    numbers: Array
    lines: Array | None = None

    def places(self, lines: Sequence[int]) -> list[int]:
        """Where the numbers of these lines are, which it has."""
        return list(lines) if self.lines is None else np.searchsorted(self.lines, lines).tolist()

    def forget(self, line: int) -> None:
        if self.lines is None:
            self.numbers[line] = UNKNOWN
            return
        place = int(np.searchsorted(self.lines, line))
        if place == len(self.lines) or self.lines[place] != line:
            self.lines, self.numbers = np.insert(self.lines, place, line), np.insert(self.numbers, place, UNKNOWN)
        self.numbers[place] = UNKNOWN


def corrected(sheet: Sheet, numbers: Array, lines: Array) -> Draft:
    """Of a location whose articles stand as in its sheet: `numbers` of all its lines, `lines` that differ from it."""
    named = np.union1d(sheet.corrected, lines)
    if len(named) > MOST_CORRECTED * len(numbers):
        return Draft(sheet.order.kept, numbers.copy())
    return Draft(sheet.order.kept, numbers[named], named)


def keep(connection: Connection, drafts: Mapping[str, Draft], since: str, own: Iterable[str]) -> None:
    """`since`: a snapshot from before the drafts were compared with the database. `own`: the transactions in which
    the drafts' lines were written; what others changed since then is not known."""
    if not drafts:
        return
    snapshot = feed.current_snapshot(connection)
    _forget_foreign(connection, drafts, since, own)
    s = t.stock_sheets.c
    there = dict(connection.execute(select(s.location_id, s.skus).where(s.snapshot != "")).tuples().all())
    digests = {skus: hashlib.sha256(skus).digest() for skus in {draft.skus for draft in drafts.values()}}
    for location_id, draft in sorted(drafts.items()):
        # One by one: all of them at once would be as much memory again.
        _keep_one(connection, location_id, draft, {"skus": digests[draft.skus], "snapshot": snapshot}, there)
    _keep_orders(connection, digests)


def _keep_one(
    connection: Connection, location_id: str, draft: Draft, row: dict[str, Any], there: Mapping[str, bytes]
) -> None:
    if draft.lines is None:
        connection.execute(_KEEP, row | {"location_id": location_id, "numbers": draft.numbers.tobytes()})
        if CORRECTED + location_id in there:
            connection.execute(delete(t.stock_sheets).where(t.stock_sheets.c.location_id == CORRECTED + location_id))
    elif there.get(location_id) == row["skus"]:  # else another import has kept the location in another order since
        corrections = np.empty(len(draft.lines), CORRECTION)
        corrections["index"], corrections["number"] = draft.lines, draft.numbers
        connection.execute(_KEEP, row | {"location_id": CORRECTED + location_id, "numbers": corrections.tobytes()})


def _keep_orders(connection: Connection, digests: Mapping[bytes, bytes]) -> None:
    s = t.stock_sheets.c
    wanted = {ORDER + row.hex() for row in connection.execute(select(s.skus).where(s.snapshot != "")).scalars()}
    known = set(connection.execute(select(s.location_id).where(s.snapshot == "")).scalars())
    connection.execute(delete(t.stock_sheets).where(s.location_id.in_(sorted(known - wanted))))
    for skus, digest in digests.items():
        row = {"location_id": ORDER + digest.hex(), "skus": skus, "numbers": b"", "snapshot": ""}
        if row["location_id"] not in known and row["location_id"] in wanted:
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
        line = orders[draft.skus].get(change.id)
        if line is not None:
            draft.forget(line)
