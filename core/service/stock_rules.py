"""Stock rules and virtual catalogues, changed by version; a change counts for every answer from its transaction on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.domain.stock_rules import Rule, RuleKind, Scope, fault_of
from core.service import atp_projection, atp_remake, stock_book
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, stale, unknown
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Amount:
    """One of them."""

    units: int | None = None
    basis_points: int | None = None


def put_rule(connection: Connection, cause: Cause, wanted: Rule) -> Mapping[str, Any] | Refusal:
    """A new rule; its scope must have none yet. `wanted.id` is not looked at. Returns the row."""
    if refusal := _wrong(connection, wanted):
        return refusal
    rule = replace(wanted, id=cause.new_id())
    scope = asdict(rule.scope)
    row = {"id": rule.id, "kind": rule.kind.value, "owner_id": rule.owner_id, **scope, "units": rule.units,
           "basis_points": rule.basis_points, "version": 1}  # fmt: skip
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(t.stock_rules), [row])
    except IntegrityError:
        savepoint.rollback()
        return Refusal("rule_scope_taken", Kind.CONFLICT, {"kind": rule.kind.value}, "Change the rule of that scope.")
    savepoint.commit()
    _follow(connection, cause, "StockRuleMade", row)
    return row


def change_rule(
    connection: Connection, cause: Cause, id: str, version: int, amount: Amount
) -> Mapping[str, Any] | Refusal:
    """Another amount for the same scope."""
    known = read_rule(connection, id)
    if known is None:
        return unknown("stock_rule", id)
    rule = replace(rule_of(known), units=amount.units, basis_points=amount.basis_points)
    if refusal := _wrong(connection, rule):
        return refusal
    r = t.stock_rules.c
    query = update(t.stock_rules).where(r.id == id, r.version == version)
    if connection.execute(query.values(**asdict(amount), version=version + 1)).rowcount != 1:
        return stale("stock_rule", known["version"])
    row = {**known, **asdict(amount), "version": version + 1}
    _follow(connection, cause, "StockRuleChanged", row)
    return row


def remove_rule(connection: Connection, cause: Cause, id: str, version: int) -> Refusal | None:
    known = read_rule(connection, id)
    if known is None:
        return unknown("stock_rule", id)
    r = t.stock_rules.c
    if connection.execute(delete(t.stock_rules).where(r.id == id, r.version == version)).rowcount != 1:
        return stale("stock_rule", known["version"])
    _follow(connection, cause, "StockRuleRemoved", known)
    return None


def read_rule(connection: Connection, id: str) -> Mapping[str, Any] | None:
    row = connection.execute(select(t.stock_rules).where(t.stock_rules.c.id == id)).mappings().first()
    return None if row is None else dict(row)


def rule_of(row: Mapping[str, Any]) -> Rule:
    scope = Scope(row["location_id"], row["sku"], row["category"])
    return Rule(row["id"], RuleKind(row["kind"]), scope, row["owner_id"], row["units"], row["basis_points"])


def _wrong(connection: Connection, rule: Rule) -> Refusal | None:
    fault = fault_of(rule)
    if fault is not None:
        return Refusal(fault.code, params={"field": fault.field}, remedy="See docs/atp.md for what a rule may say.")
    owner = t.divisions if rule.kind is RuleKind.SHARE else t.virtual_catalogues
    names = (("location", t.locations, rule.scope.location_id), ("variant", t.variants, rule.scope.sku),
             (owner.name, owner, rule.owner_id))  # fmt: skip
    for thing, table, id in names:
        if id and connection.execute(select(table.c.id).where(table.c.id == id)).first() is None:
            return replace(unknown(thing, id), kind=Kind.INVALID)
    return None


def _follow(connection: Connection, cause: Cause, name: str, row: Mapping[str, Any]) -> None:
    """Others that compute wait for this transaction from here on. The rows of one article are made at once."""
    told = {key: value for key, value in row.items() if key not in ("id", "version")}
    record(connection, cause, [Happening(name, "stock_rule", row["id"], data=told)])
    if row["sku"]:
        atp_projection.rebuild(connection, stock_book.step(connection), [row["sku"]])
    else:
        atp_remake.make_all(connection, cause)


@dataclass(frozen=True, slots=True)
class NewCatalogue:
    """`location_ids` empty: all active locations of the division."""

    division_id: str
    code: str
    name: str = ""
    location_ids: tuple[str, ...] = ()
    threshold: int = 0
    inbound_days: int = 0


def put_catalogue(connection: Connection, cause: Cause, wanted: NewCatalogue) -> Mapping[str, Any] | Refusal:
    """A virtual catalogue for a channel that has none."""
    if connection.execute(select(t.divisions.c.id).where(t.divisions.c.id == wanted.division_id)).first() is None:
        return replace(unknown("division", wanted.division_id), kind=Kind.INVALID)
    if refusal := _foreign(connection, wanted.division_id, wanted.location_ids):
        return refusal
    row = {**asdict(wanted), "location_ids": list(wanted.location_ids), "id": cause.new_id(), "active": True,
           "version": 1}  # fmt: skip
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(t.virtual_catalogues), [row])
    except IntegrityError:
        savepoint.rollback()
        return Refusal("catalogue_taken", Kind.CONFLICT, {"code": wanted.code}, "This channel has a catalogue already.")
    savepoint.commit()
    _follow_catalogue(connection, cause, "VirtualCatalogueMade", row)
    return row


def change_catalogue(
    connection: Connection, cause: Cause, id: str, version: int, values: Mapping[str, Any]
) -> Mapping[str, Any] | Refusal:
    """`values`: of name, location_ids, threshold, inbound_days, active; what is left out stays."""
    known = read_catalogue(connection, id)
    if known is None:
        return unknown("virtual_catalogue", id)
    if refusal := _foreign(connection, known["division_id"], tuple(values.get("location_ids", ()))):
        return refusal
    v = t.virtual_catalogues.c
    query = update(t.virtual_catalogues).where(v.id == id, v.version == version)
    if connection.execute(query.values(**values, version=version + 1)).rowcount != 1:
        return stale("virtual_catalogue", known["version"])
    row = {**known, **values, "version": version + 1}
    _follow_catalogue(connection, cause, "VirtualCatalogueChanged", row)
    return row


def read_catalogue(connection: Connection, id: str) -> Mapping[str, Any] | None:
    v = t.virtual_catalogues.c
    row = connection.execute(select(t.virtual_catalogues).where(v.id == id)).mappings().first()
    return None if row is None else dict(row)


def locations_changed(connection: Connection, cause: Cause) -> None:
    """After a location was opened, closed or given to another brand, in that transaction."""
    atp_remake.make_all(connection, cause)


def articles_changed(connection: Connection, skus: list[str]) -> None:
    """After articles moved to another category, in that transaction."""
    book = stock_book.book_of(connection, shared=True)
    if book.rules.by_category:
        atp_projection.rebuild(connection, book, skus)


def _foreign(connection: Connection, division_id: str, location_ids: tuple[str, ...]) -> Refusal | None:
    of = t.location_divisions.c
    own = set(connection.execute(select(of.location_id).where(of.division_id == division_id)).scalars())
    foreign = sorted(set(location_ids) - own)
    if not foreign:
        return None
    return Refusal("location_of_other_division", params={"id": foreign[0]}, remedy="Name locations of the division.")


def _follow_catalogue(connection: Connection, cause: Cause, name: str, row: Mapping[str, Any]) -> None:
    told = {key: value for key, value in row.items() if key not in ("id", "version")}
    record(connection, cause, [Happening(name, "virtual_catalogue", row["id"], data=told)])
    atp_remake.make_all(connection, cause)
