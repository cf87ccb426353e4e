"""Supply that is ordered or under way: told with its date, changed, received."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ReadStock, WriteStock
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import inbound
from core.service.cause import Cause, office_cause
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/inbound", tags=["stock"], responses=RESPONSES)
Units = Annotated[int, Field(ge=1, le=1_000_000)]


class InboundView(BaseModel):
    """`protected`: units of it that are never promised; `promised`: that orders were promised of it."""

    id: str
    location_id: str
    sku: str
    reference: str
    kind: str
    quantity: int
    received: int
    promised: int
    protected: int
    expected_at: datetime
    state: str
    version: int


class InboundBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"location_id": "warehouse-1", "sku": "A000001", "quantity": 40, "expected_at": "2026-05-11T08:00:00Z"}
            ]
        },
    )
    location_id: str = Field(max_length=64)
    sku: str = Field(max_length=64)
    quantity: Units
    expected_at: AwareDatetime
    reference: str = Field(default="", max_length=64)
    kind: Literal["on_order", "in_transit"] = "on_order"
    protected: int = Field(default=0, ge=0, le=1_000_000)


class InboundChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"quantity": 30}]})
    quantity: Units | None = None
    expected_at: AwareDatetime | None = None
    protected: int | None = Field(default=None, ge=0, le=1_000_000)
    kind: Literal["on_order", "in_transit"] | None = None
    state: Literal["cancelled"] | None = None


class ReceiveBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"units": 40, "version": 1}]})
    units: Units
    version: int


@router.get("", response_model=Page[InboundView])
def list_inbound(
    _: ReadStock,
    core: CoreContext,
    page: PageOf,
    sku: Annotated[str, Query(max_length=64)] = "",
    state: Annotated[str, Query(max_length=20)] = "expected",
) -> Any:
    """Soonest first."""
    i = t.inbound.c
    query = select(t.inbound).where(i.state == state)
    if sku:
        query = query.where(i.sku == sku)
    with core.database.read() as connection:
        rows = page.rows(connection, query, i.expected_at, i.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.expected_at, row.id))


@router.post("", status_code=201, response_model=InboundView)
def expect_supply(body: InboundBody, _: WriteStock, once: Once) -> Response:
    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = inbound.expect(connection, cause, inbound.Expected(**body.model_dump()))
        return made if isinstance(made, Refusal) else Reply(dict(made), 201, etag(1))

    return once.once(body, work)


@router.patch("/{inbound_id}", response_model=InboundView)
def change_supply(
    inbound_id: str, body: InboundChange, who: WriteStock, core: CoreContext, version: IfMatch
) -> Response:
    """409 `inbound_promised` below what orders were promised of it; 412 `stale_version`."""
    cause = office_cause(core.now(), who.user_id or who.id)
    with core.database.write() as connection:
        row = inbound.change(connection, cause, inbound_id, version, body.model_dump(exclude_none=True))
        if isinstance(row, Refusal):
            raise ProblemError.of(row)
    return Reply(dict(row), 200, etag(row["version"])).send()


@router.post("/{inbound_id}/receive", response_model=InboundView)
def receive_supply(inbound_id: str, body: ReceiveBody, _: WriteStock, once: Once) -> Response:
    """Into the ledger, and to the orders that wait for it."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        done = inbound.receive(connection, cause, inbound_id, body.version, body.units)
        return done if isinstance(done, Refusal) else Reply(dict(done), 200)

    return once.once(body, work)
