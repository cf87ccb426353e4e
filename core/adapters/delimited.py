"""Rows of a CSV file as other people's systems write it: every line is either a row or a refusal that names it.

Reads a stream in bounded memory, never the whole file. A broken quote costs its own line and not the rest of the file.
gzip is recognised by its first bytes, the separator (`,` `;` tab `|`) by the header.
"""

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

MAX_RECORD_BYTES: Final = 64 * 1024
MAX_FIELD_CHARS: Final = 10_000
MAX_RECORD_LINES: Final = 20
_SEPARATORS: Final = ",;\t|"


class DelimitedError(Exception):
    """The file as a whole cannot be read; `code` is stable, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts from 1 and is where the row begins; `values` by column name, without surrounding blanks."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    line: int
    code: str
    raw: str


@dataclass(frozen=True, slots=True)
class _Physical:
    line: int
    raw: bytes
    too_long: bool = False


class DelimitedFile:
    """Iterate once: yields `Row` and `BrokenRow`. The constructor reads the header and raises DelimitedError."""

    def __init__(self, stream: IO[bytes], required: frozenset[str], max_bytes: int | None = None) -> None:
        self._lines = _Lines(_plain(stream), max_bytes)
        self._separator = ","
        self.columns = self._header(required)

    def _header(self, required: frozenset[str]) -> tuple[str, ...]:
        first = self._lines.next()
        if first is None:
            raise DelimitedError("file_empty", "The file is empty: its first line must name the columns.")
        if first.too_long:
            raise DelimitedError("header_too_long", "The first line is not a header of column names.")
        text = _decoded(first.raw)
        if text is None or "\x00" in text:
            raise DelimitedError("file_encoding", "The file is not UTF-8 text: save it as CSV UTF-8 and send it again.")
        text = text.removeprefix("\ufeff")
        self._separator = max(_SEPARATORS, key=text.count)
        try:
            columns = tuple(
                name.strip() for name in next(csv.reader([text], delimiter=self._separator, strict=True), [])
            )
        except csv.Error as fault:
            raise DelimitedError("header_broken", f"The header cannot be read ({fault}).") from fault
        if len(set(columns)) != len(columns):
            raise DelimitedError("columns_twice", "A column is named twice in the header.")
        missing = sorted(required - set(columns))
        if missing:
            raise DelimitedError("columns_missing", f"The header lacks these columns: {', '.join(missing)}.")
        return columns

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        while (first := self._lines.next()) is not None:
            if first.too_long:
                yield BrokenRow(first.line, "record_too_long", _shown(first.raw))
                continue
            text = _decoded(first.raw)
            if text is None:
                yield BrokenRow(first.line, "wrong_encoding", _shown(first.raw))
                continue
            if not text.strip():
                continue
            yield self._record(first, text)

    @property
    def separator(self) -> bytes:
        return self._separator.encode()

    def chunks(self, size: int) -> Iterator[tuple[int, bytes]]:
        """The rest of the file as it is: the number of a first line, and whole lines of about `size` bytes."""
        while (found := self._lines.chunk(size)) is not None:
            yield found

    def give_back(self, first_line: int, chunk: bytes) -> None:
        """A chunk that is to be read row by row after all, before what follows it."""
        self._lines.give_back_chunk(first_line, chunk)

    def _record(self, first: _Physical, text: str) -> Row | BrokenRow:
        """Takes the lines a quoted field runs over; gives them back when the quote never ends."""
        taken: list[_Physical] = []
        while text.count('"') % 2:
            more = self._lines.next() if len(taken) < MAX_RECORD_LINES and len(text) < MAX_RECORD_BYTES else None
            decoded = None if more is None or more.too_long else _decoded(more.raw)
            if more is not None:
                taken.append(more)
            if decoded is None:
                self._lines.give_back(taken)
                return BrokenRow(first.line, "broken_quotes", _shown(first.raw))
            text += decoded
        parsed = self._parsed(first, text)
        if taken and isinstance(parsed, BrokenRow):  # the quote was a mistake, the next lines are rows of their own
            self._lines.give_back(taken)
        return parsed

    def _parsed(self, first: _Physical, text: str) -> Row | BrokenRow:
        if "\x00" in text:
            return BrokenRow(first.line, "control_characters", _shown(first.raw))
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=self._separator, strict=True))
        except csv.Error:
            return BrokenRow(first.line, "broken_quotes", _shown(first.raw))
        if any(len(cell) > MAX_FIELD_CHARS for cell in cells):
            return BrokenRow(first.line, "field_too_long", _shown(first.raw))
        while len(cells) > len(self.columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(self.columns):
            return BrokenRow(first.line, "wrong_number_of_columns", _shown(first.raw))
        return Row(first.line, {name: cell.strip() for name, cell in zip(self.columns, cells, strict=True)})


class _Lines:
    """Physical lines with their numbers; lines can be given back."""

    def __init__(self, stream: IO[bytes], max_bytes: int | None) -> None:
        self._stream = stream
        self._left = max_bytes
        self._line = 0
        self._again: deque[_Physical] = deque()

    def next(self) -> _Physical | None:
        if self._again:
            return self._again.popleft()
        raw = self._read()
        if not raw:
            return None
        self._line += 1
        if len(raw) <= MAX_RECORD_BYTES:
            return _Physical(self._line, raw)
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = self._read()
        return _Physical(self._line, raw[:200], too_long=True)

    def chunk(self, size: int) -> tuple[int, bytes] | None:
        first = self._line + 1
        try:
            text = self._stream.read(size) + self._stream.readline()
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            raise DelimitedError("file_damaged", f"The compressed file is damaged ({fault}).") from fault
        if not text:
            return None
        self._take(len(text))
        text = text if text.endswith(b"\n") else text + b"\n"
        self._line += text.count(b"\n")
        return first, text

    def give_back_chunk(self, first_line: int, chunk: bytes) -> None:
        self._line = first_line - 1
        rest = self._stream
        self._stream = io.BufferedReader(_Chained(chunk, rest))
        if self._left is not None:
            self._left += len(chunk)

    def give_back(self, lines: list[_Physical]) -> None:
        self._again.extendleft(reversed(lines))

    def _read(self) -> bytes:
        try:
            raw = self._stream.readline(MAX_RECORD_BYTES + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            raise DelimitedError("file_damaged", f"The compressed file is damaged ({fault}).") from fault
        self._take(len(raw))
        return raw

    def _take(self, count: int) -> None:
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                raise DelimitedError("file_too_big", "The file is too big for this way in: use the command line.")


class _Chained(io.RawIOBase):
    """Bytes, then a stream."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first, self._rest = io.BytesIO(first), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._first.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _plain(stream: IO[bytes]) -> IO[bytes]:
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=buffered, mode="rb"))
    return buffered


def _decoded(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _shown(raw: bytes) -> str:
    """Enough of the line to find it again; what is not UTF-8 is shown as Latin-1, from which it mostly comes."""
    text = _decoded(raw)
    return (raw.decode("latin-1") if text is None else text).rstrip("\r\n")[:2000].replace("\x00", "\ufffd")
