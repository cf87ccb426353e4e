"""A full stock file cut into locations: what the last file said in the same lines is not read again.

A location whose articles stand in the order of its sheet is a `Said` of the few lines that differ; any other is a block
of vectors, to be compared with the positions. From the first line on that is neither, the file is left to the reader of
single rows, which says what is wrong with each.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from core.adapters.delimited import DelimitedFile
from core.service.imports.stock_blocks import MOST_DIGITS, Array, Block, blocks_of
from core.service.imports.stock_lines import Lines, lines_of
from core.service.imports.stock_sheets import Sheet


@dataclass(frozen=True, slots=True)
class Said:
    """`lines` of one location that the sheet does not know, and of those that say any: (index, SKU, units)."""

    sheet: Sheet
    lines: Array
    rows: list[tuple[int, str, int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` lines of one location from `first_line` on; `numbers` of each."""

    location: str
    first_line: int
    numbers: Array
    found: Said | Block

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(slots=True)
class Pieces:
    """`order`: which cell is SKU, location and on_hand. `locations`: ids by code. `sheet_of` a location's id; None
    where it must not be used."""

    file: DelimitedFile
    order: tuple[int, int, int]
    locations: Mapping[str, str]
    sheet_of: Callable[[str], Sheet | None]
    chunk_bytes: int

    def __iter__(self) -> Iterator[Piece]:
        kept, first, enough = b"", 0, 0
        for line, chunk in self.file.chunks(self.chunk_bytes):
            kept, first = (kept + chunk, first) if kept else (chunk, line)
            if len(kept) < enough:
                continue
            reading = _Reading(self, kept, first, last=False)
            yield from reading
            kept, first = reading.rest
            if reading.unclean:
                break
            enough = 2 * len(kept)  # a location longer than a chunk is not begun anew with each
        else:
            if not kept:
                return
            reading = _Reading(self, kept, first, last=True)
            yield from reading
            kept, first = reading.rest
        if kept:
            self.file.give_back(first, kept)


class _Reading:
    """Whole locations of one text; the last one only where nothing can follow it. `rest`: what was not taken."""

    def __init__(self, of: Pieces, text: bytes, first_line: int, last: bool) -> None:
        self._of, self._first, self._last = of, first_line, last
        self._text = text
        self._at = 0
        self._blocks: dict[int, Block] = {}
        self.unclean = False
        self.rest = text, first_line

    def __iter__(self) -> Iterator[Piece]:
        lines = lines_of(self._text)
        if lines is None:
            self.unclean = True
            return
        while self._at < len(lines):
            piece = self._next(lines)
            if piece is None:
                break
            self._at += len(piece)
            yield piece
        begin = int(lines.begins[self._at]) if self._at < len(lines) else len(self._text)
        self.rest = self._text[begin:], self._first + self._at

    def _next(self, lines: Lines) -> Piece | None:
        """None: more of the file is wanted first, or what follows is not clean."""
        code = self._location(lines.line(self._at))
        location_id = self._of.locations.get(code)
        if location_id is None:
            self.unclean = True
            return None
        sheet = self._of.sheet_of(location_id)
        if sheet is not None:
            end = self._at + len(sheet.numbers)
            if end >= len(lines) and not self._last:
                return None
            if self._ends(lines, end, code):
                said = self._differing(lines, sheet, code)
                if said is not None:
                    return Piece(code, self._line(), lines.numbers[self._at : end], said)
        return self._block(lines)

    def _block(self, lines: Lines) -> Piece | None:
        if self._at not in self._blocks:
            text = self._text[int(lines.begins[self._at]) :]
            found = blocks_of(text, self._of.file.separator, self._of.order, self._line())
            if found is None:
                self.unclean = True
                return None
            self._blocks = {block.first_line - self._first: block for block in found}
        block = self._blocks[self._at]
        end = self._at + len(block)
        if end == len(lines) and not self._last:
            return None
        return Piece(block.location, block.first_line, lines.numbers[self._at : end], block)

    def _differing(self, lines: Lines, sheet: Sheet, code: str) -> Said | None:
        """None: the lines name other articles than the sheet, or are not clean."""
        sku, location, units = self._of.order
        differs = lines.numbers[self._at : self._at + len(sheet.numbers)] != sheet.numbers
        again = [sheet.order.places[one] for one in sheet.changed if one in sheet.order.places]
        differs[again] = True
        place, found, named = code.encode(), [], np.flatnonzero(differs)
        for index in named.tolist():
            cells = lines.line(self._at + index).split(self._of.file.separator)
            if len(cells) != 3 or cells[location] != place or cells[sku] != sheet.order.skus[index]:
                return None
            said = cells[units]
            if not said:
                continue  # blank is not zero
            if len(said) > MOST_DIGITS or not said.isdigit():
                return None
            found.append((index, cells[sku].decode("ascii"), int(said)))
        return Said(sheet, named, found)

    def _ends(self, lines: Lines, end: int, code: str) -> bool:
        return end == len(lines) or (end < len(lines) and self._location(lines.line(end)) != code)

    def _location(self, line: bytes) -> str:
        cells = line.split(self._of.file.separator)
        return cells[self._of.order[1]].decode("utf-8", "replace") if len(cells) == 3 else ""

    def _line(self) -> int:
        return self._first + self._at


def skus_of(block: Block) -> bytes:
    """As a sheet keeps them."""
    return b"\n".join(
        block.text[begin:end] for begin, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True)
    )
