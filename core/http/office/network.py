"""Divisions and locations, and what stores are configured with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select, update

from core.contract.reference import Carrier, Packaging, Reason
from core.domain.process import ProcessInvalid, resolve
from core.http.context import CoreContext
from core.http.office.access import ManageSettings, ReadStock, SignedIn
from core.http.office.answers import IfMatch, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import collect_settings, customer_states, offer_closing, stock_rules, taking_away
from core.service.cause import office_cause
from core.service.refusal import stale, unknown
from core.store import feed, render
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["network"], responses=RESPONSES)


class DivisionView(BaseModel):
    id: str
    code: str
    name: str
    brand: str
    colour: str
    currency: str
    country: str
    process: dict[str, Any]
    customer_states: dict[str, Any]
    version: int


class TextsBody(BaseModel):
    """A state as the division's customers are told it: a code of its own or shared, and texts by language."""

    model_config = ConfigDict(extra="forbid")
    code: str | None = Field(default=None, max_length=40)
    texts: dict[str, str] = Field(default_factory=dict, max_length=40)


class CustomerStatesBody(BaseModel):
    """Replaces what was there: only states that are told otherwise than they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"states": {"confirmed": {"code": "received", "texts": {"en": "Received", "fr": "Reçue"}}}}]
        },
    )
    states: dict[str, TextsBody] = Field(max_length=40)


class LocationView(BaseModel):
    id: str
    code: str
    name: str
    kind: str
    street: str
    postcode: str
    town: str
    country: str
    timezone: str
    division_ids: list[str]
    zones: list[str]
    process: dict[str, Any]
    collect: dict[str, Any]
    phone: str
    latitude: float
    longitude: float
    active: bool
    capacity_per_day: int | None
    offers_paused_until: datetime | None
    version: int


class LocationChange(BaseModel):
    """What is left out stays. `process`, `collect`: only what differs from the division's."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"process": {"wave_size": 12}}]})
    name: str | None = Field(default=None, min_length=1, max_length=200)
    phone: str | None = Field(default=None, max_length=40)
    zones: list[str] | None = Field(default=None, max_length=200)
    process: dict[str, Any] | None = None
    collect: dict[str, Any] | None = None
    active: bool | None = None
    capacity_per_day: int | None = Field(default=None, ge=0, le=100_000)


class Configuration(BaseModel):
    carriers: list[Carrier]
    packagings: list[Packaging]
    reasons: list[Reason]


@router.get("/divisions")
def list_divisions(_: SignedIn, core: CoreContext) -> list[DivisionView]:
    with core.database.read() as connection:
        rows = connection.execute(select(t.divisions).order_by(t.divisions.c.code)).all()
    return [_division(row) for row in rows]


@router.put("/divisions/{division_id}/customer-states", response_model=DivisionView)
def name_customer_states(
    division_id: str, body: CustomerStatesBody, _: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """What its customers are told of their orders, from now on.

    412 `stale_version`, 422 `customer_states_invalid` with the field.
    """
    states = body.model_dump(exclude_none=True)["states"]
    with core.database.write() as connection:
        done = customer_states.put(connection, division_id, version, states)
        if done is not None:
            raise ProblemError.of(done)
        row = connection.execute(select(t.divisions).where(t.divisions.c.id == division_id)).one()
    return Reply(_division(row).model_dump(), 200, etag(row.version)).send()


def _division(row: Any) -> DivisionView:
    return DivisionView(**{name: getattr(row, name) for name in DivisionView.model_fields})


@router.get("/locations", response_model=Page[LocationView])
def list_locations(_: ReadStock, core: CoreContext, page: PageOf, kind: str = "") -> Any:
    places = t.locations.c
    query = select(t.locations)
    if kind:
        query = query.where(places.kind == kind)
    with core.database.read() as connection:
        rows = page.rows(connection, query, places.id)
        divisions = _divisions(connection)
    return page.page(rows, lambda row: _location(row, divisions), lambda row: (row.id,))


@router.get("/locations/{location_id}", response_model=LocationView)
def read_location(location_id: str, _: ReadStock, core: CoreContext) -> Response:
    with core.database.read() as connection:
        view = _view(connection, location_id)
    return Reply(view, 200, etag(view["version"])).send()


@router.patch("/locations/{location_id}", response_model=LocationView)
def change_location(
    location_id: str, body: LocationChange, principal: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """Reaches the store's tablets by sync; a place that closes leaves its open offers and what nobody has begun.

    412 `stale_version`, 422 `process_invalid` or `collect_terms_invalid` with the field.
    """
    values = body.model_dump(exclude_none=True)
    _check_process(values.get("process", {}))
    if (refused := collect_settings.invalid(values.get("collect", {}))) is not None:
        raise ProblemError.of(refused)
    with core.database.write() as connection:
        places = t.locations.c
        known = _view(connection, location_id)["version"]
        query = update(t.locations).where(places.id == location_id, places.version == version)
        if connection.execute(query.values(**values, version=places.version + 1)).rowcount != 1:
            raise ProblemError.of(stale("location", known))
        feed.mark(connection, feed.store_part(location_id), "location", location_id)
        cause = office_cause(core.now(), principal.user_id or principal.id)
        if "active" in values:
            stock_rules.locations_changed(connection, cause)
        if values.get("active") is False:
            offer_closing.close(connection, cause, location_id)
            taking_away.close(connection, cause, location_id)
        view = _view(connection, location_id)
    return Reply(view, 200, etag(view["version"])).send()


@router.get("/configuration")
def read_configuration(_: SignedIn, core: CoreContext) -> Configuration:
    """Carriers, packaging and reasons, as the tablets have them."""
    with core.database.read() as connection:
        ids = {
            table.name: list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars())
            for table in (t.carriers, t.packagings, t.reasons)
        }
        return Configuration(
            carriers=list(render.carriers(connection, "", ids["carrier"]).values()),
            packagings=list(render.packagings(connection, "", ids["packaging"]).values()),
            reasons=list(render.reasons(connection, "", ids["reason"]).values()),
        )


def _check_process(process: Mapping[str, Any]) -> None:
    try:
        resolve({}, process)
    except ProcessInvalid as fault:
        params: dict[str, str | int] = {"field": fault.field, "value": fault.value, "expected": fault.expected}
        raise ProblemError(422, fault.code, detail=str(fault), params=params) from fault


def _view(connection: Connection, location_id: str) -> dict[str, Any]:
    row = connection.execute(select(t.locations).where(t.locations.c.id == location_id)).first()
    if row is None:
        raise ProblemError.of(unknown("location", location_id))
    return _location(row, _divisions(connection))


def _divisions(connection: Connection) -> Mapping[str, list[str]]:
    of = t.location_divisions.c
    found: dict[str, list[str]] = {}
    for location_id, division_id in connection.execute(select(of.location_id, of.division_id).order_by(of.division_id)):
        found.setdefault(location_id, []).append(division_id)
    return found


def _location(row: Any, divisions: Mapping[str, list[str]]) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in LocationView.model_fields if name != "division_ids"}
    return fields | {"division_ids": divisions.get(row.id, [])}
