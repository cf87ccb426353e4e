"""Versions of rules, of sourcing and of allocation: drafted, published now or at a date, rolled back; never changed.

A division without own rules follows those of the account. An account without any sources by the built-in rules, and
offers nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from core.domain import offering, ruleset_document
from core.domain.offering import OfferSettings, SettingsInvalid
from core.domain.ruleset import DEFAULT, Ruleset
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t
from core.store.database import seen_in

SOURCING, ALLOCATION = "sourcing", "allocation"
DRAFT, PUBLISHED = "draft", "published"
SEEN_RULES: Final = "live rules"
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Draft:
    """`division_id` "": for the whole account. `based_on`: the version it was made from."""

    division_id: str
    name: str
    body: Mapping[str, Any]
    note: str = ""
    based_on: str = ""
    kind: str = SOURCING


@dataclass(frozen=True, slots=True)
class _Mistake:
    place: str
    code: str
    value: str


def draft(connection: Connection, cause: Cause, wanted: Draft) -> Mapping[str, Any] | Refusal:
    """A new version; 422 `ruleset_invalid` names the first mistake and its place. Returns its row."""
    if wanted.division_id and _division(connection, wanted.division_id) is None:
        return unknown("division", wanted.division_id)
    if wanted.based_on and row_of(connection, wanted.based_on, wanted.kind) is None:
        return unknown("ruleset", wanted.based_on)
    if not 0 < len(wanted.name) <= LONGEST_NAME:
        return Refusal("name_out_of_range", params={"most": LONGEST_NAME})
    body = _READERS[wanted.kind](wanted.body)
    if not isinstance(body, Mapping):
        return _invalid(body)
    r = t.rulesets.c
    same = r.division_id == wanted.division_id if wanted.division_id else r.division_id.is_(None)
    last = connection.execute(select(func.max(r.number)).where(r.kind == wanted.kind, same)).scalar()
    row: dict[str, Any] = {
        "id": cause.new_id(),
        "division_id": wanted.division_id or None,
        "kind": wanted.kind,
        "number": (last or 0) + 1,
        "state": DRAFT,
        "body": dict(body),
        "created_at": cause.received_at,
        "published_at": None,
        "name": wanted.name,
        "note": wanted.note,
        "created_by": cause.user_id,
        "based_on": wanted.based_on,
    }
    connection.execute(insert(t.rulesets), [row])
    told = {"number": row["number"], "name": wanted.name, "kind": wanted.kind}
    _tell(connection, cause, "RulesetDrafted", row["id"], told)
    return row


def _read_sourcing(body: Mapping[str, Any]) -> Mapping[str, Any] | Sequence[Any]:
    """As it is kept, or the mistakes."""
    made = ruleset_document.read(body)
    return ruleset_document.write(made) if isinstance(made, Ruleset) else made


def _read_allocation(body: Mapping[str, Any]) -> Mapping[str, Any] | Sequence[Any]:
    """Kept as it was written: what is left out has the default of the core that reads it."""
    try:
        offering.read_settings(body)
    except SettingsInvalid as fault:
        return [_Mistake(fault.field, "out_of_range", fault.value)]
    return body


_READERS = {SOURCING: _read_sourcing, ALLOCATION: _read_allocation}
KINDS: Final = tuple(_READERS)


def _invalid(mistakes: Sequence[Any]) -> Refusal:
    first = mistakes[0]
    params: dict[str, str | int] = {
        "place": first.place,
        "mistake": first.code,
        "value": first.value,
        "mistakes": len(mistakes),
    }
    remedy = "; ".join(f"{one.place}: {one.code} {one.value}".strip() for one in mistakes[:10])
    return Refusal("ruleset_invalid", params=params, remedy=remedy)


def publish(
    connection: Connection, cause: Cause, ruleset_id: str, from_at: datetime | None = None
) -> Mapping[str, Any] | Refusal:
    """From `from_at` on, or from now. Returns the publication."""
    row = connection.execute(select(t.rulesets).where(t.rulesets.c.id == ruleset_id)).first()
    if row is None:
        return unknown("ruleset", ruleset_id)
    if from_at is not None and from_at < cause.received_at:
        return Refusal("publication_in_the_past", params={"from_at": from_at.isoformat()}, remedy="Leave it out: now.")
    made = _put(connection, cause, (row.kind, row.division_id), ruleset_id, from_at or cause.received_at)
    if row.state == DRAFT:
        change = update(t.rulesets).where(t.rulesets.c.id == ruleset_id)
        connection.execute(change.values(state=PUBLISHED, published_at=made["from_at"]))
    told = {"number": row.number, "name": row.name, "from_at": made["from_at"].isoformat(), "kind": row.kind}
    _tell(connection, cause, "RulesetPublished", ruleset_id, told)
    return made


def roll_back(
    connection: Connection, cause: Cause, division_id: str, kind: str = SOURCING
) -> Mapping[str, Any] | Refusal:
    """What was live before decides again, from now on; what is scheduled is withdrawn. Returns the publication."""
    if division_id and _division(connection, division_id) is None:
        return unknown("division", division_id)
    of = (kind, division_id or None)
    begun = _publications(connection, of, cause.received_at)
    if not begun:
        return Refusal("nothing_to_roll_back", Kind.CONFLICT, remedy="No version of this division is live.")
    p = t.publications.c
    later = (p.from_at > cause.received_at) & p.withdrawn_at.is_(None) & _of(of)
    seen_in(connection).pop(SEEN_RULES, None)
    connection.execute(update(t.publications).where(later).values(withdrawn_at=cause.received_at))
    live = begun[0].ruleset_id
    before = next((one.ruleset_id for one in begun if one.ruleset_id != live), None)
    made = _put(connection, cause, of, before, cause.received_at)
    told = {"to": before or "", "division_id": division_id, "kind": kind}
    _tell(connection, cause, "RulesetRolledBack", live or "", told)
    return made


def withdraw(connection: Connection, cause: Cause, publication_id: str) -> Mapping[str, Any] | Refusal:
    """Takes back what has not begun. Returns the publication."""
    row = connection.execute(select(t.publications).where(t.publications.c.id == publication_id)).first()
    if row is None:
        return unknown("publication", publication_id)
    if row.from_at <= cause.received_at or row.withdrawn_at is not None:
        return Refusal("publication_begun", Kind.CONFLICT, remedy="It decides already: publish another, or roll back.")
    seen_in(connection).pop(SEEN_RULES, None)
    change = update(t.publications).where(t.publications.c.id == publication_id)
    connection.execute(change.values(withdrawn_at=cause.received_at))
    _tell(connection, cause, "RulesetWithdrawn", row.ruleset_id or "", {"from_at": row.from_at.isoformat()})
    return {**row._asdict(), "withdrawn_at": cause.received_at}


_P, _R = t.publications.c, t.rulesets.c
_LIVE: Final = (
    select(_P.ruleset_id, _R.body)
    .join_from(t.publications, t.rulesets, _R.id == _P.ruleset_id, isouter=True)
    .where(_P.kind == bindparam("kind"), _P.from_at <= bindparam("at"), _P.withdrawn_at.is_(None))
    .where(or_(_P.division_id == bindparam("division_id"), _P.division_id.is_(None)))
    .order_by(_P.division_id.is_(None), _P.from_at.desc(), _P.number.desc())
    .limit(1)
)


def live(connection: Connection, division_id: str, at: datetime) -> tuple[Ruleset, str]:
    """The sourcing rules that decide for a division at this moment, and their id ("" for the built-in ones)."""
    row = _live(connection, SOURCING, division_id, at)
    return (DEFAULT, "") if row is None else (parsed(row.body), row.ruleset_id)


def live_allocation(connection: Connection, division_id: str, at: datetime) -> tuple[OfferSettings, str] | None:
    """The rules of competition at this moment, and their id. None: nothing is offered."""
    row = _live(connection, ALLOCATION, division_id, at)
    return None if row is None else (offering.read_settings(row.body), row.ruleset_id)


def live_body(connection: Connection, kind: str, division_id: str, at: datetime) -> tuple[Mapping[str, Any], str]:
    """As people read it. ({}, ""): nothing is offered."""
    if kind == SOURCING:
        ruleset, id = live(connection, division_id, at)
        return ruleset_document.write(ruleset), id
    row = _live(connection, kind, division_id, at)
    return ({}, "") if row is None else (row.body, row.ruleset_id)


def _live(connection: Connection, kind: str, division_id: str, at: datetime) -> Any:
    """None also where a division went back to having no rules."""
    known = seen_in(connection).setdefault(SEEN_RULES, {})
    asked = (kind, division_id, at)
    if asked not in known:
        known[asked] = connection.execute(_LIVE, {"kind": kind, "division_id": division_id, "at": at}).first()
    row = known[asked]
    return None if row is None or row.ruleset_id is None else row


def version(connection: Connection, ruleset_id: str) -> Ruleset | None:
    """A version of the sourcing rules by its id; "" is the built-in one."""
    if not ruleset_id:
        return DEFAULT
    row = row_of(connection, ruleset_id)
    return None if row is None else parsed(row.body)


def row_of(connection: Connection, ruleset_id: str, kind: str = SOURCING) -> Any:
    r = t.rulesets.c
    return connection.execute(select(t.rulesets).where(r.id == ruleset_id, r.kind == kind)).first()


def parsed(body: Mapping[str, Any]) -> Ruleset:
    """Of a version that was valid when it was drafted; ValueError where this core cannot read it."""
    return _parsed(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=256)
def _parsed(body: bytes) -> Ruleset:
    made = ruleset_document.read(orjson.loads(body))
    if not isinstance(made, Ruleset):
        raise ValueError(f"a ruleset cannot be read: {made}")
    return made


def _put(
    connection: Connection, cause: Cause, of: tuple[str, str | None], ruleset_id: str | None, from_at: datetime
) -> dict[str, Any]:
    """`of`: kind, and division or None for the account."""
    p = t.publications.c
    last = connection.execute(select(func.max(p.number)).where(_of(of))).scalar()
    row = {
        "id": cause.new_id(),
        "kind": of[0],
        "division_id": of[1],
        "ruleset_id": ruleset_id,
        "number": (last or 0) + 1,
        "from_at": from_at,
        "created_at": cause.received_at,
        "created_by": cause.user_id,
        "withdrawn_at": None,
    }
    seen_in(connection).pop(SEEN_RULES, None)
    connection.execute(insert(t.publications), [row])
    return row


def _publications(connection: Connection, of: tuple[str, str | None], at: datetime) -> list[Any]:
    """Those that have begun, the live one first."""
    p = t.publications.c
    query = select(t.publications).where(p.from_at <= at, p.withdrawn_at.is_(None), _of(of))
    return list(connection.execute(query.order_by(p.from_at.desc(), p.number.desc())))


def _of(of: tuple[str, str | None]) -> Any:
    kind, division_id = of
    p = t.publications.c
    return and_(p.kind == kind, p.division_id.is_(None) if division_id is None else p.division_id == division_id)


def _division(connection: Connection, division_id: str) -> Any:
    return connection.execute(select(t.divisions.c.id).where(t.divisions.c.id == division_id)).first()


def _tell(connection: Connection, cause: Cause, name: str, ruleset_id: str, data: Mapping[str, Any]) -> None:
    record(connection, cause, [Happening(name, "ruleset", ruleset_id, data=data)])
