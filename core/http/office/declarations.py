"""Units declared unavailable, with reason and expiry of their own; and what the end of the day has to review."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ReadStock, WriteStock
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES
from core.service import declarations
from core.service.cause import Cause
from core.service.declarations import Declared, Review, Verdict
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1/stock/declarations", tags=["stock"], responses=RESPONSES)


class DeclarationView(BaseModel):
    """`origin`: who said so: "office", "short_pick" or "offer". `state`: "open", "expired", "lifted", "confirmed"."""

    id: str
    location_id: str
    sku: str
    units: int
    reason: str
    origin: str
    state: str
    declared_at: datetime
    declared_by: str
    expires_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: str
    version: int


class ToReview(DeclarationView):
    """With the position as it is now. `short`: units reserved that are not on hand."""

    on_hand: int
    reserved: int
    picked: int
    unavailable: int
    short: int


class DeclareBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"location_id": "store-001", "sku": "A000001", "units": 1, "reason": "not_found"}]
        },
    )
    location_id: str = Field(max_length=64)
    sku: str = Field(max_length=64)
    units: int = Field(ge=1, le=1_000_000)
    reason: str = Field(min_length=1, max_length=64)
    expires_at: AwareDatetime | None = None


class ReviewBody(BaseModel):
    """`lift`: they are there after all. `confirm`: they are gone from the books too. `extend`: until `expires_at`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"verdict": "confirm", "version": 1}]})
    verdict: Verdict
    version: int
    expires_at: AwareDatetime | None = None


@router.get("", response_model=Page[ToReview])
def list_declarations(
    _: ReadStock,
    core: CoreContext,
    page: PageOf,
    location_id: Annotated[str, Query(max_length=64)] = "",
    state: Annotated[str, Query(max_length=20)] = "open",
) -> Any:
    """The review list of the end of the day, oldest first, each with its position."""
    d, p = t.declarations.c, t.positions.c
    query = select(t.declarations, p.on_hand, p.reserved, p.picked, p.unavailable).join_from(
        t.declarations, t.positions, (p.location_id == d.location_id) & (p.sku == d.sku)
    )
    query = query.where(d.state == state)
    if location_id:
        query = query.where(d.location_id == location_id)
    with core.database.read() as connection:
        rows = page.rows(connection, query, d.declared_at, d.id)
    return page.page(rows, _to_review, lambda row: (row.declared_at, row.id))


@router.post("", status_code=201, response_model=DeclarationView)
def declare_unavailable(body: DeclareBody, _: WriteStock, once: Once) -> Response:
    """ATP falls at once. 409 `units_not_on_shelf` for more than lies there undeclared."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = declarations.declare(connection, cause, Declared(**body.model_dump()))
        return made if isinstance(made, Refusal) else Reply(dict(made))

    return once.once(body, work)


@router.post("/{declaration_id}/review", response_model=DeclarationView)
def review_declaration(declaration_id: str, body: ReviewBody, _: WriteStock, once: Once) -> Response:
    """409 `declaration_closed`, 412 `stale_version`. What is for sale again serves orders that wait."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        wanted = Review(body.verdict, body.version, body.expires_at)
        done = declarations.review(connection, cause, declaration_id, wanted)
        return done if isinstance(done, Refusal) else Reply(dict(done), 200)

    return once.once(body, work)


def _to_review(row: Any) -> dict[str, Any]:
    return {**row._asdict(), "short": max(0, row.reserved - row.on_hand)}
