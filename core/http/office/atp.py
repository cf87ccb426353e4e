"""What channels can promise: virtual catalogues, availability of many articles at once, and why a sum is what it is."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.http.context import CoreContext
from core.http.office.access import ManageSettings, ReadStock
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import atp, stock_book, stock_rules
from core.service.cause import Cause, office_cause
from core.service.refusal import Refusal, unknown
from core.store import tables as t

router = APIRouter(prefix="/v1/virtual-catalogues", tags=["availability"], responses=RESPONSES)
Skus = Annotated[list[str], Query(alias="sku", min_length=1, max_length=atp.MOST_SKUS, description="Repeated.")]


class CatalogueView(BaseModel):
    id: str
    division_id: str
    code: str
    name: str
    location_ids: list[str]
    threshold: int
    inbound_days: int
    active: bool
    version: int


class CatalogueBody(BaseModel):
    """`location_ids` empty: all active locations of the division. `inbound_days` 0: what is coming is not sold."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"division_id": "div-1", "code": "web", "threshold": 2}]}
    )
    division_id: str = Field(max_length=64)
    code: str = Field(min_length=1, max_length=64)
    name: str = Field(default="", max_length=200)
    location_ids: list[str] = Field(default_factory=list, max_length=5_000)
    threshold: int = Field(default=0, ge=0, le=1_000_000)
    inbound_days: int = Field(default=0, ge=0, le=365)


class CatalogueChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"threshold": 5}]})
    name: str | None = Field(default=None, max_length=200)
    location_ids: list[str] | None = Field(default=None, max_length=5_000)
    threshold: int | None = Field(default=None, ge=0, le=1_000_000)
    inbound_days: int | None = Field(default=None, ge=0, le=365)
    active: bool | None = None


class StepView(BaseModel):
    code: str
    units: int


class SupplyView(BaseModel):
    at: datetime
    units: int
    id: str
    location_id: str


class WhyView(BaseModel):
    """`steps` add up to `units`; `places`: units by location, above zero; `locations`: how many have the article."""

    steps: list[StepView]
    locations: int
    places: dict[str, int]


class AvailabilityView(BaseModel):
    """`units` can be sold now, `in_stock` of them are there; `later`: supply beyond the channel's horizon."""

    sku: str
    units: int
    in_stock: int
    later: list[SupplyView]
    why: WhyView | None = None


class PlaceView(BaseModel):
    """units = on_hand - reserved - unavailable - safety - segment - excluded + lacking. Rules: ids, "" for none."""

    location_id: str
    on_hand: int
    reserved: int
    unavailable: int
    safety: int
    segment: int
    excluded: int
    lacking: int
    units: int
    safety_rule: str
    share_rule: str
    exclude_rule: str


class FullWhyView(BaseModel):
    sku: str
    units: int
    steps: list[StepView]
    threshold_rule: str
    places: list[PlaceView]


@router.get("", response_model=Page[CatalogueView])
def list_catalogues(_: ReadStock, core: CoreContext, page: PageOf) -> Any:
    with core.database.read() as connection:
        rows = page.rows(connection, select(t.virtual_catalogues), t.virtual_catalogues.c.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.id,))


@router.post("", status_code=201, response_model=CatalogueView)
def make_catalogue(body: CatalogueBody, _: ManageSettings, once: Once) -> Response:
    """For a channel that has none. It sells from the answer on."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        values = body.model_dump() | {"location_ids": tuple(body.location_ids)}
        made = stock_rules.put_catalogue(connection, cause, stock_rules.NewCatalogue(**values))
        return made if isinstance(made, Refusal) else Reply(dict(made), 201, etag(1))

    return once.once(body, work)


@router.get("/{catalogue_id}", response_model=CatalogueView)
def read_catalogue(catalogue_id: str, _: ReadStock, core: CoreContext) -> Response:
    with core.database.read() as connection:
        row = stock_rules.read_catalogue(connection, catalogue_id)
    if row is None:
        raise ProblemError.of(unknown("virtual_catalogue", catalogue_id))
    return Reply(row, 200, etag(row["version"])).send()


@router.patch("/{catalogue_id}", response_model=CatalogueView)
def change_catalogue(
    catalogue_id: str, body: CatalogueChange, who: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """412 `stale_version`."""
    cause = office_cause(core.now(), who.user_id or who.id)
    with core.database.write() as connection:
        values = body.model_dump(exclude_none=True)
        row = stock_rules.change_catalogue(connection, cause, catalogue_id, version, values)
        if isinstance(row, Refusal):
            raise ProblemError.of(row)
    return Reply(dict(row), 200, etag(row["version"])).send()


@router.get("/{catalogue_id}/availability", response_model=list[AvailabilityView])
def read_availability(catalogue_id: str, skus: Skus, _: ReadStock, core: CoreContext, why: bool = False) -> Response:
    """In the order asked for; an article that is nowhere has 0. `why=true` tells the steps of each sum."""
    with core.database.read() as connection:
        found = atp.availability(connection, catalogue_id, skus, core.now(), why)
        if not any(one.in_stock or one.units for one in found.values()):
            _need(connection, catalogue_id)
        names = atp.place_names(connection) if why else ()
    return Reply([_availability(found[sku], names) for sku in skus], 200).send()


@router.get("/{catalogue_id}/articles/{sku}/why", response_model=FullWhyView)
def explain_availability(catalogue_id: str, sku: str, _: ReadStock, core: CoreContext) -> Response:
    """Every location, every step and the rule behind it, computed from the positions as they are now."""
    with core.database.read() as connection:
        full = atp.explain(connection, _need(connection, catalogue_id), sku)
    places = [
        {"location_id": one.location_id, **one.place._asdict(), "safety_rule": one.safety_rule,
         "share_rule": one.share_rule, "exclude_rule": one.exclude_rule}
        for one in full.places
    ]  # fmt: skip
    steps = [step._asdict() for step in full.total.steps()]
    units = full.total.units
    return Reply(
        {"sku": sku, "units": units, "steps": steps, "threshold_rule": full.threshold_rule, "places": places}, 200
    ).send()


def _need(connection: Connection, catalogue_id: str) -> stock_book.Catalogue:
    found = stock_book.book_of(connection).catalogues.get(catalogue_id)
    if found is None:
        raise ProblemError.of(unknown("virtual_catalogue", catalogue_id))
    return found


def _availability(one: atp.Availability, names: Any) -> dict[str, Any]:
    view: dict[str, Any] = {"sku": one.sku, "units": one.units, "in_stock": one.in_stock, "later": list(one.later)}
    if one.why is not None:
        view["why"] = {
            "steps": [step._asdict() for step in one.why.steps],
            "locations": one.why.locations,
            "places": {names[slot]: units for slot, units in enumerate(one.why.places) if units},
        }
    return view
