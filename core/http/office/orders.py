"""Orders: received, read with their whole story, cancelled, held, explained."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, or_, select

from core.domain.fulfilment import Address, Fulfilment
from core.domain.lifecycle import OrderState
from core.domain.order import customer_state
from core.http.context import CoreContext
from core.http.office.access import ReadOrders, ReleaseHolds, WriteOrders
from core.http.office.answers import Once, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import cancellation, holds, order_state, orders
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.events import timeline
from core.service.orders import NewLine, NewOrder
from core.service.promise_orders import Choice
from core.service.refusal import Refusal, unknown
from core.service.sourcing import decisions_of
from core.store import tables as t

router = APIRouter(prefix="/v1/orders", tags=["orders"], responses=RESPONSES)
OrderKey = Annotated[str, Path(description="Number or id of the order.", examples=["AL-100001"], max_length=100)]

NAME = r"^[a-z0-9_-]*$"

EXAMPLE: Mapping[str, Any] = {
    "division_id": "alba",
    "number": "WEB-1001",
    "customer": {"number": "C-77", "name": "Camille Roche", "email": "camille@example.org"},
    "ship_to": {"name": "Camille Roche", "street": "3 rue Basse", "postcode": "69002", "town": "Lyon", "country": "FR"},
    "service_level": "express",
    "lines": [{"sku": "A000001", "quantity": 1}, {"sku": "A000009", "quantity": 2, "unit_price_minor": 1990}],
}


class AddressBody(BaseModel):
    """`country`: two letters of ISO 3166."""

    name: str = Field(max_length=200)
    street: str = Field(default="", max_length=200)
    postcode: str = Field(default="", max_length=20)
    town: str = Field(max_length=100)
    country: str = Field(pattern="^[A-Z]{2}$")
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=200)


class CustomerBody(BaseModel):
    number: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    language: str = Field(default="", max_length=8)
    tier: str = Field(default="", max_length=40, pattern=NAME)


class LineBody(BaseModel):
    """`unit_price_minor`: as sold, in minor units; left out: the article's price of today."""

    sku: str = Field(max_length=64)
    quantity: int = Field(ge=1, le=orders.MOST_UNITS)
    unit_price_minor: int | None = Field(default=None, ge=0, le=orders.LARGEST_TOTAL_MINOR)


class DeliveryBody(BaseModel):
    """What the customer chose of POST /v1/promise. `latest_at`: as it was shown; it counts even if doubtful now."""

    method: str = Field(max_length=64)
    store_id: str = Field(default="", max_length=64)
    latest_at: AwareDatetime | None = None


class OrderBody(BaseModel):
    """`location_id`: this place prepares it; left out: sourcing decides. `hold`: code of a reason.

    `tier`: what conditions of the rules ask for; left out: the customer's. `services`: what is done to the order where
    it is gathered, by the names of the rules, for example "engraving".
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(EXAMPLE)]})
    division_id: str = Field(max_length=64)
    ship_to: AddressBody
    lines: list[LineBody] = Field(min_length=1, max_length=orders.MOST_LINES)
    number: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9._/ -]*$")
    channel: str = Field(default="web", max_length=40)
    customer: CustomerBody | None = None
    service_level: str = Field(default="standard", max_length=40)
    carrier: str = Field(default="", max_length=64)
    gift_message: str = Field(default="", max_length=500)
    placed_at: datetime | None = None
    release_at: datetime | None = None
    hold: str = Field(default="", max_length=64)
    location_id: str = Field(default="", max_length=64)
    tier: str = Field(default="", max_length=40, pattern=NAME)
    services: list[Annotated[str, Field(max_length=40, pattern=NAME)]] = Field(default_factory=list, max_length=10)
    delivery: DeliveryBody | None = None

    def order(self) -> NewOrder:
        return NewOrder(
            division_id=self.division_id,
            ship_to=Address(**self.ship_to.model_dump()),
            lines=tuple(NewLine(**line.model_dump()) for line in self.lines),
            customer=None if self.customer is None else Customer(**self.customer.model_dump()),
            services=tuple(self.services),
            delivery=None if self.delivery is None else Choice(**self.delivery.model_dump()),
            **self.model_dump(exclude={"division_id", "ship_to", "lines", "customer", "delivery", "services"}),
        )


class CancelBody(BaseModel):
    """`lines`: units by order line id; left out: all that has not left the house."""

    reason: str = Field(default="", max_length=64)
    lines: dict[str, int] | None = None


class HoldBody(BaseModel):
    reason: str = Field(min_length=1, max_length=64, examples=["address_check"])


class OrderLineView(BaseModel):
    id: str
    sku: str
    name: str
    quantity: int
    cancelled: int
    unit_price_minor: int


class EventView(BaseModel):
    """One thing that happened: `code` and `params` make its sentence in any language."""

    id: str
    code: str
    params: dict[str, Any]
    at: datetime
    received_at: datetime
    subject: str
    user: str
    user_id: str
    device: str
    device_id: str
    location: str
    location_id: str
    reason: str
    command_id: str


class OrderSummary(BaseModel):
    id: str
    number: str
    division_id: str
    channel: str
    state: str
    customer_state: str
    hold: str
    waiting: bool
    customer_id: str | None
    service_level: str
    carrier: str
    currency: str
    total_minor: int
    placed_at: datetime
    release_at: datetime | None
    target_at: datetime
    version: int


class OrderView(OrderSummary):
    """With its parts and its story, oldest first."""

    ship_to: AddressBody | dict[str, str]
    gift_message: str
    lines: list[OrderLineView]
    fulfilments: list[Fulfilment]
    timeline: list[EventView]


class DecisionView(BaseModel):
    """`explanation`: assignments, unfilled, why each location or why not, alternatives, proof."""

    id: str
    kind: str
    decided_at: datetime
    ruleset_id: str
    shipments: int
    optimal: bool
    explanation: dict[str, Any]
    location_names: dict[str, dict[str, str]]


@router.post("", status_code=201, response_model=OrderView)
def create_order(body: OrderBody, _: WriteOrders, once: Once) -> Response:
    """Validated, priced, sourced, reserved: all or nothing. What no place can promise waits for stock."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = orders.create(connection, cause, body.order())
        if isinstance(made, Refusal):
            return made
        view = order_view(connection, made.order_id)
        return Reply(view, headers={"Location": f"/v1/orders/{made.number}", **etag(view["version"])})

    return once.once(body, work)


@router.get("", response_model=Page[OrderSummary])
def list_orders(
    _: ReadOrders,
    core: CoreContext,
    page: PageOf,
    state: Annotated[OrderState | None, Query()] = None,
    customer_id: Annotated[str, Query(max_length=64)] = "",
) -> Any:
    """Newest first."""
    o = t.orders.c
    query = select(t.orders)
    if state is not None:
        query = query.where(o.state == state.value)
    if customer_id:
        query = query.where(o.customer_id == customer_id)
    with core.database.read() as connection:
        rows = page.rows(connection, query, o.placed_at, o.id, descending=True)
    return page.page(rows, summary, lambda row: (row.placed_at, row.id))


@router.get("/{order}", response_model=OrderView)
def read_order(order: OrderKey, _: ReadOrders, core: CoreContext, response: Response) -> Any:
    """With the whole story: sourced, picked, short, packed, handed over; by whom, on which device, when and where."""
    with core.database.read() as connection:
        view = order_view(connection, found(connection, order))
    response.headers.update(etag(view["version"]))
    return view


@router.get("/{order}/decisions", response_model=list[DecisionView])
def read_decisions(order: OrderKey, _: ReadOrders, core: CoreContext) -> Any:
    """Why it went where it went: every run of sourcing, as it was taken."""
    with core.database.read() as connection:
        return decisions_of(connection, found(connection, order))


@router.post("/{order}/cancel", response_model=OrderView, status_code=200)
def cancel_order(order: OrderKey, body: CancelBody, _: WriteOrders, once: Once) -> Response:
    """Whole or by line. What is in somebody's hands goes back to the shelf. 409 `too_late_to_cancel`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        refused = cancellation.cancel(connection, cause, order_id, body.reason, body.lines)
        return refused or Reply(order_view(connection, order_id), 200)

    return once.once(body, work)


@router.post("/{order}/hold", response_model=OrderView, status_code=200)
def hold_order(order: OrderKey, body: HoldBody, _: WriteOrders, once: Once) -> Response:
    """Blocks work; no state changes and nothing reserved is given up."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        return holds.hold(connection, cause, order_id, body.reason) or Reply(order_view(connection, order_id), 200)

    return once.once(body, work)


@router.post("/{order}/release", response_model=OrderView, status_code=200)
def release_order(order: OrderKey, _: ReleaseHolds, once: Once) -> Response:
    """Ends a hold; who did it and when stays with its task."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        return holds.release_hold(connection, cause, order_id) or Reply(order_view(connection, order_id), 200)

    return once.once(None, work)


def found(connection: Connection, order: str) -> str:
    """Id of the order with this number or id. 404 `order_unknown`."""
    o = t.orders.c
    id = connection.execute(select(o.id).where(or_(o.number == order, o.id == order))).scalar()
    if id is None:
        raise ProblemError.of(unknown("order", order))
    return str(id)


def summary(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in OrderSummary.model_fields if name != "customer_state"}
    return values | {"customer_state": customer_state(OrderState(row.state)).value}


def order_view(connection: Connection, order_id: str) -> dict[str, Any]:
    parts = order_state.load(connection, order_id)
    assert parts is not None
    return summary(parts.row) | {
        "ship_to": parts.row.ship_to,
        "gift_message": parts.row.gift_message,
        "lines": [{name: getattr(line, name) for name in OrderLineView.model_fields} for line in parts.lines],
        "fulfilments": [asdict(fulfilment) for fulfilment in parts.fulfilments],
        "timeline": [asdict(entry) for entry in timeline(connection, order_id)],
    }
