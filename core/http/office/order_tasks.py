"""What somebody must do about orders: who asked, when, why. Questions are answered at POST /v1/orders/{order}/release;
refunds that the core cannot do itself, and what customers owe, are closed here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from core.http.context import CoreContext
from core.http.office.access import ReadOrders, ReleaseHolds
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.office.orders import found
from core.http.problems import RESPONSES
from core.service import holds, payments
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/order-tasks", tags=["orders"], responses=RESPONSES)


class RefundView(BaseModel):
    """`method`: card, cash or elsewhere (paid before the order came here). `state`: asking (the payment provider),
    to_give_back (by hand), failed (the provider did not, `error`), done or called_off.
    """

    method: str
    amount_minor: int
    currency: str
    state: str
    error: str


class OrderTaskView(BaseModel):
    """`kind`: "check" where the rules ask for it, "hold" where a person does, "refund" for money that goes back,
    "payment" for money that a customer owes who has what it went back for, "count" for shelves to be counted.

    `opened_by` "": the core itself. `refunds`: what goes back how, of a refund. `amount_minor`: what is owed.
    """

    id: str
    order_id: str
    number: str
    division_id: str
    kind: str
    reason: str
    amount_minor: int
    total_minor: int
    currency: str
    target_at: datetime
    opened_at: datetime
    opened_by: str
    opened_by_name: str | None
    closed_at: datetime | None
    closed_by: str
    closed_by_name: str | None
    refunds: list[RefundView] = []


@router.get("", response_model=Page[OrderTaskView])
def list_order_tasks(
    _: ReadOrders,
    core: CoreContext,
    page: PageOf,
    order: Annotated[str, Query(max_length=100, description="Number or id; left out: of all orders.")] = "",
    closed: Annotated[bool, Query(description="With those that are answered.")] = False,
    kind: Annotated[
        Literal["", "check", "count", "hold", "payment", "refund"], Query(description="Left out: every kind.")
    ] = "",
) -> Any:
    """Oldest first."""
    k = t.order_tasks.c
    with core.database.read() as connection:
        query = holds.tasks(found(connection, order) if order else "", closed)
        if kind:
            query = query.where(k.kind == kind)
        rows = page.rows(connection, query, k.opened_at, k.id)
        refunds = payments.refunds_of(connection, [row.id for row in rows])
    return page.page(
        rows, lambda row: row._asdict() | {"refunds": refunds[row.id]}, lambda row: (row.opened_at, row.id)
    )


@router.post("/{task_id}/close", status_code=200)
def close_order_task(task_id: str, _: ReleaseHolds, once: Once) -> Response:
    """All that is open of a refund was given back by hand; or what was owed was paid elsewhere, or is let go; or the
    shelves were counted.

    409 `order_task_not_a_refund`, `order_task_closed`, `refund_asked` while the payment provider is being asked.
    """

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return payments.close_by_hand(connection, cause, task_id) or Reply({}, 200)

    return once.once(None, work)
