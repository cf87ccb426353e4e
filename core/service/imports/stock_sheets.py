"""What the last full file said of each location, so that the next one is compared with it and not with the database.

A sheet is true for the feed's snapshot that it was kept with: an article of the location that changed since then is
looked at again, whatever the file says. Kept are only figures that the database had when the sheet was written; all
others are unknown, and looked at again too.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from core.service.imports.stock_blocks import Array, Block
from core.store import feed
from core.store import tables as t

UNKNOWN = -2
ORDER = "order:"  # begins the name of a row that holds articles, not a location's figures


@dataclass(frozen=True, slots=True)
class Sheet:
    """`changed`: articles of the location that changed since the sheet was true."""

    words: Array
    on_hand: Array
    changed: frozenset[str]

    def fits(self, block: Block) -> bool:
        return self.words.shape == block.words.shape and bool((self.words == block.words).all())


def read(connection: Connection) -> dict[str, Sheet]:
    """By location."""
    rows = connection.execute(select(t.stock_sheets)).all()
    orders = {row.location_id: row.skus for row in rows if row.location_id.startswith(ORDER)}
    sheets = [row for row in rows if not row.location_id.startswith(ORDER)]
    changed: dict[str, set[str]] = {}
    for snapshot in {row.snapshot for row in sheets}:
        parts = {feed.stock_part(row.location_id): row.location_id for row in sheets if row.snapshot == snapshot}
        for change in feed.changes(connection, sorted(parts), snapshot):
            changed.setdefault(parts[change.part], set()).add(change.id)
    found = {}
    for row in sheets:
        on_hand = np.frombuffer(row.on_hand, "<i4")
        words = np.frombuffer(orders[ORDER + row.skus.hex()], "<u8").reshape(len(on_hand), -1)
        found[row.location_id] = Sheet(words, on_hand, frozenset(changed.get(row.location_id, ())))
    return found


@dataclass(slots=True)
class Draft:
    """A sheet to be kept: `on_hand` is UNKNOWN wherever the database may say something else."""

    words: Array
    on_hand: Array
    touched: set[str] = field(default_factory=set)


def keep(connection: Connection, drafts: Mapping[str, Draft], since: str) -> None:
    """`since`: a snapshot from before the drafts were compared with the database."""
    snapshot = feed.current_snapshot(connection)
    by_part = {feed.stock_part(location_id): location_id for location_id in drafts}
    for change in feed.changes(connection, sorted(by_part), since):
        draft = drafts[by_part[change.part]]
        if change.id not in draft.touched:
            forget(draft, [change.id])
    orders: dict[str, bytes] = {}
    rows = []
    for location_id, draft in sorted(drafts.items()):
        digest = hashlib.sha256(draft.words.tobytes()).digest()
        orders[ORDER + digest.hex()] = draft.words.tobytes()
        figures = draft.on_hand.tobytes()
        rows.append({"location_id": location_id, "skus": digest, "on_hand": figures, "snapshot": snapshot})
    if not rows:
        return
    s = t.stock_sheets.c
    connection.execute(delete(t.stock_sheets).where(s.location_id.in_(sorted(drafts))))
    connection.execute(insert(t.stock_sheets), rows)
    wanted = {row.hex() for row in connection.execute(select(s.skus).where(s.snapshot != "")).scalars()}
    known = set(connection.execute(select(s.location_id).where(s.snapshot == "")).scalars())
    connection.execute(delete(t.stock_sheets).where(s.location_id.in_(sorted(known - {ORDER + one for one in wanted}))))
    new = [{"location_id": name, "skus": words, "on_hand": b"", "snapshot": ""} for name, words in orders.items()]
    new = [row for row in new if row["location_id"] not in known]
    if new:
        connection.execute(insert(t.stock_sheets), new)


def forget(draft: Draft, skus: Iterable[str]) -> None:
    for index in places_of(draft.words, skus).values():
        draft.on_hand[index] = UNKNOWN


def places_of(words: Array, skus: Iterable[str]) -> dict[str, int]:
    """Where these articles stand; those that do not are left out."""
    found: dict[str, int] = {}
    width = words.shape[1] * 8
    for sku in skus:
        cell = sku.encode()
        if len(cell) > width:
            continue
        wanted = np.frombuffer(cell.ljust(width, b"\0"), "<u8")
        here = np.flatnonzero(words[:, 0] == wanted[0])
        here = here[(words[here] == wanted).all(axis=1)]
        if len(here):
            found[sku] = int(here[-1])
    return found
