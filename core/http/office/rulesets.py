"""The rules of a division, of sourcing and of allocation: drafted, published now or at a date, rolled back.

Sourcing rules are also tried out on past orders.
"""

import queue
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, or_, select

from core.http.context import Core, CoreContext
from core.http.office.access import ManageSettings
from core.http.office.answers import Once, Page, PageOf, Reply
from core.http.problems import RESPONSES, ProblemError
from core.service import replay_orders, rulesets
from core.service.cause import Cause, office_cause
from core.service.refusal import Refusal, unknown
from core.service.replay_orders import MOST_ORDERS, Wanted
from core.service.rulesets import Draft
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["rulesets"], responses=RESPONSES)
DivisionId = Annotated[str, Query(max_length=64)]
Kind = Literal["sourcing", "allocation"]


class RulesetView(BaseModel):
    """`state`: "draft" until it is published for the first time. `body`: docs/rulesets.md, docs/allocation.md."""

    id: str
    kind: Kind
    division_id: str | None
    number: int
    name: str
    note: str
    state: str
    body: dict[str, Any]
    based_on: str
    created_at: datetime
    created_by: str
    published_at: datetime | None


class DraftBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"division_id": "d1", "name": "Stores first", "body": {"prefer": ["store"], "max_splits": 2}}]
        },
    )
    division_id: str = Field(default="", max_length=64, description='"": for all divisions without own rules.')
    name: str = Field(max_length=120)
    body: dict[str, Any]
    note: str = Field(default="", max_length=2000)
    based_on: str = Field(default="", max_length=64)
    kind: Kind = "sourcing"


class PublicationBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"from_at": "2026-12-01T00:00:00Z"}]})
    from_at: AwareDatetime | None = Field(default=None, description="Left out: from now on.")


class PublicationView(BaseModel):
    """No `ruleset_id`: the built-in rules of sourcing, or no allocation at all."""

    id: str
    kind: Kind
    division_id: str | None
    ruleset_id: str | None
    from_at: datetime
    created_at: datetime
    created_by: str
    withdrawn_at: datetime | None


class LiveView(BaseModel):
    ruleset_id: str
    body: dict[str, Any]


class RollBackBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    division_id: str = Field(default="", max_length=64)
    kind: Kind = "sourcing"


class ReplayBody(BaseModel):
    """The newest `orders` before `before`. `against_id` left out: the live rules; "": the built-in ones."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"orders": 10_000}]})
    orders: int = Field(default=10_000, ge=1, le=MOST_ORDERS)
    against_id: str | None = Field(default=None, max_length=64)
    division_id: str = Field(default="", max_length=64)
    before: AwareDatetime | None = None


class ReplayView(BaseModel):
    id: str
    ruleset_id: str
    against_id: str
    orders: int
    result: dict[str, Any]
    started_at: datetime
    finished_at: datetime
    created_by: str


@router.get("/rulesets", response_model=Page[RulesetView])
def list_rulesets(
    _: ManageSettings, core: CoreContext, page: PageOf, division_id: DivisionId = "", kind: Kind = "sourcing"
) -> Any:
    """Newest first."""
    r = t.rulesets.c
    query = select(t.rulesets).where(r.kind == kind)
    if division_id:
        query = query.where(or_(r.division_id == division_id, r.division_id.is_(None)))
    with core.database.read() as connection:
        rows = page.rows(connection, query, r.created_at, r.id, descending=True)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.created_at, row.id))


@router.post("/rulesets", status_code=201, response_model=RulesetView)
def draft_ruleset(body: DraftBody, _: ManageSettings, once: Once) -> Response:
    """A new version. 422 `ruleset_invalid` with the place of the first mistake; `detail` names them all."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = rulesets.draft(connection, cause, Draft(**body.model_dump()))
        return made if isinstance(made, Refusal) else Reply(dict(made))

    return once.once(body, work)


@router.get("/rulesets/live", response_model=LiveView)
def read_live_ruleset(
    _: ManageSettings,
    core: CoreContext,
    division_id: DivisionId,
    at: AwareDatetime | None = None,
    kind: Kind = "sourcing",
) -> Any:
    """What decides for a division now, or `at` another time."""
    with core.database.read() as connection:
        body, id = rulesets.live_body(connection, kind, division_id, at or core.now())
    return {"ruleset_id": id, "body": body}


@router.get("/rulesets/{ruleset_id}", response_model=RulesetView)
def read_ruleset(ruleset_id: str, _: ManageSettings, core: CoreContext) -> Any:
    with core.database.read() as connection:
        row = connection.execute(select(t.rulesets).where(t.rulesets.c.id == ruleset_id)).first()
    if row is None:
        raise ProblemError.of(unknown("ruleset", ruleset_id))
    return row._asdict()


@router.post("/rulesets/{ruleset_id}/publications", status_code=201, response_model=PublicationView)
def publish_ruleset(ruleset_id: str, body: PublicationBody, _: ManageSettings, once: Once) -> Response:
    """From now on, or from a date."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = rulesets.publish(connection, cause, ruleset_id, body.from_at)
        return made if isinstance(made, Refusal) else Reply(dict(made))

    return once.once(body, work)


@router.get("/ruleset-publications", response_model=Page[PublicationView])
def list_publications(
    _: ManageSettings, core: CoreContext, page: PageOf, division_id: DivisionId = "", kind: Kind = "sourcing"
) -> Any:
    """What was, is and will be live; the latest first."""
    p = t.publications.c
    query = select(t.publications).where(p.kind == kind)
    if division_id:
        query = query.where(or_(p.division_id == division_id, p.division_id.is_(None)))
    with core.database.read() as connection:
        rows = page.rows(connection, query, p.from_at, p.id, descending=True)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.from_at, row.id))


@router.post("/ruleset-publications/{publication_id}/withdraw", response_model=PublicationView, status_code=200)
def withdraw_publication(publication_id: str, _: ManageSettings, once: Once) -> Response:
    """Before its time. 409 `publication_begun`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = rulesets.withdraw(connection, cause, publication_id)
        return made if isinstance(made, Refusal) else Reply(dict(made), 200)

    return once.once({}, work)


@router.post("/rulesets/roll-back", response_model=PublicationView, status_code=201)
def roll_back_ruleset(body: RollBackBody, _: ManageSettings, once: Once) -> Response:
    """The version before is live again. 409 `nothing_to_roll_back`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        made = rulesets.roll_back(connection, cause, body.division_id, body.kind)
        return made if isinstance(made, Refusal) else Reply(dict(made))

    return once.once(body, work)


@router.post(
    "/rulesets/{ruleset_id}/replays",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}, "description": "`done` as it goes on, then `replay`"}},
)
def replay_ruleset(ruleset_id: str, body: ReplayBody, principal: ManageSettings, core: CoreContext) -> Response:
    """What these rules would have done to past orders. Lines of JSON: `{"done": 250}` ..., then `{"replay": {...}}`.

    It changes nothing and may be asked again; a finished one is kept. An error is a last line `{"problem": {...}}`.
    """
    cause = office_cause(core.now(), principal.user_id or principal.id)
    return StreamingResponse(
        _lines(core, cause, Wanted(ruleset_id, **body.model_dump())), media_type="application/x-ndjson"
    )


def _lines(core: Core, cause: Cause, wanted: Wanted) -> Iterator[bytes]:
    said: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def work() -> None:
        try:
            said.put(_replayed(core, cause, wanted, lambda done: said.put({"done": done})))
        finally:
            said.put(None)

    threading.Thread(target=work, name="replay", daemon=True).start()
    while (word := said.get()) is not None:
        yield orjson.dumps(word) + b"\n"


def _replayed(core: Core, cause: Cause, wanted: Wanted, say: Any) -> dict[str, Any]:
    with core.database.read() as connection:
        result = replay_orders.what_if(connection, wanted, cause.received_at, say)
    if isinstance(result, Refusal):
        return {"problem": {"code": result.code, "params": dict(result.params), "detail": result.remedy}}
    with core.database.write() as connection:
        id = replay_orders.keep(connection, cause, result, core.now())
    return {"replay": {"id": id, **result}}


@router.get("/rulesets/{ruleset_id}/replays", response_model=Page[ReplayView])
def list_replays(ruleset_id: str, _: ManageSettings, core: CoreContext, page: PageOf) -> Any:
    """Finished ones, newest first."""
    p = t.replays.c
    with core.database.read() as connection:
        rows = page.rows(
            connection, select(t.replays).where(p.ruleset_id == ruleset_id), p.finished_at, p.id, descending=True
        )
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.finished_at, row.id))
