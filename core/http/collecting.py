"""What people and providers outside say without a token: "I'm here", and "look again". Neither learns anything."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from core.http.context import CoreContext
from core.http.limits import Limit
from core.http.problems import RESPONSES, ProblemError
from core.service import arrivals, payments
from core.service.cause import office_cause
from core.service.refusal import Refusal

router = APIRouter(prefix="/v1", tags=["collect"], responses=RESPONSES)


class ArrivalBody(BaseModel):
    """`code`: of the customer's message. `where`: as they say it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"code": "204518830156", "where": "bay 3"}]}
    )
    code: str = Field(pattern=r"^[0-9]{12}$")
    where: str = Field(default="", max_length=40)


class ArrivalView(BaseModel):
    """`ready`: it lies there; else the store looks for it."""

    ready: bool


class PokeBody(BaseModel):
    """`id`: of a payment or a refund, as the core named it to the provider."""

    id: str = Field(min_length=1, max_length=100)


@router.post("/arrivals", status_code=200)
def arrive(body: ArrivalBody, request: Request, core: CoreContext) -> ArrivalView:
    """The customer is here. 404 `pick_up_code_unknown`, 429 after 20 wrong codes of an address."""
    at, address = core.now(), _address(request)
    wrong: Limit = request.app.state.wrong_pick_up_codes
    often: Limit = request.app.state.arrivals
    wrong.check(address, at)
    often.check(address, at)
    often.note(address, at)
    with core.database.write() as connection:
        found = arrivals.note(connection, office_cause(at), body.code, body.where.strip())
    if isinstance(found, Refusal):
        wrong.note(address, at)
        raise ProblemError.of(found)
    return ArrivalView(ready=found)


@router.post("/payments/pokes", status_code=204)
def poke(body: PokeBody, request: Request, core: CoreContext) -> Response:
    """The payment provider's webhook. What it says is not believed: the provider is asked, soon, what became of it."""
    at, address = core.now(), _address(request)
    often: Limit = request.app.state.payment_pokes
    often.check(address, at)
    often.note(address, at)
    with core.database.write() as connection:
        payments.poke(connection, office_cause(at), body.id)
    return Response(status_code=204)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
