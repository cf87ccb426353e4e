"""Carriers with their services, zones and prices; the delivery methods customers choose."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from core.domain.promise import MethodKind
from core.http.context import Core, CoreContext
from core.http.office.access import ManageSettings, ReadStock
from core.http.office.answers import IfMatch, Once, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import carriers
from core.service.carriers import Change
from core.service.cause import Cause, office_cause
from core.service.refusal import Refusal
from core.service.sessions import Principal
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["delivery"], responses=RESPONSES)
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Key = Annotated[str, Path(max_length=100)]

SERVICE_EXAMPLE: Mapping[str, Any] = {
    "code": "standard",
    "body": {
        "pickup_days": [0, 1, 2, 3, 4],
        "pickup_time": "17:00",
        "delivery_days": [0, 1, 2, 3, 4, 5],
        "delivers": ["08:00", "18:00"],
        "max_weight_g": 30000,
        "carbon_parcel_g": 180,
        "carbon_kg_km_mg": 90,
        "zones": [{"code": "FR", "countries": ["FR"], "days": [1, 2], "grid": [[1000, 490], [30000, 1290]]}],
    },
}
METHOD_EXAMPLE: Mapping[str, Any] = {
    "code": "standard",
    "kind": "home",
    "service_id": "colis-hexa:standard",
    "labels": {"en": "Home", "fr": "À domicile"},
    "body": {"preparation_minutes": 180, "cutoff_time": "14:00", "free_from_minor": 6000},
}


class CarrierBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "hexa", "name": "Colis Hexa"}]})
    code: Code
    name: str = Field(min_length=1, max_length=200)
    services: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=lambda: ["standard"], max_length=50)
    pickup_time: str = Field(default="17:00", max_length=5)


class CarrierChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"pickup_time": "16:30"}]})
    name: str | None = Field(default=None, min_length=1, max_length=200)
    services: list[Annotated[str, Field(max_length=40)]] | None = Field(default=None, max_length=50)
    pickup_time: str | None = Field(default=None, max_length=5)
    active: bool | None = None


class ServiceBody(BaseModel):
    """`body`: see docs/promise.md."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(SERVICE_EXAMPLE)]})
    code: Code
    body: dict[str, Any] = Field(default_factory=dict)


class ServiceChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"active": False}]})
    body: dict[str, Any] | None = None
    active: bool | None = None


class MethodBody(BaseModel):
    """`service_id` null: the customer collects from the store's own stock. `division_id` null: of every division."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(METHOD_EXAMPLE)]})
    code: Code
    kind: MethodKind
    service_id: str | None = Field(default=None, max_length=100)
    division_id: str | None = Field(default=None, max_length=64)
    labels: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] = Field(default_factory=dict)
    position: int = Field(default=0, ge=0, le=10_000)


class MethodChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"position": 2}]})
    labels: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    position: int | None = Field(default=None, ge=0, le=10_000)
    active: bool | None = None


class ServiceView(BaseModel):
    id: str
    carrier_id: str
    code: str
    body: dict[str, Any]
    active: bool
    version: int


class CarrierView(BaseModel):
    id: str
    code: str
    name: str
    services: list[str]
    pickup_time: str
    active: bool
    version: int


class MethodView(BaseModel):
    id: str
    code: str
    kind: MethodKind
    service_id: str | None
    division_id: str | None
    labels: dict[str, str]
    body: dict[str, Any]
    position: int
    active: bool
    version: int


class Delivery(BaseModel):
    carriers: list[CarrierView]
    services: list[ServiceView]
    methods: list[MethodView]


@router.get("/delivery", response_model=Delivery)
def read_delivery(_: ReadStock, core: CoreContext) -> Any:
    """All that promises are made with, but for the hours of the locations."""
    with core.database.read() as connection:
        return {
            name: [row._asdict() for row in connection.execute(select(table).order_by(table.c.id))]
            for name, table in (
                ("carriers", t.carriers),
                ("services", t.carrier_services),
                ("methods", t.delivery_methods),
            )
        }


@router.post("/carriers", status_code=201, response_model=CarrierView)
def create_carrier(body: CarrierBody, principal: ManageSettings, once: Once) -> Response:
    """Reaches the tablets by sync. 409 `carrier_known`, 422 `terms_invalid`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return _made(CarrierView, carriers.create_carrier(connection, cause, principal.account_id, body.model_dump()))

    return once.once(body, work)


@router.patch("/carriers/{carrier_id}", response_model=CarrierView)
def change_carrier(
    carrier_id: Key, body: CarrierChange, principal: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """412 `stale_version`."""
    change = Change(carrier_id, version, body.model_dump(exclude_none=True))
    with core.database.write() as connection:
        return _sent(CarrierView, carriers.change_carrier(connection, _cause(core, principal), change))


@router.post("/carriers/{carrier_id}/services", status_code=201, response_model=ServiceView)
def create_service(carrier_id: Key, body: ServiceBody, _: ManageSettings, once: Once) -> Response:
    """422 `terms_invalid` with the field."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return _made(ServiceView, carriers.create_service(connection, cause, carrier_id, body.model_dump()))

    return once.once(body, work)


@router.patch("/carrier-services/{service_id}", response_model=ServiceView)
def change_service(
    service_id: Key, body: ServiceChange, principal: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """`body` replaces all terms. 412 `stale_version`."""
    change = Change(service_id, version, body.model_dump(exclude_none=True))
    with core.database.write() as connection:
        return _sent(ServiceView, carriers.change_service(connection, _cause(core, principal), change))


@router.post("/delivery-methods", status_code=201, response_model=MethodView)
def create_method(body: MethodBody, principal: ManageSettings, once: Once) -> Response:
    """422 `terms_invalid` with the field."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        values = body.model_dump(mode="json")
        return _made(MethodView, carriers.create_method(connection, cause, principal.account_id, values))

    return once.once(body, work)


@router.patch("/delivery-methods/{method_id}", response_model=MethodView)
def change_method(
    method_id: Key, body: MethodChange, principal: ManageSettings, core: CoreContext, version: IfMatch
) -> Response:
    """`body` replaces all terms. 412 `stale_version`."""
    change = Change(method_id, version, body.model_dump(exclude_none=True))
    with core.database.write() as connection:
        return _sent(MethodView, carriers.change_method(connection, _cause(core, principal), change))


def _cause(core: Core, principal: Principal) -> Cause:
    return office_cause(core.now(), principal.user_id or principal.id)


def _made(view: type[BaseModel], done: Mapping[str, Any] | Refusal) -> Reply | Refusal:
    if isinstance(done, Refusal):
        return done
    return Reply({name: done[name] for name in view.model_fields}, headers=etag(done["version"]))


def _sent(view: type[BaseModel], done: Mapping[str, Any] | Refusal) -> Response:
    if isinstance(done, Refusal):
        raise ProblemError.of(done)
    return Reply({name: done[name] for name in view.model_fields}, 200, etag(done["version"])).send()
