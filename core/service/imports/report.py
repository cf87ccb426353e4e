"""What an import did, row by row refused and by number taken; kept, so that it can be read after the fact."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.store import tables as t

SHOWN = 200


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """`line` of the file; `raw`: the row as it came, or its cells as JSON."""

    line: int
    code: str
    field: str
    value: str
    remedy: str
    raw: str


@dataclass(slots=True)
class Report:
    """`counts`: rows "created", "updated", "unchanged" ...; `refusals`: the first ones, the store has all.

    `code` and `message` are set where the file as a whole could not be read (to its end).
    """

    id: str
    kind: str
    source: str
    mapping: str = ""
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    by_code: Counter[str] = field(default_factory=Counter)
    refusals: list[RowRefusal] = field(default_factory=list)
    code: str = ""
    message: str = ""

    def note(self, refusal: RowRefusal) -> None:
        self.refused += 1
        self.by_code[refusal.code] += 1
        if len(self.refusals) < SHOWN:
            self.refusals.append(refusal)

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        return found | {"counts": dict(self.counts), "by_code": dict(self.by_code)}


def begin(connection: Connection, report: Report, user_id: str, at: datetime) -> None:
    row = {"id": report.id, "kind": report.kind, "source": report.source, "mapping": report.mapping}
    connection.execute(insert(t.import_runs), [row | {"user_id": user_id, "started_at": at}])


def keep(connection: Connection, report: Report, refusals: list[RowRefusal]) -> None:
    """Stores refusals in the transaction that stores what was taken beside them."""
    first = report.refused + 1
    rows = [{"import_id": report.id, "number": first + index} | asdict(one) for index, one in enumerate(refusals)]
    if rows:
        connection.execute(insert(t.import_refusals), rows)
    for refusal in refusals:
        report.note(refusal)


def finish(connection: Connection, report: Report, at: datetime) -> None:
    values = {"finished_at": at, "code": report.code, "rows": report.rows, "refused": report.refused}
    query = update(t.import_runs).where(t.import_runs.c.id == report.id)
    connection.execute(query.values(**values, counts=dict(report.counts)))


def refusals(connection: Connection, import_id: str, after: int = 0, limit: int = 500) -> Iterator[Any]:
    r = t.import_refusals.c
    query = select(t.import_refusals).where(r.import_id == import_id, r.number > after).order_by(r.number).limit(limit)
    yield from connection.execute(query)
