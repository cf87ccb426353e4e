"""The work of the stores as head office sees it: fulfilments, pick runs and manifests; moving work elsewhere."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.lifecycle import FulfilmentState, ManifestState, RunState
from core.domain.runs import PickRun
from core.http.context import Core, CoreContext
from core.http.office.access import ReadOrders, WriteOrders
from core.http.office.answers import Once, Page, PageOf, Paging, Reply
from core.http.problems import RESPONSES, ProblemError
from core.service import fulfilments
from core.service.cause import Cause
from core.service.refusal import Refusal, unknown
from core.store import documents
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["work"], responses=RESPONSES)
LocationId = Annotated[str, Query(max_length=64)]


class MoveBody(BaseModel):
    location_id: str = Field(max_length=64)


@router.get("/fulfilments", response_model=Page[Fulfilment])
def list_fulfilments(
    _: ReadOrders, core: CoreContext, page: PageOf, location_id: LocationId = "", state: FulfilmentState | None = None
) -> Any:
    """What is due first on top."""
    f = t.fulfilments.c
    query = select(f.id, f.target_at)
    if location_id:
        query = query.where(f.location_id == location_id)
    if state is not None:
        query = query.where(f.state == state.value)
    with core.database.read() as connection:
        rows = page.rows(connection, query, f.target_at, f.id)
        loaded = documents.load_fulfilments(connection, [row.id for row in rows])
    return page.page(rows, lambda row: loaded[row.id], lambda row: (row.target_at, row.id))


@router.get("/fulfilments/{fulfilment_id}", response_model=Fulfilment)
def read_fulfilment(fulfilment_id: str, _: ReadOrders, core: CoreContext) -> Any:
    with core.database.read() as connection:
        return _one(documents.load_fulfilments(connection, [fulfilment_id]), "fulfilment", fulfilment_id)


@router.post("/fulfilments/{fulfilment_id}/move", response_model=Fulfilment, status_code=200)
def move_fulfilment(fulfilment_id: str, body: MoveBody, _: WriteOrders, once: Once) -> Response:
    """To a place that has the stock, while nobody works on it. 409 `work_has_begun`, `stock_lacking`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        refused = fulfilments.move(connection, cause, fulfilment_id, body.location_id)
        return refused or Reply(documents.load_fulfilments(connection, [fulfilment_id])[fulfilment_id], 200)

    return once.once(body, work)


@router.get("/runs", response_model=Page[PickRun])
def list_runs(
    _: ReadOrders, core: CoreContext, page: PageOf, location_id: LocationId = "", state: RunState | None = None
) -> Any:
    return _listed(core, page, "run", location_id, state)


@router.get("/manifests", response_model=Page[Manifest])
def list_manifests(
    _: ReadOrders, core: CoreContext, page: PageOf, location_id: LocationId = "", state: ManifestState | None = None
) -> Any:
    return _listed(core, page, "manifest", location_id, state)


@router.get("/manifests/{manifest_id}", response_model=Manifest)
def read_manifest(manifest_id: str, _: ReadOrders, core: CoreContext) -> Any:
    with core.database.read() as connection:
        return _one(documents.load_manifests(connection, [manifest_id]), "manifest", manifest_id)


def _listed(core: Core, page: Paging, kind: str, location_id: str, state: str | None) -> Any:
    table = t.pick_runs if kind == "run" else t.manifests
    query = select(table.c.id)
    if location_id:
        query = query.where(table.c.location_id == location_id)
    if state is not None:
        query = query.where(table.c.state == str(state))
    with core.database.read() as connection:
        rows = page.rows(connection, query, table.c.id, descending=True)
        loaded = documents.load(connection, [(kind, row.id) for row in rows])
    return page.page(rows, lambda row: loaded[kind, row.id], lambda row: (row.id,))


def _one(loaded: dict[str, Any], thing: str, id: str) -> Any:
    if id not in loaded:
        raise ProblemError.of(unknown(thing, id))
    return loaded[id]
