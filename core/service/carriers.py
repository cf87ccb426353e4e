"""Carriers, their services with zones and prices, and the methods customers choose: written by head office, by version.

What is wrong is refused before it is kept, by the same reading that promises are made with. Promises heed a change at
their next question in this process, and within a second in others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from core.domain.calendar import parse_time
from core.service import promise_network
from core.service.cause import Cause
from core.service.delivery_terms import TermsInvalid, method_of, service_of
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, stale, unknown
from core.store import feed
from core.store import tables as t

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """`values` replace what is there; `version`: of what was read."""

    id: str
    version: int
    values: Row


def create_carrier(connection: Connection, cause: Cause, account_id: str, values: Row) -> Row | Refusal:
    c = t.carriers.c
    if refusal := _time_refusal(values):
        return refusal
    if connection.execute(select(c.id).where(c.code == values["code"])).first():
        return Refusal("carrier_known", Kind.CONFLICT, {"code": values["code"]}, "Change the carrier that is there.")
    row = {"id": values["code"], "account_id": account_id, "active": True, "version": 1, "gs1_prefix": "", **values}
    connection.execute(insert(t.carriers), [row])
    return _told(connection, cause, "CarrierCreated", "carrier", row)


def change_carrier(connection: Connection, cause: Cause, change: Change) -> Row | Refusal:
    if refusal := _time_refusal(change.values):
        return refusal
    return _changed(connection, cause, t.carriers, "carrier", change)


def create_service(connection: Connection, cause: Cause, carrier_id: str, values: Row) -> Row | Refusal:
    """`values`: code, body."""
    id = f"{carrier_id}:{values['code']}"
    refusal = _service_refusal(connection, carrier_id, values["code"], values["body"])
    if refusal is not None:
        return refusal
    if _read(connection, t.carrier_services, id) is not None:
        return Refusal("service_known", Kind.CONFLICT, {"code": values["code"]}, "Change the service that is there.")
    row = {"id": id, "carrier_id": carrier_id, "active": True, "version": 1, **values}
    connection.execute(insert(t.carrier_services), [row])
    return _told(connection, cause, "CarrierServiceCreated", "carrier_service", row)


def change_service(connection: Connection, cause: Cause, change: Change) -> Row | Refusal:
    known = _read(connection, t.carrier_services, change.id)
    if known is None:
        return unknown("service", change.id)
    body = change.values.get("body", known["body"])
    refusal = _service_refusal(connection, known["carrier_id"], known["code"], body)
    return refusal or _changed(connection, cause, t.carrier_services, "carrier_service", change)


def create_method(connection: Connection, cause: Cause, account_id: str, values: Row) -> Row | Refusal:
    """`values`: code, kind, service_id, division_id, labels, body, position."""
    m = t.delivery_methods.c
    if connection.execute(select(m.id).where(m.code == values["code"])).first():
        return Refusal("method_known", Kind.CONFLICT, {"code": values["code"]}, "Change the method that is there.")
    row = {"id": f"method-{values['code']}", "account_id": account_id, "active": True, "version": 1, **values}
    refusal = _method_refusal(connection, row)
    if refusal is not None:
        return refusal
    connection.execute(insert(t.delivery_methods), [row])
    return _told(connection, cause, "DeliveryMethodCreated", "delivery_method", row)


def change_method(connection: Connection, cause: Cause, change: Change) -> Row | Refusal:
    known = _read(connection, t.delivery_methods, change.id)
    if known is None:
        return unknown("method", change.id)
    refusal = _method_refusal(connection, {**known, **change.values})
    return refusal or _changed(connection, cause, t.delivery_methods, "delivery_method", change)


def _read(connection: Connection, table: Table, id: str) -> Row | None:
    row = connection.execute(select(table).where(table.c.id == id)).mappings().first()
    return None if row is None else dict(row)


def _changed(connection: Connection, cause: Cause, table: Table, thing: str, change: Change) -> Row | Refusal:
    known = _read(connection, table, change.id)
    if known is None:
        return unknown(thing, change.id)
    query = update(table).where(table.c.id == change.id, table.c.version == change.version)
    if connection.execute(query.values(**change.values, version=table.c.version + 1)).rowcount != 1:
        return stale(thing, known["version"])
    after = _read(connection, table, change.id)
    assert after is not None
    name = "".join(part.title() for part in thing.split("_")) + "Changed"
    return _told(connection, cause, name, thing, after)


def _told(connection: Connection, cause: Cause, name: str, thing: str, row: Row) -> Row:
    if thing == "carrier":
        feed.mark(connection, feed.ORG, "carrier", row["id"])
    record(connection, cause, [Happening(name, thing, row["id"], data={"code": row["code"]})])
    promise_network.forget(connection)
    return dict(row)


def _time_refusal(values: Row) -> Refusal | None:
    if "pickup_time" in values:
        try:
            parse_time(values["pickup_time"])
        except ValueError:
            return _invalid(TermsInvalid("pickup_time", values["pickup_time"], "a time HH:MM"))
    return None


def _service_refusal(connection: Connection, carrier_id: str, code: str, body: Row) -> Refusal | None:
    c = t.carriers.c
    carrier = connection.execute(select(t.carriers).where(c.id == carrier_id)).first()
    if carrier is None:
        return unknown("carrier", carrier_id)
    try:
        service_of("", carrier, code, body)
    except TermsInvalid as fault:
        return _invalid(fault)
    return None


def _method_refusal(connection: Connection, row: Row) -> Refusal | None:
    service = None
    if row["service_id"] is not None:
        known = _read(connection, t.carrier_services, row["service_id"])
        if known is None:
            return unknown("service", row["service_id"])
        carrier = connection.execute(select(t.carriers).where(t.carriers.c.id == known["carrier_id"])).one()
        service = service_of(known["id"], carrier, known["code"], known["body"])
    if row["division_id"] is not None:
        d = t.divisions.c
        if connection.execute(select(d.id).where(d.id == row["division_id"])).first() is None:
            return unknown("division", row["division_id"])
    try:
        method_of(SimpleNamespace(**row), service)
    except TermsInvalid as fault:
        return _invalid(fault)
    return None


def _invalid(fault: TermsInvalid) -> Refusal:
    params: dict[str, str | int] = {"field": fault.field, "value": fault.value, "expected": fault.expected}
    return Refusal(fault.code, params=params, remedy=str(fault))
