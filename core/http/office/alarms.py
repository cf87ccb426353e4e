"""Alarms about tablets whose data is not what it should be: read, and resolved when a person has dealt with them."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ManageDevices
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES
from core.service import alarms
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/device-alarms", tags=["tablets"], responses=RESPONSES)


class DeviceAlarm(BaseModel):
    """`kind`: see `core.service.alarms`. `part`: the group it is about; `cursor`: where the tablet stood."""

    id: str
    device_id: str
    location_id: str
    kind: str
    part: str
    cursor: str
    data: dict[str, Any]
    times: int
    first_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    resolved_by: str


class ResolveBody(BaseModel):
    reason: str = Field(min_length=1, max_length=200)


@router.get("", response_model=Page[DeviceAlarm])
def list_alarms(_: ManageDevices, core: CoreContext, page: PageOf, resolved: bool = False) -> Any:
    """Oldest first; with `resolved` those that were dealt with."""
    a = t.device_alarms.c
    query = select(t.device_alarms).where(a.resolved_at.is_not(None) if resolved else a.resolved_at.is_(None))
    with core.database.read() as connection:
        rows = page.rows(connection, query, a.first_at, a.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.first_at, row.id))


@router.post("/{alarm_id}/resolve", status_code=200)
def resolve_alarm(alarm_id: str, body: ResolveBody, _: ManageDevices, once: Once) -> Response:
    """It is dealt with; if its cause comes again, that is another alarm."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return alarms.resolve(connection, cause, alarm_id, body.reason) or Reply({}, 200)

    return once.once(body, work)
