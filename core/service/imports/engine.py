"""Carries an import out: rows are read in a stream, parsed one by one, and written in batches of one transaction each.

An import that is sent again changes nothing more: every kind writes by the keys of the file. A batch that fails as a
whole is tried row by row, so that one bad row never takes its neighbours with it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from core.adapters.delimited import BrokenRow, DelimitedError, DelimitedFile, Row
from core.service.cause import Cause
from core.service.imports import report as reports
from core.service.imports.fields import RowRefused
from core.service.imports.report import Report, RowRefusal
from core.store.database import Database

BATCH = 500

BROKEN_REMEDY = {
    "record_too_long": "Shorten the line; no row may be longer than 64 KiB.",
    "wrong_encoding": "Save the file as CSV UTF-8.",
    "broken_quotes": 'Close the quote, or write a quote inside a quoted cell as "".',
    "control_characters": "Remove the NUL characters.",
    "field_too_long": "Shorten the cell to 10,000 characters.",
    "wrong_number_of_columns": "Give the row as many cells as the header has.",
}

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Parsed(Protocol[T_co]):
    """A row that could be read, and what it says."""

    @property
    def row(self) -> Row: ...

    @property
    def value(self) -> T_co: ...


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    row: Row
    value: T


class Importer(Protocol[T]):
    """One kind of file. `group` cuts the stream into what is written in one transaction.

    `together`: a batch is one thing (an order), so that a refused row refuses all of its rows; else each row is its own
    and `write` raises RowRefused only when it is given a single one. `broken` hears of rows that could not be read.
    """

    kind: str
    required: frozenset[str]
    together: bool

    def parse(self, row: Row) -> T: ...

    def broken(self, row: BrokenRow) -> None: ...

    def group(self, rows: Iterator[Parsed[T]]) -> Iterator[list[Parsed[T]]]: ...

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[T]]) -> Counter[str]: ...

    def end(self, connection: Connection, cause: Cause) -> Counter[str]: ...


class EachRow(Generic[T]):
    """For files in which every row is a thing of its own."""

    together = False

    def rows(self, going: "Run[T]", file: DelimitedFile) -> Iterator[Parsed[T]]:
        """What is written of the file; by default each of its rows."""
        return going.parsed(file)

    def broken(self, row: BrokenRow) -> None:
        """Nothing else depends on it."""

    def group(self, rows: Iterator[Parsed[T]]) -> Iterator[list[Parsed[T]]]:
        return in_batches(rows)

    def end(self, connection: Connection, cause: Cause) -> Counter[str]:
        return Counter()


def in_batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch


@dataclass(frozen=True, slots=True)
class Errand:
    """Who imports what, when: `source` is the name of the file."""

    source: str
    cause: Cause
    clock: Callable[[], datetime]
    max_bytes: int | None = None
    mapping: str = ""


def run(database: Database, importer: Importer[T], stream: IO[bytes], errand: Errand) -> Report:
    """Reads the whole stream. What cannot be taken is in the report and in the store; the rest is committed."""
    report = Report(errand.cause.new_id(), importer.kind, errand.source, errand.mapping)
    with database.write() as connection:
        reports.begin(connection, report, errand.cause.user_id, errand.cause.received_at)
    going = Run(database, importer, errand.cause, report)
    try:
        file = DelimitedFile(stream, importer.required, errand.max_bytes)
        rows = importer.rows(going, file) if isinstance(importer, EachRow) else going.parsed(file)
        for batch in importer.group(rows):
            going.write(batch)
    except DelimitedError as fault:
        report.code, report.message = fault.code, str(fault)
    with database.write() as connection:
        reports.keep(connection, report, going.broken)
        if not report.code:
            report.counts.update(importer.end(connection, errand.cause))
        reports.finish(connection, report, errand.clock())
    return report


class Run(Generic[T]):
    """`broken`: refused rows that no transaction has stored yet."""

    def __init__(self, database: Database, importer: Importer[T], cause: Cause, report: Report) -> None:
        self.database, self._importer, self._cause, self.report = database, importer, cause, report
        self.broken: list[RowRefusal] = []

    def parsed(self, file: DelimitedFile) -> Iterator[Parsed[T]]:
        for row in file:
            self.report.rows += 1
            if isinstance(row, BrokenRow):
                self._importer.broken(row)
                self.broken.append(RowRefusal(row.line, row.code, "", "", BROKEN_REMEDY[row.code], row.raw))
                continue
            try:
                yield Read(row, self._importer.parse(row))
            except RowRefused as refused:
                self.broken.append(refusal_of(row, refused))

    def write(self, batch: list[Parsed[T]]) -> None:
        try:
            with self.database.write() as connection:
                counts = self._importer.write(connection, self._cause, batch)
                reports.keep(connection, self.report, self.broken)
            self.broken.clear()
            self.report.counts.update(counts)
            return
        except (RowRefused, IntegrityError) as fault:
            refused = fault if isinstance(fault, RowRefused) else _clash(fault)
        if len(batch) == 1 or self._importer.together:
            self.broken.extend(refusal_of(parsed.row, refused) for parsed in batch)
            return
        # Halves: a bad row among thousands is found in a few steps.
        middle = len(batch) // 2
        self.write(batch[:middle])
        self.write(batch[middle:])


def refusal_of(row: Row, refused: RowRefused) -> RowRefusal:
    raw = json.dumps(row.values, ensure_ascii=False)
    return RowRefusal(row.line, refused.code, refused.field, refused.value, refused.remedy, raw)


def _clash(fault: IntegrityError) -> RowRefused:
    return RowRefused("already_used", "", str(fault.orig)[:200], "A number in this row belongs to something else.")
