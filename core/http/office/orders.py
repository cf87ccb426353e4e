"""Orders: received, read with their whole story, cancelled, held, explained."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, select

from core.domain.fulfilment import Address
from core.domain.lifecycle import OrderState
from core.domain.permissions import Permission
from core.http.context import BodyOf, Core, CoreContext, bearer
from core.http.office.access import ReadOrders, ReleaseHolds, WriteOrders, principal_by, require
from core.http.office.answers import LONGEST_KEY, Once, Page, PageOf, Reply, Writing, etag, writing_of
from core.http.office.intake import Intake, Placing, placed
from core.http.office.order_view import AddressBody, OrderSummary, OrderView, order_view, summary
from core.http.problems import RESPONSES, ProblemError, malformed
from core.service import cancellation, customer_states, holds, order_codes, orders
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.orders import NewLine, NewOrder
from core.service.promise_orders import Choice
from core.service.refusal import Refusal, unknown
from core.service.sourcing import decisions_of
from core.store import tables as t

router = APIRouter(prefix="/v1/orders", tags=["orders"], responses=RESPONSES)
OrderKey = Annotated[
    str,
    Path(
        description="Number or id of the order, or the text of a code of ours: a receipt, a pick-up code, a parcel. "
        "A slash in it may stand as it is.",
        examples=["AL-100001", "comptoir:receipt:AL-100001"],
        max_length=100,
    ),
]

NAME = r"^[a-z0-9_-]*$"

EXAMPLE: Mapping[str, Any] = {
    "division_id": "alba",
    "number": "WEB-1001",
    "customer": {"number": "C-77", "name": "Camille Roche", "email": "camille@example.org"},
    "ship_to": {"name": "Camille Roche", "street": "3 rue Basse", "postcode": "69002", "town": "Lyon", "country": "FR"},
    "service_level": "express",
    "lines": [{"sku": "A000001", "quantity": 1}, {"sku": "A000009", "quantity": 2, "unit_price_minor": 1990}],
}


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
    collect_as: Literal["", "reservation", "locker"] = ""
    pay_on_collection: bool = False

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
async def create_order(request: Request, body: OrderBody, _: WriteOrders, once: Once) -> Response:
    """Validated, priced, sourced, reserved: all or nothing. What no place can promise waits for stock."""
    # `core.http.door` stands before it in the core; here it is for the OpenAPI document, and answers the same.
    return await _receive(request.app.state.intake, once, body.order(), body)


async def answer_order(state: Any, headers: Mapping[bytes, bytes], body_of: BodyOf) -> Response:
    """`state`: of the app."""
    core: Core = state.core
    principal = await principal_by(core, bearer(headers.get(b"authorization", b"").decode("latin-1")))
    require(principal, Permission.WRITE_ORDERS)
    key = headers.get(b"idempotency-key", b"").decode("latin-1")
    if len(key) > LONGEST_KEY:
        raise malformed(("header", "idempotency-key"), f"at most {LONGEST_KEY} characters")
    once = writing_of(core, principal, key, "POST /v1/orders?")
    body = read_order_body(await body_of())
    return await _receive(state.intake, once, body.order(), body)


def read_order_body(content: bytes) -> OrderBody:
    try:
        return OrderBody.model_validate(orjson.loads(content))
    except orjson.JSONDecodeError as fault:
        raise malformed(("body",), f"JSON decode error: {fault}") from None
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
        raise malformed(("body", *first["loc"]), first["msg"]) from None


async def _receive(intake: Intake, once: Writing, new: NewOrder, body: OrderBody) -> Response:
    answer = await intake.ask(Placing(once.key_of(body), once.cause(), new))
    if isinstance(answer, Refusal):
        raise ProblemError.of(answer)
    if answer is not None:
        return answer.send()

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return placed(connection, [(cause, new)])[0]

    return await run_in_threadpool(once.once, body, work)


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
        words = customer_states.by_division(connection)
    return page.page(rows, lambda row: summary(row, words), lambda row: (row.placed_at, row.id))


@router.get("/{order:path}/decisions", response_model=list[DecisionView])
def read_decisions(order: OrderKey, _: ReadOrders, core: CoreContext) -> Any:
    """Why it went where it went: every run of sourcing, as it was taken."""
    with core.database.read() as connection:
        return decisions_of(connection, found(connection, order))


@router.post("/{order:path}/cancel", response_model=OrderView, status_code=200)
def cancel_order(order: OrderKey, body: CancelBody, _: WriteOrders, once: Once) -> Response:
    """Whole or by line. What is in somebody's hands goes back to the shelf. 409 `too_late_to_cancel`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        refused = cancellation.cancel(connection, cause, order_id, body.reason, body.lines)
        return refused or Reply(order_view(connection, order_id), 200)

    return once.once(body, work)


@router.post("/{order:path}/hold", response_model=OrderView, status_code=200)
def hold_order(order: OrderKey, body: HoldBody, _: WriteOrders, once: Once) -> Response:
    """Blocks work; no state changes and nothing reserved is given up."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        return holds.hold(connection, cause, order_id, body.reason) or Reply(order_view(connection, order_id), 200)

    return once.once(body, work)


@router.post("/{order:path}/release", response_model=OrderView, status_code=200)
def release_order(order: OrderKey, _: ReleaseHolds, once: Once) -> Response:
    """Ends a hold; who did it and when stays with its task."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        order_id = found(connection, order)
        return holds.release_hold(connection, cause, order_id) or Reply(order_view(connection, order_id), 200)

    return once.once(None, work)


# The last of all that begin like it: whatever follows is the number.
@router.get("/{order:path}", response_model=OrderView)
def read_order(order: OrderKey, _: ReadOrders, core: CoreContext) -> Response:
    """With the whole story: sourced, picked, short, packed, handed over; by whom, on which device, when and where."""
    with core.database.read() as connection:
        view = order_view(connection, found(connection, order))
    return Reply(view, 200, etag(view["version"])).send()


def found(connection: Connection, order: str) -> str:
    """Id of the order that is meant, see `order_codes`. 404 `order_unknown`."""
    id = order_codes.order_id_of(connection, order)
    if id is None:
        raise ProblemError.of(unknown("order", order))
    return id
