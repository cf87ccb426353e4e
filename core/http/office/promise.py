"""The delivery promise over HTTP: one call for a product page, a basket and an order."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import DBAPIError

from core.domain.permissions import Permission, may
from core.domain.promise import Destination, MethodKind, NotPossible, Option, Reason
from core.http.context import BodyOf, Core, CoreContext, bearer, reading
from core.http.office.access import ReadOrders, ReadStock
from core.http.office.orders import OrderKey, found
from core.http.problems import RESPONSES, ProblemError
from core.service import promise, promise_orders, sessions
from core.service.promise import MOST_LINES, Promised, Question
from core.service.refusal import Refusal, unknown

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1", tags=["promise"], responses=RESPONSES)

EXAMPLE: Mapping[str, Any] = {
    "division_id": "alba",
    "destination": {"country": "FR", "postcode": "69002", "town": "Lyon"},
    "lines": [{"sku": "A000001", "quantity": 1}, {"sku": "A000009", "quantity": 2}],
}


class DestinationBody(BaseModel):
    """As much of the address as is known; what is missing makes the promise a safe one. `store_id`: to collect at."""

    country: str = Field(default="", pattern="^([A-Z]{2})?$")
    postcode: str = Field(default="", max_length=20)
    town: str = Field(default="", max_length=100)
    store_id: str = Field(default="", max_length=64)


class WantedBody(BaseModel):
    sku: str = Field(max_length=64)
    quantity: int = Field(default=1, ge=1, le=10_000)


class PromiseBody(BaseModel):
    """One line for a product page, all of them for a basket. `methods`: codes; empty = all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(EXAMPLE)]})
    division_id: str = Field(max_length=64)
    lines: list[WantedBody] = Field(min_length=1, max_length=MOST_LINES)
    destination: DestinationBody = Field(default_factory=DestinationBody)
    channel: str = Field(default="web", max_length=40)
    methods: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=50)
    currency: str = Field(default="", pattern="^([A-Z]{3})?$", description="Empty: the division's.")


class ReasonView(BaseModel):
    """`code` and `params` make the sentence in any language."""

    code: str
    params: dict[str, str | int]


class PartView(BaseModel):
    """Begun until `begins_at` it makes the last pick-up in time, `leaves_at`."""

    location_id: str
    begins_at: datetime
    leaves_at: datetime
    lines: dict[str, int]
    parcels: int
    distance_m: int


class OptionView(BaseModel):
    """`day` by the clock of `timezone`. Ordered within `cutoff_in_s` it stays true as long as the stock does.

    `price_minor` is what the customer pays, with `tax_minor` in it; null: not known. `degraded`: what had to be
    assumed; the promise is later for it.
    """

    method: str
    kind: MethodKind
    day: str
    earliest_at: datetime
    latest_at: datetime
    timezone: str
    cutoff_at: datetime
    cutoff_in_s: int
    target_at: datetime
    parcels: int
    carbon_g: int
    price_minor: int | None
    tax_minor: int | None
    tax_bp: int | None
    currency: str
    store_id: str
    degraded: list[str]
    parts: list[PartView]
    explanation: list[ReasonView]


class RefusedView(BaseModel):
    method: str
    kind: MethodKind
    reasons: list[ReasonView]


class PromiseView(BaseModel):
    at: datetime
    degraded: list[str]
    options: list[OptionView]
    refused: list[RefusedView]


class OrderPromiseView(BaseModel):
    """What the customer was told. `state`: kept, at_risk, broken or fulfilled; `reason`: why it departed."""

    method: str
    kind: MethodKind
    state: str
    state_at: datetime
    reason: str
    made_at: datetime
    earliest_at: datetime
    latest_at: datetime
    cutoff_at: datetime
    target_at: datetime
    timezone: str
    store_id: str
    parcels: int
    carbon_g: int
    price_minor: int | None
    currency: str
    degraded: list[str]
    explanation: list[ReasonView]


@router.post("/promise", response_model=PromiseView)
async def ask_promise(body: PromiseBody, _: ReadStock, core: CoreContext) -> Response:
    """Every delivery method with its date, countdown, parcels, carbon and price, or with why it cannot be had.

    Reads only: nothing is reserved, no key is needed. Data that is missing makes a later promise, not an error.
    """
    question = question_of(body)
    at = core.now()
    if promise.is_warm(core.database.engine, question):
        promised = await reading(core, lambda: _ask(core, question, at))
    else:  # reading the network, and towns and holidays for the first time, takes long
        promised = await run_in_threadpool(_ask, core, question, at)
    if isinstance(promised, Refusal):
        raise ProblemError.of(promised)
    return Response(orjson.dumps(promise_view(promised)), media_type="application/json")


async def answer_promise(state: Any, headers: Mapping[bytes, bytes], body_of: BodyOf) -> Response | None:
    """A question whose answer takes no more than one look at the stock. None: the route answers the same.

    So is everything but a right question, with the network in memory, of who is trusted at the moment.
    """
    core: Core = state.core
    if headers.get(b"content-type") != b"application/json":
        return None
    at = core.now()
    principal = sessions.trusted(core.database, bearer(headers.get(b"authorization", b"").decode("latin-1")), at)
    if principal is None or not may(principal.permissions, Permission.READ_STOCK):
        return None
    body = await body_of()
    try:
        question = question_of(PromiseBody.model_validate_json(body))
        promised = promise.ask_at_a_glance(core.database, question, at)
    except (ValidationError, DBAPIError):
        return None
    if promised is None:
        return None
    return Response(orjson.dumps(promise_view(promised)), media_type="application/json")


def question_of(body: PromiseBody) -> Question:
    to = body.destination
    return Question(
        body.division_id,
        tuple((line.sku, line.quantity) for line in body.lines),
        Destination(to.country, to.postcode, to.town, to.store_id),
        body.channel,
        tuple(body.methods),
        body.currency,
    )


def _ask(core: Core, question: Question, at: datetime) -> Promised | Refusal:
    try:
        with core.database.read() as connection:
            return promise.ask(connection, question, at)
    except DBAPIError:
        promised = promise.ask_in_the_dark(core.database.engine, question, at)
        if promised is None:
            raise
        log.exception("the promise of %s was made without the database", question.division_id)
        return promised


@router.get("/orders/{order:path}/promise", response_model=OrderPromiseView)
def read_order_promise(order: OrderKey, _: ReadOrders, core: CoreContext) -> Any:
    """What this order's customer was told, and whether it holds. 404 `promise_unknown` where nothing was."""
    with core.database.read() as connection:
        row = promise_orders.promise_of(connection, found(connection, order))
    if row is None:
        raise ProblemError.of(unknown("promise", order))
    return {name: getattr(row, name) for name in OrderPromiseView.model_fields}


def promise_view(promised: Promised) -> dict[str, Any]:
    return {
        "at": promised.at,
        "degraded": promised.degraded,
        "options": [_option(option, promised.at) for option in promised.options],
        "refused": [_refused(refused) for refused in promised.refused],
    }


def _option(option: Option, at: datetime) -> dict[str, Any]:
    return {
        "method": option.method,
        "kind": option.kind,
        "day": option.day,
        "earliest_at": option.earliest_at,
        "latest_at": option.latest_at,
        "timezone": option.timezone,
        "cutoff_at": option.cutoff_at,
        "cutoff_in_s": int((option.cutoff_at - at).total_seconds()),
        "target_at": option.target_at,
        "parcels": option.parcels,
        "carbon_g": option.carbon_g,
        "price_minor": option.price_minor,
        "tax_minor": option.tax_minor,
        "tax_bp": option.tax_bp,
        "currency": option.currency,
        "store_id": option.store_id,
        "degraded": option.degraded,
        "parts": [
            {
                "location_id": part.location_id,
                "begins_at": part.begins_at,
                "leaves_at": part.leaves_at,
                "lines": dict(part.units),
                "parcels": part.parcels,
                "distance_m": part.distance_m,
            }
            for part in option.parts
        ],
        "explanation": [_reason(reason) for reason in option.explanation],
    }


def _refused(refused: NotPossible) -> dict[str, Any]:
    return {"method": refused.method, "kind": refused.kind, "reasons": [_reason(one) for one in refused.reasons]}


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": reason.params}
