"""Tablets of the stores: which there are, taken out of use, and the codes that pair new ones."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from core.domain.own_codes import payload
from core.http.context import CoreContext
from core.http.office.access import ManageDevices
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES, ProblemError
from core.service import device_clocks, enrolment, withdrawn
from core.service.cause import Cause
from core.service.refusal import Refusal, unknown
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["tablets"], responses=RESPONSES)


class DeviceView(BaseModel):
    """`state`: active, suspended (its keys were copied) or revoked.

    `clock_offset_ms`: the core's clock minus the tablet's, None before its first action. `clock_is_wrong`: by more than
    five minutes. Nothing is ordered by a tablet's clock, but what it shows and prints is wrong: have it set.
    """

    id: str
    number: int
    location_id: str
    name: str
    state: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    clock_offset_ms: int | None
    clock_is_wrong: bool


class CodeBody(BaseModel):
    """`location`: code or id of the store."""

    location: str = Field(max_length=64, examples=["LYO1"])


class CodeView(BaseModel):
    """`payload`: what the QR code says; `svg_data_uri`: its picture."""

    code: str
    payload: str
    location_id: str
    store: str
    expires_at: datetime
    svg_data_uri: str


@router.get("/devices", response_model=Page[DeviceView])
def list_devices(
    _: ManageDevices, core: CoreContext, page: PageOf, location_id: str = "", clock_is_wrong: bool = False
) -> Any:
    """With `clock_is_wrong` only those whose clock has to be set."""
    d = t.devices.c
    query = select(t.devices)
    if location_id:
        query = query.where(d.location_id == location_id)
    if clock_is_wrong:
        query = query.where(device_clocks.wrong_ones())
    with core.database.read() as connection:
        rows = page.rows(connection, query, d.id)
    return page.page(rows, _view, lambda row: (row.id,))


def _view(row: Any) -> dict[str, Any]:
    return {**row._asdict(), "clock_is_wrong": device_clocks.is_wrong(row.clock_offset_ms)}


@router.delete("/devices/{device_id}", status_code=204)
def revoke_device(device_id: str, _: ManageDevices, core: CoreContext) -> Response:
    """From now on nothing is given to it or taken from it, also after a restore of the database."""
    if not withdrawn.revoke(core.database, core.settings.withdrawn_file, device_id, core.now()):
        raise ProblemError.of(unknown("device", device_id))
    return Response(status_code=204)


@router.post("/enrolment-codes", status_code=201, response_model=CodeView)
def create_code(body: CodeBody, principal: ManageDevices, once: Once) -> Response:
    """Pairs one tablet with the store, within ten minutes: typed, or scanned from the picture."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = enrolment.create(connection, body.location, cause.received_at, created_by=principal.id)
        if isinstance(made, Refusal):
            return made
        return Reply(asdict(made) | {"svg_data_uri": enrolment.svg_data_uri(made.payload)})

    return once.once(body, work, secret=("code", "payload", "svg_data_uri"))


@router.get("/enrolment-codes/{code}/qr.{kind}", response_class=Response)
def code_picture(code: str, kind: str, _: ManageDevices) -> Response:
    """The QR code of a code as a picture: `svg` or `png`. It says no more than the code itself."""
    if kind not in ("svg", "png") or not (code.isascii() and code.isalnum()) or len(code) > 32:
        raise ProblemError(404, "not_found")
    media = {"svg": "image/svg+xml", "png": "image/png"}[kind]
    picture = enrolment.qr_image(payload("enrol", code.upper()), "svg" if kind == "svg" else "png")
    return Response(picture, 200, None, media)
