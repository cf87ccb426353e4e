"""Units that somebody says are not for sale: with a reason, until they expire, are lifted, or are confirmed as gone.

The unavailable bucket of a position moves in the same transaction, so that ATP falls at once. What is open at the end
of the day is a list for a person. A declaration never gives back more than the position still has declared: a count
or a find may have corrected it in the meantime.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, select, update

from core.domain.stock import MovementKind
from core.service import resourcing, surplus
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job, schedule
from core.service.refusal import Kind, Refusal, stale, unknown
from core.service.stock import Delta, Movement, make_positions, move
from core.service.stock_effects import positions
from core.service.stock_notes import Note, note
from core.store import tables as t

EXPIRE: Final = "expire_declarations"
EXPIRED_AT_ONCE: Final = 500


class Verdict(StrEnum):
    LIFT = "lift"  # they are there after all
    CONFIRM = "confirm"  # they are gone: the books are corrected
    EXTEND = "extend"  # not known yet: a new expiry


@dataclass(frozen=True, slots=True)
class Declared:
    """`expires_at` None: until somebody reviews it."""

    location_id: str
    sku: str
    units: int
    reason: str
    expires_at: datetime | None = None
    origin: str = "office"


@dataclass(frozen=True, slots=True)
class Review:
    """`expires_at`: for EXTEND."""

    verdict: Verdict
    version: int
    expires_at: datetime | None = None


def declare(connection: Connection, cause: Cause, wanted: Declared) -> Mapping[str, Any] | Refusal:
    """Returns the row. No more units than the shelf still has for sale or reserved; at least one."""
    if connection.execute(select(t.locations.c.id).where(t.locations.c.id == wanted.location_id)).first() is None:
        return unknown("location", wanted.location_id)
    if connection.execute(select(t.variants.c.id).where(t.variants.c.id == wanted.sku)).first() is None:
        return unknown("variant", wanted.sku)
    if wanted.expires_at is not None and wanted.expires_at <= cause.received_at:
        return Refusal("expiry_past", params={"field": "expires_at"}, remedy="Give a moment that is still to come.")
    make_positions(connection, wanted.location_id, [wanted.sku])
    position = positions(connection, wanted.location_id, [wanted.sku], lock=True)[wanted.sku]
    most = max(0, position.shelf - position.unavailable)
    if not 0 < wanted.units <= most:
        remedy = "Declare at most what lies on the shelf and is not declared yet; correct the count if more is gone."
        return Refusal("units_not_on_shelf", Kind.CONFLICT, {"units": wanted.units, "most": most}, remedy)
    _move(connection, cause, wanted, Delta(unavailable=wanted.units), MovementKind.DECLARED_UNAVAILABLE)
    row = note(connection, cause, Note(**asdict(wanted)))
    told = {"sku": wanted.sku, "units": wanted.units, "location_id": wanted.location_id}
    record(connection, cause, [_happening("UnitsDeclaredUnavailable", row, told)])
    _watch(connection, cause, wanted.expires_at)
    return row


def review(connection: Connection, cause: Cause, id: str, wanted: Review) -> Mapping[str, Any] | Refusal:
    """A person's decision. What is for sale again serves orders that wait."""
    d = t.declarations.c
    known = connection.execute(select(t.declarations).where(d.id == id).with_for_update()).mappings().first()
    if known is None:
        return unknown("declaration", id)
    row = dict(known)
    if row["version"] != wanted.version:
        return stale("declaration", row["version"])
    if row["state"] != "open":
        return Refusal("declaration_closed", Kind.CONFLICT, {"state": row["state"]}, "It was decided already.")
    if wanted.verdict is Verdict.EXTEND:
        if wanted.expires_at is not None and wanted.expires_at <= cause.received_at:
            return Refusal("expiry_past", params={"field": "expires_at"}, remedy="Give a moment still to come.")
        values: dict[str, Any] = {"expires_at": wanted.expires_at}
        _watch(connection, cause, wanted.expires_at)
    else:
        confirmed = wanted.verdict is Verdict.CONFIRM
        _settle(connection, cause, row, confirmed)
        values = {"state": "confirmed" if confirmed else "lifted"}
    values |= {"reviewed_at": cause.at, "reviewed_by": cause.user_id, "version": row["version"] + 1}
    connection.execute(update(t.declarations).where(d.id == id).values(values))
    record(connection, cause, [_happening("DeclarationReviewed", row, {"verdict": wanted.verdict.value})])
    if wanted.verdict is Verdict.CONFIRM:
        surplus.watch(connection, cause, [(row["location_id"], row["sku"])])
    if wanted.verdict is Verdict.LIFT:
        resourcing.serve_waiting(connection, cause, {row["sku"]})
    return {**row, **values}


def expire(connection: Connection, cause: Cause, limit: int = EXPIRED_AT_ONCE) -> int:
    """Declarations whose time is over are for sale again. How many; run it until it says 0. Safe to run twice."""
    d = t.declarations.c
    query = select(t.declarations).where(d.state == "open", d.expires_at <= cause.received_at)
    query = query.order_by(d.expires_at, d.id).limit(limit).with_for_update(skip_locked=True)
    rows = sorted(map(dict, connection.execute(query).mappings()), key=lambda row: (row["location_id"], row["sku"]))
    for row in rows:
        _settle(connection, cause, row, confirmed=False)
        values = {"state": "expired", "version": row["version"] + 1}
        connection.execute(update(t.declarations).where(d.id == row["id"]).values(values))
    record(connection, cause, [_happening("DeclarationExpired", row, {"units": row["units"]}) for row in rows])
    if rows:
        resourcing.serve_waiting(connection, cause, {row["sku"] for row in rows})
    return len(rows)


def _watch(connection: Connection, cause: Cause, expires_at: datetime | None) -> None:
    if expires_at is not None:
        schedule(connection, cause, [Job(EXPIRE, expires_at)])


def _settle(connection: Connection, cause: Cause, row: Mapping[str, Any], confirmed: bool) -> None:
    position = positions(connection, row["location_id"], [row["sku"]], lock=True)[row["sku"]]
    units = min(row["units"], position.unavailable)
    gone = min(units, position.shelf) if confirmed else 0
    kind = MovementKind.CORRECTION if confirmed else MovementKind.DECLARED_UNAVAILABLE
    declared = Declared(row["location_id"], row["sku"], units, row["reason"])
    _move(connection, cause, declared, Delta(on_hand=-gone, unavailable=-units), kind)


def _move(connection: Connection, cause: Cause, declared: Declared, delta: Delta, kind: MovementKind) -> None:
    movement = Movement(declared.location_id, declared.sku, kind.value, delta, declared.reason)
    move(connection, cause, [movement])


def _happening(name: str, row: Mapping[str, Any], more: Mapping[str, Any]) -> Happening:
    told = {"sku": row["sku"], "location_id": row["location_id"], **more}
    return Happening(name, "declaration", row["id"], data=told, reason=row["reason"])
