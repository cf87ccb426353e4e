"""A second reader for Code 128, Code 39 and ITF: the widths of bars and spaces on straightened, averaged lines.

Independent of zbar, and with the start, the stop and the quiet zones of every line: a part of a code is not a code.
"""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from app.devices.codes import symbols as names

QUIET = 4.0  # narrow elements of space before and after a code, at least
CLEARLY = 1.12  # a wide element is wider than a narrow one by at least this
RISE = 0.3  # in the contrast that `bands.aligned` evens out to about one
_CODE39_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%"
# Wide elements of the nine, bit 8 first.
_CODE39_WIDE = (
    0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118, 0x058,
    0x00D, 0x10C, 0x04C, 0x01C, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016, 0x181, 0x0C1,
    0x1C0, 0x091, 0x190, 0x0D0, 0x085, 0x184, 0x0C4, 0x094, 0x0A8, 0x0A2, 0x08A, 0x02A,
)  # fmt: skip
_CODE39 = dict(zip(_CODE39_WIDE, _CODE39_CHARS, strict=True))
_ITF_WIDE = ("00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010")
_CODE128_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
_CODE128 = tuple(_CODE128_WIDTHS.split())
START_A, START_B, START_C, STOP = 103, 104, 105, (2, 3, 3, 1, 1, 1, 2)
CODE_A, CODE_B, CODE_C, FNC1, SHIFT = 101, 100, 99, 102, 98


class Run(NamedTuple):
    """`lines`: how many lines read this. `left`, `right`: columns."""

    symbology: str
    text: str
    lines: int
    left: float
    right: float
    gs1: bool


def read(lines: Any, wanted: frozenset[str]) -> list[Run]:
    """What the lines of a strip (bars positive) say, in both directions."""
    seen: dict[tuple[str, str, bool], list[tuple[float, float]]] = {}
    for line in lines:
        edges = _edges(line)
        if len(edges) < 20:
            continue
        width = float(line.size)
        found = {(symbology, text, gs1): (a, b) for symbology, text, gs1, a, b in _decoded(edges, wanted)}
        mirrored = [width - edge for edge in reversed(edges)]
        for symbology, text, gs1, a, b in _decoded(mirrored, wanted):
            found[symbology, text, gs1] = (width - b, width - a)
        for key, ends in found.items():
            seen.setdefault(key, []).append(ends)
    return [
        Run(symbology, text, len(ends), *ends[0], gs1) for (symbology, text, gs1), ends in seen.items()
    ]  # fmt: skip


def _edges(line: Any) -> list[float]:
    """Columns where a bar begins and ends, in turn; the first is the beginning of a bar. An edge lies half way between
    the extremes on its two sides, so that a narrow bar that blur has made grey still has its two edges."""
    edges = []
    turns = _turns(line)
    for (at, value), (then, other) in itertools.pairwise(turns):
        part = line[at : then + 1]
        middle = (value + other) / 2
        passed = int((part > middle).argmax() if other > value else (part < middle).argmax())
        before, after = float(part[passed - 1]), float(part[passed])
        edges.append((at + passed - 1 + (middle - before) / (after - before), other > value))
    begins = [edge for edge, _ in (edges if edges and edges[0][1] else edges[1:])]
    return begins[: len(begins) - len(begins) % 2]


def _turns(line: Any) -> list[tuple[int, float]]:
    """The extremes, darkest and lightest in turn, between which the line moves by at least `RISE`."""
    import numpy as np

    slopes = np.sign(np.diff(line))
    candidates = np.flatnonzero(slopes[1:] * slopes[:-1] <= 0) + 1
    turns: list[tuple[int, float]] = [(0, float(line[0]))]
    rising: bool | None = None
    for at in (*candidates.tolist(), line.size - 1):
        value, last = float(line[at]), turns[-1][1]
        if rising is None:
            if abs(value - last) >= RISE:
                rising = value > last
                turns.append((at, value))
        elif (value - last) * (1 if rising else -1) >= 0:
            turns[-1] = (at, value)
        elif abs(value - last) >= RISE:
            rising = not rising
            turns.append((at, value))
    return turns


def _decoded(edges: list[float], wanted: frozenset[str]) -> Iterator[tuple[str, str, bool, float, float]]:
    """Every code of a line. Element 2k is a bar, 2k + 1 the space after it."""
    widths = [b - a for a, b in itertools.pairwise(edges)]
    quiet = [1e9, *widths[1::2]]  # before bar k
    for symbology, decode in ((names.CODE39, _code39), (names.ITF, _itf), (names.CODE128, _code128)):
        if symbology not in wanted:
            continue
        at = 0
        while at + 12 < len(widths):
            text_end = decode(widths, at, quiet[at // 2])
            if text_end is None:
                at += 2
                continue
            text, end, gs1 = text_end
            yield symbology, text, gs1, edges[at], edges[end]
            at = end + 1


def _wide(widths: list[float], count: int) -> int | None:
    """Which elements are wide, as bits, where exactly `count` are and the gap between wide and narrow is clear; bars
    and spaces are told apart on their own, since ink spreads."""
    ranked = sorted(range(len(widths)), key=lambda at: -widths[at])
    if widths[ranked[count - 1]] < CLEARLY * widths[ranked[count]]:
        return None
    bits = 0
    for at in ranked[:count]:
        bits |= 1 << (len(widths) - 1 - at)
    return bits


def _wide39(nine: list[float]) -> int:
    """As bits: two wide bars of five and one wide space of four, or three wide spaces; 0 where it is not clear. Bars
    and spaces are compared among themselves, since blur and ink change them differently."""
    bars, spaces = _wide(nine[0::2], 2), _wide(nine[1::2], 1)
    if bars is None and max(nine[0::2]) < 1.3 * min(nine[0::2]):
        bars, spaces = 0, _wide(nine[1::2], 3)
    if bars is None or spaces is None:
        return 0
    bits = 0
    for at in range(9):
        of = spaces >> (3 - at // 2) if at % 2 else bars >> (4 - at // 2)
        bits = bits << 1 | (of & 1)
    return bits


def _code39(widths: list[float], at: int, quiet: float) -> tuple[str, int, bool] | None:
    text, previous = "", 0.0
    start = at
    while at + 9 <= len(widths):
        nine = widths[at : at + 9]
        total = sum(nine)
        char = _CODE39.get(_wide39(nine))
        if char is None or (previous and not 0.75 < total / previous < 1.33):
            return None
        narrow = total / 13.5
        if at == start and (char != "*" or quiet < QUIET * narrow):
            return None
        if at > start and char == "*":
            after = widths[at + 9] if at + 9 < len(widths) else 1e9
            return (text, at + 9, False) if text and after >= QUIET * narrow else None
        text += char if at > start else ""
        if at + 9 < len(widths) and widths[at + 9] > 5 * narrow:
            return None
        previous = total
        at += 10
    return None


def _itf(widths: list[float], at: int, quiet: float) -> tuple[str, int, bool] | None:
    narrow = sum(widths[at : at + 4]) / 4
    if quiet < QUIET * narrow or max(widths[at : at + 4]) > 1.6 * narrow or min(widths[at : at + 4]) < 0.5 * narrow:
        return None
    digits, at, previous = "", at + 4, 0.0
    while at + 10 <= len(widths):
        ten = widths[at : at + 10]
        if previous and not 0.75 < sum(ten) / previous < 1.33:
            break
        pair = [_itf_digit(ten[0::2]), _itf_digit(ten[1::2])]
        if None in pair:
            break
        digits += f"{pair[0]}{pair[1]}"
        previous = sum(ten)
        at += 10
    if at + 3 > len(widths) or not digits:
        return None
    wide, space, last = widths[at : at + 3]
    after = widths[at + 3] if at + 3 < len(widths) else 1e9
    unit = previous / (2 * (3 + 2 * 2.5))
    if wide < 1.5 * last or space > 1.8 * unit or after < QUIET * unit:
        return None
    return digits, at + 3, False


def _itf_digit(five: list[float]) -> int | None:
    bits = _wide(five, 2)
    pattern = f"{bits:05b}" if bits is not None else ""
    return _ITF_WIDE.index(pattern) if pattern in _ITF_WIDE else None


@cache
def _symbols128() -> Any:
    import numpy as np

    return np.array([[int(width) for width in symbol] for symbol in _CODE128], dtype=np.float32)


def _nearest128(widths: list[float]) -> int | None:
    """By the distances between like edges, which ink spread leaves alone, and the widths themselves."""
    import numpy as np

    patterns = _symbols128()
    six = np.array(widths, dtype=np.float32) * (11 / sum(widths))
    pairs = np.abs((patterns[:, :-1] + patterns[:, 1:]) - (six[:-1] + six[1:])).sum(axis=1)
    total = pairs + 0.3 * np.abs(patterns - six).sum(axis=1)
    first, second = np.argpartition(total, 1)[:2]
    best = int(first if total[first] <= total[second] else second)
    return best if total[best] < 2.6 else None


def _code128(widths: list[float], at: int, quiet: float) -> tuple[str, int, bool] | None:
    values: list[int] = []
    previous = 0.0
    module = sum(widths[at : at + 6]) / 11
    if quiet < QUIET * module or widths[at] < 1.3 * widths[at + 1]:
        return None
    while at + 7 <= len(widths):
        if len(values) >= 3 and _is_stop(widths[at : at + 7]):
            after = widths[at + 7] if at + 7 < len(widths) else 1e9
            text = _text128(values) if after >= QUIET * module else None
            return None if text is None else (text, at + 7, len(values) > 1 and values[1] == FNC1)
        total = sum(widths[at : at + 6])
        if previous and not 0.8 < total / previous < 1.25:
            return None
        value = _nearest128(widths[at : at + 6])
        if value is None or (not values) != (value >= START_A):
            return None
        values.append(value)
        previous = total
        at += 6
    return None


def _is_stop(seven: list[float]) -> bool:
    scale = 13 / sum(seven)
    return all(abs(width * scale - wanted) < 0.75 for width, wanted in zip(seven, STOP, strict=True))


def _text128(values: list[int]) -> str | None:
    """The text of start, data and check symbol; None where the check fails."""
    *data, check = values
    if (data[0] + sum(at * value for at, value in enumerate(data[1:], 1))) % 103 != check:
        return None
    code, text, shifted = {START_A: "A", START_B: "B", START_C: "C"}[data[0]], "", False
    for at, value in enumerate(data[1:], 1):
        used, shifted = ({"A": "B", "B": "A"}.get(code, code) if shifted else code), False
        if value == FNC1:
            text += "\x1d" if at > 1 else ""
        elif used == "C":
            if value < 100:
                text += f"{value:02d}"
            else:
                code = {CODE_A: "A", CODE_B: "B"}.get(value, code)
        elif value < 96:
            text += chr(value + 32) if used == "B" or value < 64 else chr(value - 64)
        elif value == SHIFT:
            shifted = True
        elif value == CODE_C:
            code = "C"
        elif (value == CODE_B and used == "A") or (value == CODE_A and used == "B"):
            code = "B" if value == CODE_B else "A"
    return text or None
