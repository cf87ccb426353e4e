"""What somebody must answer before orders go on: who asked, when, why; released at POST /v1/orders/{order}/release."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from core.http.context import CoreContext
from core.http.office.access import ReadOrders
from core.http.office.answers import Page, PageOf
from core.http.office.orders import found
from core.http.problems import RESPONSES
from core.service import holds
from core.store import tables as t

router = APIRouter(prefix="/v1/order-tasks", tags=["orders"], responses=RESPONSES)


class OrderTaskView(BaseModel):
    """`kind`: "check" where the rules ask for it, "hold" where a person does. `opened_by` "": the core itself."""

    id: str
    order_id: str
    number: str
    division_id: str
    kind: str
    reason: str
    total_minor: int
    currency: str
    target_at: datetime
    opened_at: datetime
    opened_by: str
    opened_by_name: str | None
    closed_at: datetime | None
    closed_by: str
    closed_by_name: str | None


@router.get("", response_model=Page[OrderTaskView])
def list_order_tasks(
    _: ReadOrders,
    core: CoreContext,
    page: PageOf,
    order: Annotated[str, Query(max_length=100, description="Number or id; left out: of all orders.")] = "",
    closed: Annotated[bool, Query(description="With those that are answered.")] = False,
) -> Any:
    """Oldest first."""
    k = t.order_tasks.c
    with core.database.read() as connection:
        query = holds.tasks(found(connection, order) if order else "", closed)
        rows = page.rows(connection, query, k.opened_at, k.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.opened_at, row.id))
