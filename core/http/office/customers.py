"""Customers: found, read, made, changed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, or_, select

from core.http.context import CoreContext
from core.http.office.access import ReadCustomers, WriteOrders
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.office.order_view import AddressBody
from core.http.office.orders import CustomerBody
from core.http.problems import RESPONSES, ProblemError
from core.service import customers
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.refusal import Refusal, unknown
from core.store import tables as t

router = APIRouter(prefix="/v1/customers", tags=["customers"], responses=RESPONSES)


class NewCustomer(CustomerBody):
    addresses: list[AddressBody] = Field(default_factory=list, max_length=20)


class CustomerChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(default=None, min_length=1, max_length=200)
    email: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=40)
    language: str | None = Field(default=None, max_length=8)
    tier: str | None = Field(default=None, max_length=40)
    addresses: list[AddressBody] | None = Field(default=None, max_length=20)


class CustomerView(BaseModel):
    id: str
    number: str
    name: str
    email: str
    phone: str
    language: str
    tier: str
    addresses: list[dict[str, str]]
    version: int


@router.post("", status_code=201, response_model=CustomerView)
def put_customer(body: NewCustomer, principal: WriteOrders, once: Once) -> Response:
    """Made, or found by number and brought up to date; what is blank leaves what is known."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        given = body.model_dump(exclude={"addresses"})
        addresses = tuple(address.model_dump() for address in body.addresses)
        id, what = customers.put(connection, cause, principal.account_id, Customer(**given, addresses=addresses))
        view = _view(connection, id)
        headers = {"Location": f"/v1/customers/{id}", **etag(view["version"])}
        return Reply(view, 201 if what == "created" else 200, headers)

    return once.once(body, work)


@router.get("", response_model=Page[CustomerView])
def list_customers(
    _: ReadCustomers,
    core: CoreContext,
    page: PageOf,
    text: Annotated[str, Query(max_length=100, description="Number, or part of name or mail address.")] = "",
) -> Any:
    c = t.customers.c
    query = select(t.customers)
    if text:
        parts = (c.name.icontains(text, autoescape=True), c.email.icontains(text, autoescape=True), c.number == text)
        query = query.where(or_(*parts))
    with core.database.read() as connection:
        rows = page.rows(connection, query, c.id)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.id,))


@router.get("/{customer_id}", response_model=CustomerView)
def read_customer(customer_id: str, _: ReadCustomers, core: CoreContext, response: Response) -> Any:
    with core.database.read() as connection:
        view = _view(connection, customer_id)
    response.headers.update(etag(view["version"]))
    return view


@router.patch("/{customer_id}", response_model=CustomerView)
def change_customer(
    customer_id: str, body: CustomerChange, _: WriteOrders, core: CoreContext, version: IfMatch
) -> Response:
    """412 `stale_version` where somebody changed it since it was read."""
    with core.database.write() as connection:
        refused = customers.change(connection, customer_id, version, body.model_dump(exclude_none=True))
        if refused is not None:
            raise ProblemError.of(refused)
        view = _view(connection, customer_id)
    return Reply(view, 200, etag(view["version"])).send()


def _view(connection: Connection, customer_id: str) -> dict[str, Any]:
    row = connection.execute(select(t.customers).where(t.customers.c.id == customer_id)).first()
    if row is None:
        raise ProblemError.of(unknown("customer", customer_id))
    return {name: getattr(row, name) for name in CustomerView.model_fields}
