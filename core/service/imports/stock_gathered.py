"""Rows that may differ from the database, many in little memory, in the order in which they are to be written.

Best sellers come first; then articles by their name, each with all of its locations: a transaction then touches a few
articles of many places, and with them a small part of the index by article, which new positions would else be strewn
over by each location anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from core.adapters.delimited import Row
from core.service.imports.stock import StockRow
from core.service.imports.stock_blocks import Array

AT_ONCE: Final = 10_000  # rows that are objects at a time
_ROW: Final = np.dtype(
    [("number", "<u8"), ("line", "<i8"), ("location", "<i4"), ("sku", "<i4"), ("on_hand", "<i4"), ("place", "<i4")]
)
Said = tuple[int, str, int]  # index, SKU, units


class Differing(NamedTuple):
    """A row that may differ from the database. `place` in its draft, -1 where it has none; `number` of its line."""

    location_id: str
    code: str
    sku: str
    on_hand: int
    line: int
    place: int
    number: int

    @property
    def row(self) -> Row:
        return Row(self.line, {"sku": self.sku, "location": self.code, "on_hand": str(self.on_hand)})

    @property
    def value(self) -> StockRow:
        return StockRow(self.location_id, self.sku, on_hand=self.on_hand)


class Gathered:
    """Rows of several locations, 32 bytes each."""

    def __init__(self) -> None:
        self._clear()

    def __len__(self) -> int:
        return self._count

    def add(
        self, location: tuple[str, str], first_line: int, rows: Sequence[Said], draft: tuple[Array, list[int]]
    ) -> None:
        """`location`: its id and code. `draft`: the number of each line from `first_line` on; a place for each row."""
        numbers, places = draft
        some, indexes = np.empty(len(rows), _ROW), np.array([row[0] for row in rows], np.int64)
        known = self._skus
        some["sku"] = [known.setdefault(sku, len(known)) for _, sku, _ in rows]
        some["on_hand"] = [units for _, _, units in rows]
        some["line"], some["number"], some["place"] = indexes + first_line, numbers[indexes], places
        some["location"] = len(self._locations)
        self._locations.append(location)
        self._pieces.append(some)
        self._count += len(rows)

    def take(self, ranks: Mapping[str, int]) -> Iterator[Differing]:
        """All of them, and none is left. `ranks`: 0 is sold most. An article that is said twice keeps its order."""
        if not self._count:
            return
        rows, names, locations = np.concatenate(self._pieces), list(self._skus), self._locations
        self._clear()
        by_name, rank = np.empty(len(names), np.int32), np.full(len(names), len(ranks), np.int32)
        by_name[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        if ranks:
            rank[:] = [ranks.get(name, len(ranks)) for name in names]
        order = np.lexsort((rows["line"], by_name[rows["sku"]], rank[rows["sku"]]))
        for start in range(0, len(order), AT_ONCE):
            for number, line, location, sku, on_hand, place in rows[order[start : start + AT_ONCE]].tolist():
                location_id, code = locations[location]
                yield Differing(location_id, code, names[sku], on_hand, line, place, number)

    def _clear(self) -> None:
        self._pieces: list[Array] = []
        self._locations: list[tuple[str, str]] = []
        self._skus: dict[str, int] = {}
        self._count = 0
