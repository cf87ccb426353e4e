"""The till feed: what stores sell and take back at their counters."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy import Connection

from core.http.office.access import WriteStock
from core.http.office.answers import Once, Reply
from core.http.problems import RESPONSES
from core.service import till
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.service.till import Condition, TillLine

router = APIRouter(prefix="/v1/stock", tags=["stock"], responses=RESPONSES)
Name = Annotated[str, Field(min_length=1, max_length=64)]
SOLD: dict[str, JsonValue] = {
    "location_id": "store-001",
    "receipt": "0712-18",
    "line": "1",
    "sku": "A000001",
    "units": 1,
    "at": "2026-05-04T09:00:00Z",
}


class Line(BaseModel):
    """`receipt` and `line` name it in its location for good: told again it does nothing."""

    model_config = ConfigDict(extra="forbid")
    location_id: Name
    receipt: Name
    line: Name
    sku: Name
    units: Annotated[int, Field(ge=1, le=100_000)]
    at: AwareDatetime


class ReturnedLine(Line):
    """`condition` "damaged": on hand, not for sale, and on the list of the end of the day."""

    condition: Condition
    reason: Annotated[str, Field(max_length=64)] = ""
    order_id: Annotated[str, Field(max_length=64)] = ""


class SalesBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lines": [SOLD]}]})
    lines: Annotated[list[Line], Field(min_length=1, max_length=till.MOST_LINES)]


class ReturnsBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"lines": [{**SOLD, "condition": "sellable"}]}]}
    )
    lines: Annotated[list[ReturnedLine], Field(min_length=1, max_length=till.MOST_LINES)]


class RefusedLine(BaseModel):
    index: int
    code: str
    params: dict[str, Any]
    remedy: str


class TakenView(BaseModel):
    """`known`: told before, nothing done. A refused line (`index` from 0) keeps no other from counting."""

    taken: int
    known: int
    refused: list[RefusedLine]


@router.post("/sales", response_model=TakenView)
def take_sales(body: SalesBody, _: WriteStock, once: Once) -> Response:
    """Lines of receipts. What orders had reserved of units that are sold now is sourced elsewhere."""
    return _taken(once, body, [TillLine(**line.model_dump()) for line in body.lines])


@router.post("/returns", response_model=TakenView)
def take_returns(body: ReturnsBody, _: WriteStock, once: Once) -> Response:
    """Back into stock, for sale or not. Orders that wait for what is for sale again are served at once."""
    return _taken(once, body, [TillLine(**line.model_dump()) for line in body.lines])


def _taken(once: Once, body: BaseModel, lines: list[TillLine]) -> Response:
    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        done = till.take(connection, cause, lines)
        refused = [
            {"index": one.index, "code": one.refusal.code, "params": dict(one.refusal.params),
             "remedy": one.refusal.remedy}
            for one in done.refused
        ]  # fmt: skip
        return Reply({"taken": done.taken, "known": done.known, "refused": refused}, 200)

    return once.once(body, work)
