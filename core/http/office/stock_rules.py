"""Rules about stock: safety stock, exclusions, shares of brands, thresholds of channels, protection of what comes."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.domain.stock_rules import Rule, RuleKind, Scope
from core.http.context import CoreContext
from core.http.office.access import ManageSettings, ReadStock
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import atp_remake, stock_rules
from core.service.cause import Cause, office_cause
from core.service.refusal import Refusal, unknown
from core.service.stock_rules import Amount
from core.store import tables as t

router = APIRouter(prefix="/v1/stock-rules", tags=["availability"], responses=RESPONSES)
Name = Annotated[str, Field(max_length=64)]


class AmountBody(BaseModel):
    """One of them. `basis_points`: hundredths of a per cent, rounded up to whole units."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"units": 2}]})
    units: int | None = Field(default=None, ge=0, le=1_000_000)
    basis_points: int | None = Field(default=None, ge=0, le=10_000)


class RuleBody(AmountBody):
    """ "" in the scope means any. Priority: SKU + location, SKU, category + location, category, location, default.

    `owner_id`: a virtual catalogue (exclude, threshold) or a division (share).
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "safety", "location_id": "store-001", "basis_points": 1000}]},
    )
    kind: RuleKind
    owner_id: Name = ""
    location_id: Name = ""
    sku: Name = ""
    category: Name = ""


class RuleView(BaseModel):
    id: str
    kind: str
    owner_id: str
    location_id: str
    sku: str
    category: str
    units: int | None
    basis_points: int | None
    version: int


class ProgressView(BaseModel):
    """Articles whose sums are kept ready by the rules of now. `done_at`: null while some are not."""

    articles_done: int
    articles: int
    begun_at: datetime | None
    done_at: datetime | None


@router.get("", response_model=Page[RuleView])
def list_rules(_: ReadStock, core: CoreContext, page: PageOf, kind: Annotated[str, Query(max_length=20)] = "") -> Any:
    r = t.stock_rules.c
    query = select(t.stock_rules)
    if kind:
        query = query.where(r.kind == kind)
    with core.database.read() as connection:
        rows = page.rows(connection, query, r.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.id,))


@router.post("", status_code=201, response_model=RuleView)
def make_rule(body: RuleBody, _: ManageSettings, once: Once) -> Response:
    """409 `rule_scope_taken` where the scope has one already. What it changes is true with the answer."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        scope = Scope(body.location_id, body.sku, body.category)
        rule = Rule("", body.kind, scope, body.owner_id, body.units, body.basis_points)
        made = stock_rules.put_rule(connection, cause, rule)
        return made if isinstance(made, Refusal) else Reply(dict(made), 201, etag(1))

    return once.once(body, work)


@router.get("/progress", response_model=ProgressView)
def read_progress(_: ReadStock, core: CoreContext) -> Response:
    """Of the last change that concerned every article. Answers are right meanwhile, only slower."""
    with core.database.read() as connection:
        return Reply(asdict(atp_remake.progress(connection)), 200).send()


@router.get("/{rule_id}", response_model=RuleView)
def read_rule(rule_id: str, _: ReadStock, core: CoreContext) -> Response:
    with core.database.read() as connection:
        row = stock_rules.read_rule(connection, rule_id)
    if row is None:
        raise ProblemError.of(unknown("stock_rule", rule_id))
    return Reply(row, 200, etag(row["version"])).send()


@router.patch("/{rule_id}", response_model=RuleView)
def change_rule(rule_id: str, body: AmountBody, who: ManageSettings, core: CoreContext, version: IfMatch) -> Response:
    """Another amount. 412 `stale_version`."""
    cause = office_cause(core.now(), who.user_id or who.id)
    with core.database.write() as connection:
        amount = Amount(body.units, body.basis_points)
        row = stock_rules.change_rule(connection, cause, rule_id, version, amount)
        if isinstance(row, Refusal):
            raise ProblemError.of(row)
    return Reply(dict(row), 200, etag(row["version"])).send()


@router.delete("/{rule_id}", status_code=204)
def remove_rule(rule_id: str, who: ManageSettings, core: CoreContext, version: IfMatch) -> Response:
    """412 `stale_version`."""
    cause = office_cause(core.now(), who.user_id or who.id)
    with core.database.write() as connection:
        refusal = stock_rules.remove_rule(connection, cause, rule_id, version)
        if refusal is not None:
            raise ProblemError.of(refusal)
    return Response(status_code=204)
