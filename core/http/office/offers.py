"""Offers as head office sees them: who was asked and why, who answered what; answering in a store's name."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.domain.lifecycle import OfferState
from core.domain.outcome import Outcome, Verdict
from core.http.context import CoreContext
from core.http.office.access import ReadOrders, WriteOrders
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES, ProblemError
from core.service import claims, offer_desk
from core.service.cause import Cause
from core.service.claims import Claimer
from core.service.offer_figures import figures
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t

router = APIRouter(prefix="/v1/offers", tags=["offers"], responses=RESPONSES)


class OfferLineView(BaseModel):
    order_line_id: str
    sku: str
    units: int


class OfferSummary(BaseModel):
    """`holder`: the place where its units are reserved while it is open. `step`: which rule it is at, from 0."""

    id: str
    order_id: str
    order_number: str
    division_id: str
    state: OfferState
    units: int
    value_minor: int
    currency: str
    target_at: datetime
    expires_at: datetime
    step: int
    days_late: int
    automatic: str
    holder: str
    winner: str
    taken_at: datetime | None
    taken_by: str
    fulfilment_id: str
    offered_at: datetime | None
    closed_at: datetime | None


class CopyView(BaseModel):
    """What one store was asked and what it said: "" nothing yet, or won, lost, declined, no_answer, released ..."""

    location_id: str
    step: int
    rank: int
    cost_minor: int
    chance_permille: int
    days_late: int
    offered_at: datetime | None
    answer: str
    answered_at: datetime | None
    answered_by: str
    reason: str


class OfferView(OfferSummary):
    """`ranking`: of the step it is at, for every location why it is asked or not (code, params)."""

    lines: list[OfferLineView]
    refused: list[str]
    ruleset_id: str
    stores: list[CopyView]
    ranking: list[dict[str, Any]]


class FiguresView(BaseModel):
    """`asked`: also where others were faster (`lost`). Seconds from being asked to claiming or declining."""

    location_id: str
    asked: int
    claimed: int
    released: int
    declined: int
    no_answer: int
    lost: int
    median_answer_s: int | None
    p90_answer_s: int | None


class AnswerBody(BaseModel):
    """In whose name. `reason`: for declining and giving back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"location_id": "store-001", "reason": "busy"}]}
    )
    location_id: str = Field(max_length=64)
    reason: str = Field(default="", max_length=64)


@router.get("", response_model=Page[OfferSummary])
def list_offers(
    _: ReadOrders,
    core: CoreContext,
    page: PageOf,
    state: Annotated[OfferState | None, Query()] = None,
    order_id: Annotated[str, Query(max_length=64)] = "",
) -> Any:
    """Those that end first on top."""
    o = t.offers.c
    query = select(t.offers)
    if state is not None:
        query = query.where(o.state == state.value)
    if order_id:
        query = query.where(o.order_id == order_id)
    with core.database.read() as connection:
        rows = page.rows(connection, query, o.expires_at, o.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.expires_at, row.id))


@router.get("/figures", response_model=list[FiguresView])
def read_figures(
    _: ReadOrders,
    core: CoreContext,
    division_id: Annotated[str, Query(max_length=64)] = "",
    days: Annotated[int, Query(ge=1, le=90)] = 30,
) -> Any:
    """How each store answered what it was offered in the last days, and how fast."""
    until = core.now()
    with core.database.read() as connection:
        return [asdict(one) for one in figures(connection, division_id, until - timedelta(days=days), until)]


@router.get("/{offer_id}", response_model=OfferView)
def read_offer(offer_id: str, _: ReadOrders, core: CoreContext) -> Any:
    with core.database.read() as connection:
        return view(connection, offer_id)


@router.post("/{offer_id}/claim", response_model=OfferView, status_code=200)
def claim_offer(offer_id: str, body: AnswerBody, _: WriteOrders, once: Once) -> Response:
    """For a store that asked by telephone. 409 `taken_by`, `offer_expired`, `offer_stock_gone`; 404 `offer_unknown`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        claimer = Claimer(body.location_id, cause.user_id)
        return _reply(connection, offer_id, claims.claim(connection, _copy(connection, offer_id, body), claimer, cause))

    return once.once(body, work)


@router.post("/{offer_id}/decline", response_model=OfferView, status_code=200)
def decline_offer(offer_id: str, body: AnswerBody, _: WriteOrders, once: Once) -> Response:
    """The store is not asked again for this order."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        claimer, copy_id = Claimer(body.location_id, cause.user_id), _copy(connection, offer_id, body)
        return _reply(connection, offer_id, offer_desk.decline(connection, cause, copy_id, claimer, body.reason))

    return once.once(body, work)


@router.post("/{offer_id}/release", response_model=OfferView, status_code=200)
def release_claim(offer_id: str, body: AnswerBody, _: WriteOrders, once: Once) -> Response:
    """A claimed order goes back to the other stores. 409 `work_has_begun`, `claim_not_yours`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        claimer, copy_id = Claimer(body.location_id, cause.user_id), _copy(connection, offer_id, body)
        return _reply(connection, offer_id, offer_desk.release(connection, cause, copy_id, claimer, body.reason))

    return once.once(body, work)


def _copy(connection: Connection, offer_id: str, body: AnswerBody) -> str:
    """What the store saw last of the offer; "" where it was never asked."""
    c = t.offer_copies.c
    query = select(c.id).where(c.offer_id == offer_id, c.location_id == body.location_id).order_by(c.step.desc())
    return connection.execute(query.limit(1)).scalar() or ""


def _reply(connection: Connection, offer_id: str, outcome: Outcome) -> Reply | Refusal:
    if outcome.code == "offer_unknown":
        return unknown("offer", offer_id)
    if outcome.verdict is Verdict.REJECTED:
        return Refusal(outcome.code, Kind.CONFLICT, outcome.params())
    return Reply(view(connection, offer_id), 200)


def view(connection: Connection, offer_id: str) -> dict[str, Any]:
    """404 `offer_unknown`."""
    row = connection.execute(select(t.offers).where(t.offers.c.id == offer_id)).first()
    if row is None:
        raise ProblemError.of(unknown("offer", offer_id))
    c = t.offer_copies.c
    asked = connection.execute(select(t.offer_copies).where(c.offer_id == offer_id).order_by(c.step, c.rank, c.id))
    stores = [{name: getattr(copy, name) for name in CopyView.model_fields} for copy in asked]
    return row._asdict() | {"stores": stores}
