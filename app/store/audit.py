"""Once a day this device asks what a part of its rows says in the core, and compares what lies here.

Where it says something else, the next pull asks for these rows again, as for rows whose sum is another one
(`app.store.sums`): it claims to hold nothing of their ranges. That and the day stand beside the sum of the group.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from app.store.codec import WORK, decode
from app.store.sealer import Sealer
from app.store.sums import SCHEMAS, rows_of
from core.contract import audits
from core.contract.cache_files import VARIANT_COLUMNS
from core.contract.reference import Position, Variant
from core.contract.sync import Group, PullRequest, VerdictDocument

# Otherwise the columns are the fields, in their order.
_VER, _GTINS = (VARIANT_COLUMNS.split(", ").index(name) for name in ("ver", "gtins"))
NOTHING: Final = (0, 1)  # no rows have this sum


@dataclass(frozen=True, slots=True)
class State:
    """`day`: ISO date of the last answer, "" for none. `differs`: the slice that says something else here."""

    day: str = ""
    differs: int | None = None


def state_of(raw: sqlite3.Connection, group: Group) -> State:
    row = raw.execute(f"SELECT checked_at, rows FROM {SCHEMAS[group]}.sync_check WHERE grp = ?", (_name(group),))
    return State(*(row.fetchone() or ()))


def asked(raw: sqlite3.Connection, sealer: Sealer | None, request: PullRequest) -> PullRequest:
    """The request, with the slice that it is time to compare, or that has to be seen to."""
    group, state = request.group, state_of(raw, request.group)
    if sealer is not None and not sealer.fingerprint:
        return request  # what is sealed here cannot be read, nor compared
    if state.differs is not None and request.doubt:
        have = tuple(
            NOTHING if place in audits.ranges_of(state.differs) else one for place, one in enumerate(request.have)
        )
        return replace(request, have=have, audit=state.differs, form=audits.form_of(group))
    day = _day(raw, group)
    if request.doubt or request.cursor is None or day in ("", state.day):
        return request
    return replace(request, audit=audits.place_on(date.fromisoformat(day)), form=audits.form_of(group))


def settle(raw: sqlite3.Connection, sealer: Sealer | None, request: PullRequest, digest: str) -> bool:
    """After a merge, before its cursor is kept: whether the slice says here what the core says.

    `digest`: "" for not told.
    """
    if request.audit is None or not digest:
        return True
    rows = _rows(raw, request.group, request.audit)
    opened = ((entity, id, ver, _opened(sealer, entity, body)) for entity, id, ver, body in rows)
    equal = audits.digest(opened) == digest
    raw.execute(
        f"INSERT OR REPLACE INTO {SCHEMAS[request.group]}.sync_check VALUES (?, ?, NULL, 0, ?, '')",
        (_name(request.group), None if equal else request.audit, _day(raw, request.group)),
    )
    return equal


def _day(raw: sqlite3.Connection, group: Group) -> str:
    """Of the pull before, as ISO date: the first pull of a morning, which all make at once, is mostly no audit."""
    row = raw.execute(f"SELECT pulled_at FROM {SCHEMAS[group]}.sync_cursor WHERE grp = ?", (group.value,)).fetchone()
    return str(row[0])[:10] if row else ""


def _name(group: Group) -> str:
    return f"{group.value} audit"


def _rows(raw: sqlite3.Connection, group: Group, place: int) -> Iterator[tuple[str, str, int, Any]]:
    """(entity, id, version, body as its dataclass) as it lies here."""
    for entity, id, ver in list(rows_of(raw, group)):
        if audits.is_in(place, entity, id):
            yield entity, id, ver, _READ[group](raw, entity, id)


def _document(raw: sqlite3.Connection, entity: str, id: str) -> Any:
    query = "SELECT body FROM main.document WHERE entity = ? AND id = ?"
    body = raw.execute(query, (entity, id)).fetchone()[0]
    return body if entity in WORK else decode(entity, body)


def _position(raw: sqlite3.Connection, _entity: str, sku: str) -> Position:
    columns = "sku, on_hand, reserved, picked, unavailable, safety, zone, place"
    return Position(*raw.execute(f"SELECT {columns} FROM stock.position WHERE sku = ?", (sku,)).fetchone())


def _variant(raw: sqlite3.Connection, _entity: str, sku: str) -> Variant:
    row = raw.execute(f"SELECT {VARIANT_COLUMNS} FROM catalogue.variant WHERE sku = ?", (sku,)).fetchone()
    values = list(row)
    values[_GTINS] = tuple(values[_GTINS].split())
    del values[_VER]
    return Variant(*values)


_READ: Final = {Group.MAIN: _document, Group.STOCK: _position, Group.CATALOGUE: _variant}


def _opened(sealer: Sealer | None, entity: str, body: Any) -> Any:
    """As the core told it."""
    if entity in WORK:
        return sealer.open(entity, body) if sealer else decode(entity, body)
    if sealer and isinstance(body, VerdictDocument):
        return replace(body, params=sealer.texts.open_params(body.params))
    return body
