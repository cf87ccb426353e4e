"""Commands of tablets that could not have their effect: read, replayed, dismissed."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ManageDevices
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES
from core.service import people_set_aside, quarantine
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/quarantine", tags=["quarantine"], responses=RESPONSES)


class QuarantinedCommand(BaseModel):
    """`payload`: as it came; who fetched something and how they signed reads "sealed". `error` is for developers."""

    id: str
    device_id: str
    code: str
    payload: dict[str, Any]
    error: str
    received_at: datetime
    resolved_at: datetime | None
    resolved_by: str


class VerdictView(BaseModel):
    verdict: str
    code: str
    params: dict[str, str | int]


class DismissBody(BaseModel):
    reason: str = Field(min_length=1, max_length=200)


@router.get("", response_model=Page[QuarantinedCommand])
def list_quarantine(_: ManageDevices, core: CoreContext, page: PageOf, resolved: bool = False) -> Any:
    """Oldest first; with `resolved` those that were dealt with."""
    q = t.quarantine.c
    query = select(t.quarantine).where(q.resolved_at.is_not(None) if resolved else q.resolved_at.is_(None))
    with core.database.read() as connection:
        rows = page.rows(connection, query, q.received_at, q.id)
    return page.page(rows, _shown, lambda row: (row.received_at, row.id))


def _shown(row: Any) -> dict[str, Any]:
    return {**row._asdict(), "payload": people_set_aside.masked(row.payload)}


@router.post("/{command_id}/replay", response_model=VerdictView, status_code=200)
def replay_command(command_id: str, _: ManageDevices, once: Once) -> Response:
    """Decided as if it came now; the device gets the new verdict. 409 while its cause is still there."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        done = quarantine.replay(connection, cause, command_id)
        if isinstance(done, Refusal):
            return done
        return Reply({"verdict": done.verdict.value, "code": done.code, "params": dict(done.params)}, 200)

    return once.once(None, work)


@router.post("/{command_id}/dismiss", status_code=200)
def dismiss_command(command_id: str, body: DismissBody, _: ManageDevices, once: Once) -> Response:
    """It will have no effect; its content stays readable, but for people."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return quarantine.dismiss(connection, cause, command_id, body.reason) or Reply({}, 200)

    return once.once(body, work)
