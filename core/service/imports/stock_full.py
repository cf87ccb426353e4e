"""The full stock file of a whole network in one stream: only what changed is written, what is said again costs little.

Clean blocks are compared as vectors with what the last full file said (`stock_sheets`), or with the positions where
there is no sheet; rows that may differ are written like those of any stock file, the best sellers first. From the first
chunk that is not clean on, the file is read row by row.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np
from sqlalchemy import Connection, func, select

from core.adapters.delimited import DelimitedFile, Row
from core.domain.stock import MovementKind
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.imports import stock_sheets
from core.service.imports.engine import Parsed, Run
from core.service.imports.lookups import Lookups
from core.service.imports.stock import Stock, StockRow
from core.service.imports.stock_blocks import NOT_SAID, Array, Block, blocks_of
from core.service.imports.stock_sheets import UNKNOWN, Draft, Sheet
from core.service.stock import Delta, Movement, move
from core.store import feed
from core.store import tables as t

COLUMNS: Final = ("sku", "location", "on_hand")
CHUNK_BYTES: Final = 4 * 1024 * 1024
SORTED_AT_ONCE: Final = 20_000  # rows that may differ; more of them would not fit the budget of memory
BATCH: Final = 2_000
BEST_SELLERS: Final = 5_000
TOLD: Final = 100


class FullStock(Stock):
    """Says nothing of what it does not name until the end: then that is gone from the locations that it named."""

    def __init__(self, lookups: Lookups) -> None:
        super().__init__(lookups, "full")
        self._gone: dict[str, set[str]] = {}
        self._drafts: dict[str, Draft] = {}
        self._sheets: dict[str, Sheet] = {}
        self._since = ""
        self._ranks: dict[str, int] = {}
        self._changed: Counter[str] = Counter()

    def rows(self, going: Run[StockRow], file: DelimitedFile) -> Iterator[Parsed[StockRow]]:
        if set(file.columns) != set(COLUMNS):
            yield from going.parsed(file)
            return
        with going.database.read() as connection:
            self._since = feed.current_snapshot(connection)
            self._sheets = stock_sheets.read(connection)
            self._ranks = best_sellers(connection)
        sku, location, on_hand = (file.columns.index(name) for name in COLUMNS)
        for blocks in self._blocks(file, (sku, location, on_hand)):
            for block in blocks:
                yield from self._differing(going, block, self._lookups.locations[block.location])
        yield from going.parsed(file)

    def _blocks(self, file: DelimitedFile, order: tuple[int, int, int]) -> Iterator[list[Block]]:
        """Whole locations; ends at the end of the file, or gives what is not clean back to it."""
        kept, kept_line = b"", 0  # the last location of a chunk may go on in the next one
        for line, chunk in file.chunks(CHUNK_BYTES):
            first_line, text = (kept_line, kept + chunk) if kept else (line, chunk)
            blocks = blocks_of(text, file.separator, order, first_line)
            if blocks is None or not all(block.location in self._lookups.locations for block in blocks):
                file.give_back(first_line, text)
                return
            last = blocks[-1]
            kept, kept_line = text[last.begin :], last.first_line
            yield blocks[:-1]
        if kept:
            found = blocks_of(kept, file.separator, order, kept_line)
            assert found is not None, "it was clean as a part of its chunk"
            yield found

    def group(self, rows: Iterator[Parsed[StockRow]]) -> Iterator[list[Parsed[StockRow]]]:
        """Best sellers first, among as many rows as are kept in memory."""
        while some := list(islice(rows, SORTED_AT_ONCE)):
            some.sort(key=lambda parsed: self._ranks.get(parsed.value.sku, BEST_SELLERS))
            for start in range(0, len(some), BATCH):
                yield some[start : start + BATCH]

    def _differing(self, going: Run[StockRow], block: Block, location_id: str) -> Iterator[Parsed[StockRow]]:
        again = location_id in self._drafts or location_id in self._gone
        sheet = None if again else self._sheets.get(location_id)
        if sheet is not None and sheet.fits(block):
            indexes, gone = _against_sheet(block, sheet)
            words = sheet.words
        else:
            indexes, gone = self._against_positions(going, block, location_id)
            words = block.words
        if again:  # a location in two pieces: no sheet, and nothing is gone that either of them names
            self._drafts.pop(location_id, None)
            self._gone[location_id] &= gone
        else:
            self._gone[location_id] = gone
            known = np.where(block.on_hand == NOT_SAID, UNKNOWN, block.on_hand).astype("<i4")
            known[indexes] = UNKNOWN
            self._drafts[location_id] = Draft(words, known)
        going.report.rows += len(block)
        silent = len(block) - len(indexes)
        if silent:
            going.report.counts["unchanged"] += silent
        for index in indexes.tolist():
            name = block.sku(index)
            units = int(block.on_hand[index])
            cells = {"sku": name, "location": block.location, "on_hand": str(units)}
            row = StockRow(location_id, name, on_hand=units, index=-1 if again else index)
            yield Parsed(Row(block.first_line + index, cells), row)

    def _against_positions(self, going: Run[StockRow], block: Block, location_id: str) -> tuple[Array, set[str]]:
        """Rows that differ from the positions, and articles with stock that the block does not name."""
        p = t.positions.c
        with going.database.read() as connection:
            query = select(p.sku, p.on_hand).where(p.location_id == location_id)
            known = {row[0]: row[1] for row in connection.execute(query)}
        names = [block.sku(index) for index in range(len(block))]
        now = np.array([known.get(name, UNKNOWN) for name in names], np.int64)
        differs = (block.on_hand != NOT_SAID) & (block.on_hand != now)
        seen: dict[str, int] = {}
        for index, name in enumerate(names):
            if seen.setdefault(name, index) != index:  # named twice: the later row counts, so both are looked at
                differs[index] = differs[seen[name]] = block.on_hand[index] != NOT_SAID
        gone = {sku for sku, on_hand in known.items() if on_hand and sku not in seen}
        return np.flatnonzero(differs), gone

    def write_location(
        self, connection: Connection, cause: Cause, rows: Sequence[StockRow], raised: set[str]
    ) -> list[StockRow]:
        changed = super().write_location(connection, cause, rows, raised)
        skus = {row.sku for row in changed}
        self._changed.update(skus)
        draft = self._drafts.get(rows[0].location_id)
        if draft is not None:
            draft.touched |= skus
            for row in rows:
                if row.sku not in skus and row.index >= 0 and row.on_hand is not None:
                    draft.on_hand[row.index] = row.on_hand
        return changed

    def end(self, connection: Connection, cause: Cause) -> Counter[str]:
        counts = super().end(connection, cause)
        gone: list[Movement] = []
        p = t.positions.c
        for location_id, skus in sorted(self._gone.items()):
            skus -= self._named.get(location_id, set())
            query = select(p.sku, p.on_hand).where(p.location_id == location_id, p.on_hand != 0, p.sku.in_(skus))
            for sku, on_hand in connection.execute(query) if skus else ():
                delta = Delta(on_hand=-on_hand)
                gone.append(Movement(location_id, sku, MovementKind.IMPORT.value, delta, "not_in_full_file"))
        if gone:
            counts["not_zeroed" if self._unreadable else "zeroed"] += len(gone)
        if not self._unreadable:
            move(connection, cause, gone)
        for location_id in self._named:
            self._drafts.pop(location_id, None)
        stock_sheets.keep(connection, self._drafts, self._since)
        self._tell(connection, cause, len(gone))
        return counts

    def _tell(self, connection: Connection, cause: Cause, gone: int) -> None:
        """Channels that listen learn what changed, best sellers first; devices have it in the feed already."""
        if not self._changed and not gone:
            return
        first = sorted(self._changed, key=lambda sku: (self._ranks.get(sku, BEST_SELLERS), sku))[:TOLD]
        told = {"articles": len(self._changed), "first": first, "zeroed": gone, "locations": len(self._drafts)}
        record(connection, cause, [Happening("StockImported", "stock", "full", data=told)])


def _against_sheet(block: Block, sheet: Sheet) -> tuple[Array, set[str]]:
    """Rows that may differ, and changed articles that the block does not name."""
    differs = (block.on_hand != sheet.on_hand) & (block.on_hand != NOT_SAID)
    places = stock_sheets.places_of(sheet.words, sheet.changed)
    if places:
        looked = np.fromiter(places.values(), np.int64)
        differs[looked] = block.on_hand[looked] != NOT_SAID
    return np.flatnonzero(differs), set(sheet.changed) - set(places)


def best_sellers(connection: Connection) -> dict[str, int]:
    """The rank of what is ordered most, 0 first."""
    line = t.order_lines.c
    query = select(line.sku).group_by(line.sku).order_by(func.sum(line.quantity).desc(), line.sku).limit(BEST_SELLERS)
    return {sku: rank for rank, sku in enumerate(connection.execute(query).scalars())}
