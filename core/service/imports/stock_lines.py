"""Lines of a file as numbers: two lines with the same number say the same, and need not be read to know it.

The number is a sum of the line's 64-bit words and its length, each times an odd constant. Lines of one length that
differ in one word always differ in it; for others the chance that they do not is one in 2^64.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.service.imports.stock_blocks import MASKS, NEWLINE, WORD, Array

MOST_LINE_BYTES: Final = 128
_WORDS: Final = MOST_LINE_BYTES // WORD
# Kept figures are compared with those of later imports: these constants stay as they are.
_ODD: Final = np.array([((0x9E3779B97F4A7C15 * (2 * n + 1)) ^ (n << 33)) % 2**64 | 1 for n in range(_WORDS)], "<u8")
_LENGTH: Final = np.uint64(0xD1342543DE82EF95)


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each line begins and ends in `text` (its newline left out), and its number."""

    text: bytes
    begins: Array
    ends: Array
    numbers: Array

    def __len__(self) -> int:
        return len(self.numbers)

    def line(self, index: int) -> bytes:
        return self.text[self.begins[index] : self.ends[index]]


def lines_of(text: bytes) -> Lines | None:
    """`text`: whole lines. None: one is too long for a number."""
    padded = text + bytes(WORD)  # words are read past the end by less than one
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == NEWLINE)
    begins = np.empty_like(ends)
    begins[0], begins[1:] = 0, ends[:-1] + 1
    lengths = ends - begins
    longest, shortest = int(lengths.max()), int(lengths.min())
    if longest > MOST_LINE_BYTES:
        return None
    view = np.ndarray((len(text) + 1,), "<u8", buffer=padded, strides=(1,))
    numbers = lengths.astype("<u8")
    numbers *= _LENGTH
    for place in range(-(-longest // WORD)):
        # Past its end a short line has no bytes in the word, wherever it is read.
        words = view[np.minimum(begins + place * WORD, len(text)) if place else begins]
        if shortest < (place + 1) * WORD:
            words &= MASKS[np.clip(lengths - place * WORD, 0, WORD)]
        words *= _ODD[place]
        numbers += words
    return Lines(text, begins, ends, numbers)
