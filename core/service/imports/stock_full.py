"""The full stock file of a whole network in one stream: only what changed is written, what is said again is not read.

Clean blocks are compared with what the last full file said (`stock_sheets`), line by line as numbers, or with the
positions where there is no sheet. Rows that may differ are gathered (`stock_gathered`) and written by statements for
thousands of them at once, the best sellers first, in transactions of bounded size.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from sqlalchemy import Connection, func, select

from core.adapters.delimited import DelimitedFile
from core.domain.stock import MovementKind
from core.service import resourcing, surplus
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.imports import stock_sheets
from core.service.imports.engine import Parsed, Run, in_batches
from core.service.imports.fields import RowRefused
from core.service.imports.lookups import Lookups
from core.service.imports.stock import Stock, StockRow
from core.service.imports.stock_blocks import NOT_SAID, Array, Block
from core.service.imports.stock_gathered import Differing, Gathered
from core.service.imports.stock_pieces import Piece, Pieces, Said, skus_of
from core.service.imports.stock_sheets import UNKNOWN, Draft, Sheet, Sheets
from core.service.stock import Delta, Movement, move
from core.service.stock_levels import UnknownArticles, set_levels
from core.store import feed
from core.store import tables as t
from core.store.database import Database

COLUMNS: Final = ("sku", "location", "on_hand")
CHUNK_BYTES: Final = 512 * 1024
GATHERED: Final = 200_000  # rows that may differ; more of them would not fit the budget of memory
PARSED: Final = 60_000  # as many where each is an object
BATCH: Final = 20_000  # rows of one transaction: each costs a sync, and on SQLite keeps other writers waiting
BEST_SELLERS: Final = 5_000
TOLD: Final = 100
NOWHERE: Final = -2


class FullStock(Stock):
    """Says nothing of what it does not name until the end: then that is gone from the locations that it named."""

    def __init__(self, lookups: Lookups) -> None:
        super().__init__(lookups, "full")
        self._plain = False
        self._gone: dict[str, set[str]] = {}
        self._drafts: dict[str, Draft] = {}
        self._ranks: dict[str, int] = {}
        self._changed: set[str] = set()
        self._own: set[str] = set()  # transactions of this import

    def rows(self, going: Run[StockRow], file: DelimitedFile) -> Iterator[Parsed[StockRow]]:
        self._plain = set(file.columns) == set(COLUMNS)
        if self._plain:
            with going.database.read() as connection:
                self._ranks = best_sellers(connection)
            sheets = Sheets(going.database)
            self._since = sheets.since
            sku, location, on_hand = (file.columns.index(name) for name in COLUMNS)

            def sheet_of(location_id: str) -> Sheet | None:
                return None if location_id in self._gone else sheets.get(location_id)

            gathered = Gathered()
            for piece in Pieces(file, (sku, location, on_hand), self._lookups.locations, sheet_of, CHUNK_BYTES):
                self._gather(going, piece, gathered)
                if len(gathered) >= GATHERED:
                    yield from gathered.take(self._ranks)
            yield from gathered.take(self._ranks)
        for some in in_batches(going.parsed(file), PARSED):
            yield from sorted(some, key=lambda parsed: self._ranks.get(parsed.value.sku, BEST_SELLERS))

    def group(self, rows: Iterator[Parsed[StockRow]]) -> Iterator[list[Parsed[StockRow]]]:
        return in_batches(rows, BATCH)

    def _gather(self, going: Run[StockRow], piece: Piece, gathered: Gathered) -> None:
        location_id = self._lookups.locations[piece.location]
        again = location_id in self._gone
        draft: Draft | None
        if isinstance(piece.found, Said):
            rows, gone, draft = _against_sheet(piece.found, piece.numbers)
        else:
            rows, gone, draft = _against_positions(going.database, piece, piece.found, location_id)
        if again:  # in two pieces: no sheet, and nothing is gone that either of them names
            draft = None
            self._drafts.pop(location_id, None)
            gone &= self._gone[location_id]
        self._gone[location_id] = gone
        places = [-1] * len(rows)
        if draft is not None:
            places = draft.places([row[0] for row in rows])
            draft.numbers[places] = UNKNOWN  # until they are written
            self._drafts[location_id] = draft
        going.report.rows += len(piece)
        if len(piece) > len(rows):
            going.report.counts["unchanged"] += len(piece) - len(rows)
        gathered.add((location_id, piece.location), piece.first_line, rows, (piece.numbers, places))

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[StockRow]]) -> Counter[str]:
        if not self._plain:
            return super().write(connection, cause, batch)
        levels = {}
        for parsed in batch:
            row = parsed if isinstance(parsed, Differing) else parsed.value
            if row.on_hand is not None:
                levels[row.location_id, row.sku] = row.on_hand
        done = set_levels(connection, cause, levels)
        if isinstance(done, UnknownArticles):
            sku = next(_sku(parsed) for parsed in batch if _sku(parsed) in done.skus)
            raise RowRefused("sku_unknown", "sku", sku, "Import the product first.")
        self._written(connection, batch)
        self._changed |= done.skus
        counts = Counter({"updated": done.positions, "unchanged": len(batch) - done.positions})
        surplus.leave(connection, cause, done.short)
        if done.more:
            counts["orders_served"] += resourcing.serve_waiting(connection, cause, set(done.more))
        return +counts

    def _written(self, connection: Connection, batch: Sequence[Parsed[StockRow]]) -> None:
        """The database says what these lines say, until somebody else says otherwise."""
        self._own.add(feed.current_transaction(connection))
        for row in batch:
            if isinstance(row, Differing) and row.place >= 0:
                draft = self._drafts.get(row.location_id)
                if draft is not None:
                    draft.numbers[row.place] = row.number

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
            surplus.watch(connection, cause, [movement.key for movement in gone])
        for location_id in self._named:
            self._drafts.pop(location_id, None)
        stock_sheets.keep(connection, self._drafts, self._since, self._own)
        self._tell(connection, cause, len(gone))
        return counts

    def _tell(self, connection: Connection, cause: Cause, gone: int) -> None:
        """Channels that listen learn what changed, best sellers first; devices have it in the feed already."""
        if not self._changed and not gone:
            return
        first = sorted(self._changed, key=lambda sku: (self._ranks.get(sku, BEST_SELLERS), sku))[:TOLD]
        told = {"articles": len(self._changed), "first": first, "zeroed": gone, "locations": len(self._drafts)}
        record(connection, cause, [Happening("StockImported", "stock", "full", data=told)])


Rows = list[tuple[int, str, int]]  # index, SKU, units


def _against_sheet(said: Said, numbers: Array) -> tuple[Rows, set[str], Draft]:
    """Rows that may differ, changed articles that are not named, and what is to be kept of the location."""
    places = said.sheet.order.places
    gone = {sku for sku in said.sheet.changed if sku not in places}
    return said.rows, gone, stock_sheets.corrected(said.sheet, numbers, said.lines)


def _against_positions(
    database: Database, piece: Piece, block: Block, location_id: str
) -> tuple[Rows, set[str], Draft | None]:
    """As `_against_sheet`; no draft where an article is named twice: its later row counts, whichever changes."""
    p = t.positions.c
    with database.read() as connection:
        query = select(p.sku, p.on_hand).where(p.location_id == location_id)
        known = {row[0]: row[1] for row in connection.execute(query)}
    skus = skus_of(block)
    names = skus.decode("ascii").split("\n")
    now = np.fromiter((known.get(name, NOWHERE) for name in names), np.int64, len(names))
    seen = set(names)
    twice = len(seen) < len(names)
    differs = (block.on_hand != NOT_SAID) & ((block.on_hand != now) | twice)
    rows = [(index, names[index], int(block.on_hand[index])) for index in np.flatnonzero(differs).tolist()]
    gone = {sku for sku, on_hand in known.items() if on_hand and sku not in seen}
    return rows, gone, None if twice else Draft(skus, piece.numbers.copy())


def _sku(parsed: Parsed[StockRow]) -> str:
    return parsed.sku if isinstance(parsed, Differing) else parsed.value.sku


def best_sellers(connection: Connection) -> dict[str, int]:
    """The rank of what is ordered most, 0 first."""
    line = t.order_lines.c
    query = select(line.sku).group_by(line.sku).order_by(func.sum(line.quantity).desc(), line.sku).limit(BEST_SELLERS)
    return {sku: rank for rank, sku in enumerate(connection.execute(query).scalars())}
