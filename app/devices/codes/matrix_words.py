"""From the modules of a Data Matrix symbol (ECC 200, ISO/IEC 16022) to its corrected words, or to nothing.

Which sizes there are, where the bits of each word lie ("utah" shapes along diagonals), and Reed-Solomon over GF(256)
with the polynomial 0x12D, by reedsolo.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Modules = NDArray[np.bool_]

FIELD_POLYNOMIAL, FIRST_ROOT = 0x12D, 1


@dataclass(frozen=True)
class Size:
    """`rows` x `columns` modules, borders included, in regions of `inner_rows` x `inner_columns` modules of data that
    each have a border of their own. `blocks`: how many corrected messages the words are dealt to in turn."""

    rows: int
    columns: int
    inner_rows: int
    inner_columns: int
    data_words: int
    check_words: int
    blocks: int = 1

    @property
    def mapped(self) -> tuple[int, int]:
        """Rows and columns without the borders."""
        down, across = self.rows // (self.inner_rows + 2), self.columns // (self.inner_columns + 2)
        return down * self.inner_rows, across * self.inner_columns


# Table 7 of the standard (144 x 144, dealt by a rule of its own, is left out), and its rectangular extension, ISO/IEC
# 21471.
SIZES = (
    Size(10, 10, 8, 8, 3, 5), Size(12, 12, 10, 10, 5, 7), Size(14, 14, 12, 12, 8, 10), Size(16, 16, 14, 14, 12, 12),
    Size(18, 18, 16, 16, 18, 14), Size(20, 20, 18, 18, 22, 18), Size(22, 22, 20, 20, 30, 20),
    Size(24, 24, 22, 22, 36, 24), Size(26, 26, 24, 24, 44, 28), Size(32, 32, 14, 14, 62, 36),
    Size(36, 36, 16, 16, 86, 42), Size(40, 40, 18, 18, 114, 48), Size(44, 44, 20, 20, 144, 56),
    Size(48, 48, 22, 22, 174, 68), Size(52, 52, 24, 24, 204, 84, 2), Size(64, 64, 14, 14, 280, 112, 2),
    Size(72, 72, 16, 16, 368, 144, 4), Size(80, 80, 18, 18, 456, 192, 4), Size(88, 88, 20, 20, 576, 224, 4),
    Size(96, 96, 22, 22, 696, 272, 4), Size(104, 104, 24, 24, 816, 336, 6), Size(120, 120, 18, 18, 1050, 408, 6),
    Size(132, 132, 20, 20, 1304, 496, 8),
    Size(8, 18, 6, 16, 5, 7), Size(8, 32, 6, 14, 10, 11), Size(12, 26, 10, 24, 16, 14), Size(12, 36, 10, 16, 22, 18),
    Size(16, 36, 14, 16, 32, 24), Size(16, 48, 14, 22, 49, 28),
    Size(8, 48, 6, 22, 18, 15), Size(8, 64, 6, 14, 24, 18), Size(8, 80, 6, 18, 32, 22), Size(8, 96, 6, 22, 38, 28),
    Size(8, 120, 6, 18, 49, 32), Size(8, 144, 6, 22, 63, 36), Size(12, 64, 10, 14, 43, 27),
    Size(12, 88, 10, 20, 64, 36), Size(16, 64, 14, 14, 62, 36), Size(20, 36, 18, 16, 44, 28),
    Size(20, 44, 18, 20, 56, 34), Size(20, 64, 18, 14, 84, 42), Size(22, 48, 20, 22, 72, 38),
    Size(24, 48, 22, 22, 80, 41), Size(24, 64, 22, 14, 108, 46), Size(26, 40, 24, 18, 70, 38),
    Size(26, 48, 24, 22, 90, 42), Size(26, 64, 24, 14, 118, 50),
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """`data` without the check words; `strain`: of the block that needed most, the share of its capacity used up."""

    data: bytes
    strain: float


@lru_cache(maxsize=32)
def border(size: Size) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
    """(where borders are, which of all modules are dark there): the L of each region, and what alternates."""
    import numpy as np

    row, column = np.mgrid[0 : size.rows, 0 : size.columns]
    down, across = row % (size.inner_rows + 2), column % (size.inner_columns + 2)
    top, right = down == 0, across == size.inner_columns + 1
    solid = (across == 0) | (down == size.inner_rows + 1)
    dark = solid | (top & (across % 2 == 0)) | (right & (down % 2 == 1))
    return solid | top | right, dark


def corrected(modules: "Modules", size: Size) -> Words | None:
    """`modules`: rows x columns of the whole symbol, True where dark. None where there is too much to correct."""
    known, _dark = border(size)
    bits = modules[~known].reshape(size.mapped)
    words = [0] * (size.data_words + size.check_words)
    for at, places in enumerate(_places(*size.mapped)[: len(words)]):
        for row, column in places:
            words[at] = words[at] << 1 | int(bits[row, column])
    data, strain = bytearray(size.data_words), 0.0
    each = size.check_words // size.blocks
    for block in range(size.blocks):
        dealt = words[block : size.data_words : size.blocks]
        whole = dealt + words[size.data_words + block :: size.blocks]
        right = _without_errors(whole, each)
        if right is None:
            return None
        data[block :: size.blocks] = right[0]
        strain = max(strain, right[1] / (each // 2))
    return Words(bytes(data), strain)


@lru_cache(maxsize=1)
def _codecs() -> dict[int, Any]:
    return {}


def _without_errors(words: list[int], check_words: int) -> tuple[bytes, int] | None:
    """(data, how many words were wrong)."""
    import reedsolo

    codecs = _codecs()
    if check_words not in codecs:
        codecs[check_words] = reedsolo.RSCodec(check_words, fcr=FIRST_ROOT, prim=FIELD_POLYNOMIAL)
    try:
        data, _all, wrong = codecs[check_words].decode(bytearray(words))
    except reedsolo.ReedSolomonError:
        return None
    return bytes(data), len(wrong)


@lru_cache(maxsize=8)
def _places(rows: int, columns: int) -> list[list[tuple[int, int]]]:
    """For each word the (row, column) of its eight bits, the highest first. Annex F of the standard."""
    taken: set[tuple[int, int]] = set()
    words: list[list[tuple[int, int]]] = []

    def place(corners: list[tuple[int, int]]) -> None:
        taken.update(corners)
        words.append(corners)

    def utah(row: int, column: int) -> None:
        around = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
        place([_wrapped(row + down, column + right, rows, columns) for down, right in around])

    row, column = 4, 0
    while row < rows or column < columns:
        corner = _corner(row, column, rows, columns)
        if corner:
            place(corner)
        while row >= 0 and column < columns:
            if row < rows and column >= 0 and (row, column) not in taken:
                utah(row, column)
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < rows and column >= 0:
            if row >= 0 and column < columns and (row, column) not in taken:
                utah(row, column)
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1
    return words


def _wrapped(row: int, column: int, rows: int, columns: int) -> tuple[int, int]:
    """Where a bit lies whose shape hangs over the upper or left edge."""
    if row < 0:
        row, column = row + rows, column + 4 - (rows + 4) % 8
    if column < 0:
        row, column = row + 4 - (columns + 4) % 8, column + columns
    return row % rows, column  # below the lower edge in sizes of the extension only


def _corner(row: int, column: int, rows: int, columns: int) -> list[tuple[int, int]]:
    """The four shapes that are torn apart over the corners; none at most turns."""
    bottom, right = rows - 1, columns - 1
    if (row, column) == (rows, 0):
        return [(bottom, 0), (bottom, 1), (bottom, 2), (0, right - 1), (0, right), (1, right), (2, right), (3, right)]
    if (row, column) == (rows - 2, 0) and columns % 4:
        return [(bottom - 2, 0), (bottom - 1, 0), (bottom, 0), (0, right - 3), (0, right - 2), (0, right - 1),
                (0, right), (1, right)]  # fmt: skip
    if (row, column) == (rows - 2, 0) and columns % 8 == 4:
        return [(bottom - 2, 0), (bottom - 1, 0), (bottom, 0), (0, right - 1), (0, right), (1, right), (2, right),
                (3, right)]  # fmt: skip
    if (row, column) == (rows + 4, 2) and not columns % 8:
        return [(bottom, 0), (bottom, right), (0, right - 2), (0, right - 1), (0, right), (1, right - 2),
                (1, right - 1), (1, right)]  # fmt: skip
    return []
