"""The bars and modules of the codes we print, as plain booleans."""

from collections.abc import Iterator
from itertools import groupby

import segno
from barcode.codex import Gs1_128

# An SSCC in GS1-128: start C, FNC1, ten pairs of digits, check symbol (11 modules each) and stop (13).
SSCC_MODULES = 13 * 11 + 13


def sscc_bars(value18: str) -> Iterator[tuple[int, int]]:
    """(first module, modules wide) of each bar of `(00)` and the 18 digits, over `SSCC_MODULES` modules."""
    place = 0
    for is_bar, group in groupby(Gs1_128("00" + value18).build()[0], key="1".__eq__):
        width = len(list(group))
        if is_bar:
            yield place, width
        place += width


def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a QR code with error correction M, without its quiet zone."""
    code = segno.make_qr(text, error="m", boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
