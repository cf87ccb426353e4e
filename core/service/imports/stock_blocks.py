"""Clean stock files read in blocks: millions of rows become vectors without an object for each.

A clean chunk has three cells in every line, no quotes, and whole numbers or blanks for `on_hand`. Everything else is
left to the reader of single rows, which says what is wrong with each.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

WORD: Final = 8  # bytes of a cell compared at once
MOST_KEY_BYTES: Final = 64
MOST_DIGITS: Final = 6
NOT_SAID: Final = -1
NEWLINE: Final = 10
Array = np.ndarray[Any, Any]
# By the number of bytes of a word that belong to the cell.
MASKS: Final = np.array([(1 << (8 * count)) - 1 for count in range(WORD)] + [(1 << 64) - 1], dtype="<u8")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one location, in the order of the file. `words`: each SKU as numbers, the same for the same SKU.

    `begin`: where in `text` the first row begins; `starts` and `ends`: of the SKU in each row.
    """

    location: str
    first_line: int
    begin: int
    words: Array
    on_hand: Array
    starts: Array
    ends: Array
    text: bytes

    def __len__(self) -> int:
        return len(self.on_hand)

    def sku(self, index: int) -> str:
        return self.text[int(self.starts[index]) : int(self.ends[index])].decode("ascii")


def blocks_of(text: bytes, separator: bytes, order: tuple[int, int, int], first_line: int) -> list[Block] | None:
    """`text`: whole lines. `order`: which cell is SKU, location and on_hand. None: not clean."""
    if b'"' in text or b"\r" in text or b" " in text or b"\0" in text or not text.isascii():
        return None
    data = np.frombuffer(text, np.uint8)
    cuts = np.flatnonzero((data == separator[0]) | (data == NEWLINE))
    if len(cuts) % 3 or not len(cuts):
        return None
    table = cuts.reshape(-1, 3)
    if (data[table[:, 2]] != NEWLINE).any() or (data[table[:, :2]] != separator[0]).any():
        return None
    begins = np.empty_like(table)
    begins[0, 0], begins[1:, 0] = 0, table[:-1, 2] + 1
    begins[:, 1:] = table[:, :2] + 1
    sku, location, units = order
    on_hand = _numbers(data, begins[:, units], table[:, units])
    # Read past the end of the text by less than a word.
    padded = np.frombuffer(text + bytes(MOST_KEY_BYTES), np.uint8)
    skus = _words(padded, begins[:, sku], table[:, sku])
    places = _words(padded, begins[:, location], table[:, location])
    if on_hand is None or skus is None or places is None:
        return None
    changes = np.flatnonzero((places[1:] != places[:-1]).any(axis=1)) + 1
    bounds = [0, *changes.tolist(), len(table)]
    found = []
    for start, end in pairwise(bounds):
        name = text[int(begins[start, location]) : int(table[start, location])].decode("ascii")
        rows = slice(start, end)
        found.append(
            Block(
                name,
                first_line + start,
                int(begins[start, 0]),
                skus[rows],
                on_hand[rows],
                begins[rows, sku],
                table[rows, sku],
                text,
            )
        )
    return found


def _numbers(data: Array, begins: Array, ends: Array) -> Array | None:
    lengths = ends - begins
    longest = int(lengths.max())
    if longest > MOST_DIGITS:
        return None
    total = np.zeros(len(begins), np.int32)
    for place in range(longest):
        here = lengths > place
        digits = data[np.maximum(ends - 1 - place, 0)].astype(np.int32) - 48
        if ((digits < 0) | (digits > 9))[here].any():
            return None
        total += np.where(here, digits * 10**place, 0).astype(np.int32)
    total[lengths == 0] = NOT_SAID
    return total


def _words(padded: Array, begins: Array, ends: Array) -> Array | None:
    """The cells as rows of 64-bit words, zero where a cell is shorter. None: a cell is blank or too long."""
    lengths = ends - begins
    if int(lengths.min()) < 1 or int(lengths.max()) > MOST_KEY_BYTES:
        return None
    view = np.ndarray((len(padded) - WORD + 1,), "<u8", buffer=padded.data, strides=(1,))
    count = -(-int(lengths.max()) // WORD)
    words = np.empty((len(begins), count), "<u8")
    for number in range(count):
        left = np.clip(lengths - number * WORD, 0, WORD)
        words[:, number] = view[begins + number * WORD] & MASKS[left]
    return words
