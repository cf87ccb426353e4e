"""Imports over HTTP: the file is the body, streamed to disk and hashed, then read like one from the command line."""

import hashlib
import tempfile
from datetime import datetime
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy import select

from core.http.context import CoreContext
from core.http.office.access import ImportFiles
from core.http.office.answers import Once, Page, PageOf, Writing
from core.http.problems import RESPONSES, ProblemError
from core.service.imports.engine import Errand
from core.service.imports.kinds import Asked, import_file
from core.service.refusal import Refusal, unknown
from core.store import tables as t

IN_MEMORY_BYTES = 1024 * 1024
router = APIRouter(prefix="/v1/imports", tags=["imports"], responses=RESPONSES)


class ImportOptions(BaseModel):
    """`mapping`: how to read a foreign file. `source`: a name for the report."""

    mapping: str = ""
    source: str = "upload.csv"


class RefusedRow(BaseModel):
    number: int
    line: int
    code: str
    field: str
    value: str
    remedy: str
    raw: str


class ReportView(BaseModel):
    """`code` says why the file as a whole could not be read to its end; what was taken before stays."""

    id: str
    kind: str
    source: str
    mapping: str
    rows: int
    counts: dict[str, int]
    refused: int
    by_code: dict[str, int]
    refusals: list[dict[str, Any]]
    code: str
    message: str


class ImportRun(BaseModel):
    id: str
    kind: str
    source: str
    mapping: str
    user_id: str
    started_at: datetime
    finished_at: datetime | None
    code: str
    rows: int
    counts: dict[str, int]
    refused: int


@router.post(
    "/{kind}",
    response_model=ReportView,
    openapi_extra={"requestBody": {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def import_kind(
    kind: str, request: Request, _: ImportFiles, once: Once, asked: Annotated[ImportOptions, Query()]
) -> Response:
    """The body is the CSV file (also gzipped): see docs/imports.md. 200 with a report, also where rows are refused."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        digest = hashlib.sha256()
        async for chunk in request.stream():
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        wanted = Asked(kind, asked.mapping)
        return await run_in_threadpool(_carry_out, once, wanted, asked.source, file, digest.hexdigest())


def _carry_out(once: Writing, wanted: Asked, source: str, file: Any, digest: str) -> Response:
    database, clock = once.core.database, once.core.now
    stream: IO[bytes] = file
    errand = Errand(source[:200], once.cause(), clock, once.core.settings.max_import_bytes * 8, wanted.mapping)

    def work() -> dict[str, Any]:
        report = import_file(database, wanted, stream, errand)
        if isinstance(report, Refusal):
            raise ProblemError.of(report)
        return report.as_json()

    return once.once_apart([wanted.kind, wanted.mapping, digest], work)


@router.get("", response_model=Page[ImportRun])
def list_imports(_: ImportFiles, core: CoreContext, page: PageOf) -> Any:
    """Newest first."""
    r = t.import_runs.c
    with core.database.read() as connection:
        rows = page.rows(connection, select(t.import_runs), r.started_at, r.id, descending=True)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.started_at, row.id))


@router.get("/{import_id}/refusals", response_model=Page[RefusedRow])
def list_refusals(import_id: str, _: ImportFiles, core: CoreContext, page: PageOf) -> Any:
    """Every refused row, whole, so that it can be corrected and sent again."""
    r = t.import_refusals.c
    with core.database.read() as connection:
        if connection.execute(select(t.import_runs.c.id).where(t.import_runs.c.id == import_id)).first() is None:
            raise ProblemError.of(unknown("import", import_id))
        rows = page.rows(connection, select(t.import_refusals).where(r.import_id == import_id), r.number)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.number,))
