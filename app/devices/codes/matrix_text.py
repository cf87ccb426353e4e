"""What the corrected words of a Data Matrix symbol say. Any words give a value: what follows no scheme is None.

Text comes out as zxing-cpp gives it: FNC1 between GS1 fields as the group separator, bytes as UTF-8 where they are,
else as Latin-1, or as the symbol says itself (ECI).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

GROUP_SEPARATOR: Final = 0x1D
PAD, UPPER_SHIFT, UNLATCH = 129, 235, 254
C40, BASE256, FNC1, APPENDED, PROGRAMMING, MACRO05, MACRO06, X12, TEXT, EDIFACT, ECI = (
    230, 231, 232, 233, 234, 236, 237, 238, 239, 240, 241,
)  # fmt: skip
_MACRO_END: Final = b"\x1e\x04"
_SHIFT2: Final = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_"
_X12: Final = b"\r*> 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASIC: Final = {C40: b" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", TEXT: b" 0123456789abcdefghijklmnopqrstuvwxyz"}
_SHIFT3: Final = {C40: bytes(range(96, 128)), TEXT: b"`ABCDEFGHIJKLMNOPQRSTUVWXYZ{|}~\x7f"}
# Extended channel interpretation -> codec; any other is read as Latin-1.
_CODECS: Final = {
    **{number + 2: f"iso8859-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)},
    20: "shift_jis", 21: "cp1250", 22: "cp1251", 23: "cp1252", 24: "cp1256", 25: "utf-16-be", 26: "utf-8", 27: "ascii",
    28: "big5", 29: "gb18030", 30: "euc-kr",
}  # fmt: skip


class _NoText(Exception):
    """The words follow no scheme."""


@dataclass(frozen=True)
class Content:
    """`gs1`: the symbol begins with FNC1, what it holds are element strings."""

    text: str
    gs1: bool


@dataclass
class _Reading:
    words: bytes
    at: int = 0
    gs1: bool = False
    end: bytes = b""
    upper: bool = False
    parts: list[tuple[int | None, bytearray]] = field(default_factory=lambda: [(None, bytearray())])

    @property
    def left(self) -> int:
        return len(self.words) - self.at

    def next(self) -> int:
        if not self.left:
            raise _NoText
        self.at += 1
        return self.words[self.at - 1]

    def put(self, value: int) -> None:
        if self.upper and value > 127:
            raise _NoText
        self.parts[-1][1].append(value + 128 if self.upper else value)
        self.upper = False

    def fnc1(self) -> None:
        """At the very beginning it says GS1; behind one letter or two digits, that an industry's rules follow."""
        said = bytes(self.parts[0][1]) if len(self.parts) == 1 else b"more"
        if not said and self.at == 1:
            self.gs1 = True
        elif not (self.at == 2 and (said.isalpha() or (len(said) == 2 and said.isdigit()))):
            self.put(GROUP_SEPARATOR)


def content(words: bytes) -> Content | None:
    """None: no text, or only a part of one (structured append), or orders to the reader."""
    reading = _Reading(words)
    try:
        while reading.left and _ascii(reading):
            pass
        if reading.upper:
            return None
        reading.parts[-1][1].extend(reading.end)
        text = "".join(_decoded(eci, part) for eci, part in reading.parts)
    except (_NoText, UnicodeDecodeError):
        return None
    return Content(text, reading.gs1) if text else None


def _decoded(eci: int | None, part: bytearray) -> str:
    if eci is not None:
        return part.decode(_CODECS.get(eci, "latin-1"))
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode("latin-1")


def _ascii(reading: _Reading) -> bool:
    """One word of the scheme that all begin with and come back to. False: what follows is padding."""
    word = reading.next()
    if 1 <= word <= 128:
        reading.put(word - 1)
    elif word == PAD or (word == UNLATCH and not reading.left):  # some encoders leave a scheme they were not in
        return False
    elif 130 <= word <= 229:
        for digit in divmod(word - 130, 10):
            reading.put(ord("0") + digit)
    elif word == UPPER_SHIFT:
        reading.upper = True
    elif word == FNC1:
        reading.fnc1()
    elif word in (MACRO05, MACRO06) and reading.at == 1:
        reading.parts[0][1].extend(b"[)>\x1e05\x1d" if word == MACRO05 else b"[)>\x1e06\x1d")
        reading.end = _MACRO_END
    elif word in _SCHEMES:
        _SCHEMES[word](reading)
    else:
        raise _NoText
    return True


def _triples(reading: _Reading) -> Iterator[int]:
    """Three values to two words, until the scheme is left or one word stands alone."""
    while reading.left >= 2:
        high = reading.next()
        if high == UNLATCH:
            return
        packed = high * 256 + reading.next() - 1
        if not 0 <= packed < 64000:
            raise _NoText
        yield from (packed // 1600, packed // 40 % 40, packed % 40)
    if reading.left == 1 and reading.words[reading.at] == UNLATCH:
        reading.at += 1


def _c40(reading: _Reading) -> None:
    _letters(reading, C40)


def _text(reading: _Reading) -> None:
    _letters(reading, TEXT)


def _letters(reading: _Reading, scheme: int) -> None:
    shift = 0
    for value in _triples(reading):
        if shift == 0 and value < 3:
            shift = value + 1
            continue
        if shift == 0:
            reading.put(_BASIC[scheme][value - 3])
        elif shift == 1 and value < 32:
            reading.put(value)
        elif shift == 2 and value < len(_SHIFT2):
            reading.put(_SHIFT2[value])
        elif shift == 2 and value == 27:
            reading.put(GROUP_SEPARATOR)
        elif shift == 2 and value == 30:
            reading.upper = True
        elif shift == 3 and value < 32:
            reading.put(_SHIFT3[scheme][value])
        else:
            raise _NoText
        shift = 0


def _x12(reading: _Reading) -> None:
    for value in _triples(reading):
        reading.put(_X12[value])


def _edifact(reading: _Reading) -> None:
    """Four values of six bits to three words; fewer than three words left are plain again."""
    while reading.left >= 3:
        packed = reading.words[reading.at] << 16 | reading.words[reading.at + 1] << 8 | reading.words[reading.at + 2]
        for used, shift in enumerate((18, 12, 6, 0), 1):
            value = packed >> shift & 0x3F
            if value == 0x1F:
                reading.at += min(used, 3)
                return
            reading.put(value | 0x40 if value < 0x20 else value)
        reading.at += 3


def _base256(reading: _Reading) -> None:
    def plain() -> int:
        word = reading.next()
        return (word - (149 * reading.at) % 255 - 1) % 256

    length = plain()
    if length == 0:
        length = reading.left
    elif length > 249:
        length = 250 * (length - 249) + plain()
    for _ in range(length):
        reading.put(plain())


def _eci(reading: _Reading) -> None:
    first = reading.next()
    if first < 1:
        raise _NoText
    if first < 128:
        number = first - 1
    elif first < 192:
        number = (first - 128) * 254 + reading.next() - 1 + 127
    else:
        number = (first - 192) * 64516 + (reading.next() - 1) * 254 + reading.next() - 1 + 16383
    reading.parts.append((number, bytearray()))


_SCHEMES: Final[dict[int, Callable[[_Reading], None]]] = {
    C40: _c40, TEXT: _text, X12: _x12, EDIFACT: _edifact, BASE256: _base256, ECI: _eci,
}  # fmt: skip
