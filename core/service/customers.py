"""Customers: found or made by their number; a change of what is known about them is versioned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.service.cause import Cause
from core.service.refusal import Refusal, stale, unknown
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Customer:
    """As orders, imports and integrators give it. `addresses`: as `core.domain.fulfilment.Address`, as JSON."""

    number: str
    name: str
    email: str = ""
    phone: str = ""
    language: str = ""
    tier: str = ""
    addresses: tuple[Mapping[str, str], ...] = ()


def put(connection: Connection, cause: Cause, account_id: str, customer: Customer) -> tuple[str, str]:
    """(id, "created" | "updated" | "unchanged"). Blank is not a value: it leaves what is known."""
    c = t.customers.c
    known = connection.execute(select(t.customers).where(c.number == customer.number)).first()
    given = {name: getattr(customer, name) for name in ("name", "email", "phone", "language", "tier")}
    addresses = [dict(address) for address in customer.addresses]
    if known is None:
        id = cause.new_id()
        row = {"id": id, "account_id": account_id, "number": customer.number, "created_at": cause.received_at}
        connection.execute(insert(t.customers), [row | given | {"addresses": addresses, "version": 1}])
        return id, "created"
    changed: dict[str, Any] = {name: value for name, value in given.items() if value and value != getattr(known, name)}
    if new := [address for address in addresses if address not in known.addresses]:
        changed["addresses"] = [*known.addresses, *new]
    if not changed:
        return str(known.id), "unchanged"
    connection.execute(update(t.customers).where(c.id == known.id).values(**changed, version=c.version + 1))
    return str(known.id), "updated"


def change(connection: Connection, customer_id: str, version: int, values: Mapping[str, Any]) -> Refusal | None:
    """Sets these fields when nobody changed the customer since `version`."""
    c = t.customers.c
    known = connection.execute(select(c.version).where(c.id == customer_id)).scalar()
    if known is None:
        return unknown("customer", customer_id)
    query = update(t.customers).where(c.id == customer_id, c.version == version)
    if connection.execute(query.values(**values, version=c.version + 1)).rowcount != 1:
        return stale("customer", known)
    return None


def tiers(connection: Connection, ids: set[str]) -> dict[str, str]:
    """By id."""
    c = t.customers.c
    query = select(c.id, c.tier).where(c.id.in_(sorted(ids)))
    return {row.id: row.tier for row in connection.execute(query)} if ids else {}
