"""Stock positions, their ledger, and corrections."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.domain import stock as rules
from core.http.context import CoreContext
from core.http.office.access import ReadStock, WriteStock
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES
from core.service import adjustments
from core.service.adjustments import Adjustment
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/stock", tags=["stock"], responses=RESPONSES)
Sku = Annotated[str, Query(max_length=64)]
LocationId = Annotated[str, Query(max_length=64)]
Units = Annotated[int, Field(ge=0, le=1_000_000)]


class PositionView(BaseModel):
    """`atp`: available to promise = on_hand - reserved - unavailable - safety, not below zero."""

    location_id: str
    sku: str
    on_hand: int
    reserved: int
    picked: int
    unavailable: int
    safety: int
    atp: int
    zone: str
    place: str
    version: int


class MovementView(BaseModel):
    """Signed units by bucket, and who, when, why."""

    id: str
    location_id: str
    sku: str
    kind: str
    on_hand: int
    reserved: int
    picked: int
    unavailable: int
    safety: int
    reason: str
    order_id: str
    fulfilment_id: str
    command_id: str
    user_id: str
    device_id: str
    at: datetime
    received_at: datetime


class AdjustmentBody(BaseModel):
    """To these numbers; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"location_id": "store-001", "sku": "A000001", "on_hand": 3, "reason": "count"}]
        },
    )
    location_id: str = Field(max_length=64)
    sku: str = Field(max_length=64)
    on_hand: Units | None = None
    unavailable: Units | None = None
    safety: Units | None = None
    reason: str = Field(default="", max_length=64)


@router.get("/positions", response_model=Page[PositionView])
def list_positions(_: ReadStock, core: CoreContext, page: PageOf, location_id: LocationId = "", sku: Sku = "") -> Any:
    p = t.positions.c
    query = select(t.positions)
    if location_id:
        query = query.where(p.location_id == location_id)
    if sku:
        query = query.where(p.sku == sku)
    with core.database.read() as connection:
        rows = page.rows(connection, query, p.sku, p.location_id)
    return page.page(rows, _position, lambda row: (row.sku, row.location_id))


@router.get("/movements", response_model=Page[MovementView])
def list_movements(_: ReadStock, core: CoreContext, page: PageOf, location_id: LocationId = "", sku: Sku = "") -> Any:
    """The ledger, newest first: the sum of a position's movements is the position."""
    m = t.movements.c
    query = select(t.movements)
    if location_id:
        query = query.where(m.location_id == location_id)
    if sku:
        query = query.where(m.sku == sku)
    with core.database.read() as connection:
        rows = page.rows(connection, query, m.received_at, m.id, descending=True)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.received_at, row.id))


@router.post("/adjustments", status_code=201, response_model=PositionView)
def adjust_stock(body: AdjustmentBody, _: WriteStock, once: Once) -> Response:
    """Counted, declared unavailable or protected: a movement in the ledger. Waiting orders are served at once."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        done = adjustments.adjust(connection, cause, Adjustment(**body.model_dump()))
        if isinstance(done, Refusal):
            return done
        p = t.positions.c
        row = connection.execute(select(t.positions).where(p.location_id == body.location_id, p.sku == body.sku)).one()
        return Reply(_position(row))

    return once.once(body, work)


def _position(row: Any) -> dict[str, Any]:
    atp = rules.atp(rules.Position(row.on_hand, row.reserved, row.picked, row.unavailable, row.safety))
    return {**row._asdict(), "atp": atp}
