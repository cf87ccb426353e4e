"""Money that was asked for or taken at the desks of stores; `state=asking` is what nobody knows the end of yet."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from core.http.context import CoreContext
from core.http.office.access import ReadOrders
from core.http.office.answers import Page, PageOf
from core.http.office.orders import found
from core.http.problems import RESPONSES
from core.service import payments
from core.store import tables as t

router = APIRouter(prefix="/v1/payments", tags=["orders"], responses=RESPONSES)


class PaymentView(BaseModel):
    """`state`: asking (the provider has not decided), paid or declined (`reason`). `due_at`: when the provider is asked
    next, after so many `tries`; `error`: what it said last. Amounts in minor units of the currency.
    """

    id: str
    order_id: str
    number: str
    collection_id: str
    location_id: str
    method: Literal["card", "cash"]
    amount_minor: int
    currency: str
    state: Literal["asking", "paid", "declined"]
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    due_at: datetime | None
    tries: int
    error: str
    user_id: str
    user_name: str | None


@router.get("", response_model=Page[PaymentView])
def list_payments(
    _: ReadOrders,
    core: CoreContext,
    page: PageOf,
    state: Literal["", "asking", "paid", "declined"] = "",
    order: Annotated[str, Query(max_length=100, description="Number or id; left out: of all orders.")] = "",
) -> Any:
    """Oldest first. What the provider is silent about is asked at once with POST /v1/payments/pokes."""
    p = t.payments.c
    with core.database.read() as connection:
        query = payments.listed(state, found(connection, order) if order else "")
        rows = page.rows(connection, query, p.asked_at, p.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.asked_at, row.id))
