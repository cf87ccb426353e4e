"""Parts of orders on their way to the place where the order is gathered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ReadOrders, WriteStock
from core.http.office.answers import Once, Reply
from core.http.office.order_view import OrderView, order_view
from core.http.office.orders import OrderKey, found
from core.http.problems import RESPONSES
from core.service import leg_arrivals
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/orders/{order:path}/legs", tags=["orders"], responses=RESPONSES)


class LegView(BaseModel):
    """`state`: of the fulfilment that travels; `received_at` None: it is not there yet."""

    fulfilment_id: str
    number: str
    from_location_id: str
    to_location_id: str
    state: str
    received_at: datetime | None
    received_by: str


@router.get("", response_model=list[LegView])
def list_legs(order: OrderKey, _: ReadOrders, core: CoreContext) -> Any:
    leg, f = t.order_legs.c, t.fulfilments.c
    query = select(
        t.order_legs, f.number, f.state, f.location_id.label("from_location_id")
    ).join_from(t.order_legs, t.fulfilments, f.id == leg.fulfilment_id)  # fmt: skip
    with core.database.read() as connection:
        rows = connection.execute(query.where(leg.order_id == found(connection, order)).order_by(f.number)).all()
    return [row._asdict() for row in rows]


@router.post("/{fulfilment_id}/receive", response_model=OrderView, status_code=200)
def receive_leg(
    order: OrderKey, fulfilment_id: Annotated[str, Path(max_length=64)], _: WriteStock, once: Once
) -> Response:
    """It has arrived: its units are stock here, kept for the order. 409 `leg_not_sent`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        refused = leg_arrivals.receive(connection, cause, order_id, fulfilment_id)
        return refused or Reply(order_view(connection, order_id), 200)

    return once.once(None, work)
