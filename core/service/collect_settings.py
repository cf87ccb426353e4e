"""How a division hands over: kept with it, validated when it is written, and on its stores' tablets by sync."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from core.domain.collect_terms import TermsInvalid, resolve
from core.service.refusal import Refusal, stale, unknown
from core.store import feed
from core.store import tables as t

_D = t.divisions.c


def read(connection: Connection, division_id: str) -> tuple[Mapping[str, Any], int] | Refusal:
    """(what differs from the built-in terms, version of the division)."""
    row = connection.execute(select(_D.collect, _D.version).where(_D.id == division_id)).first()
    return unknown("division", division_id) if row is None else (row.collect, row.version)


def put(connection: Connection, division_id: str, version: int, settings: Mapping[str, Any]) -> Refusal | None:
    """Replaces them. Dates that customers were told stay as they are."""
    if (refused := invalid(settings)) is not None:
        return refused
    query = update(t.divisions).where(_D.id == division_id, _D.version == version)
    if connection.execute(query.values(collect=dict(settings), version=version + 1)).rowcount == 1:
        feed.mark(connection, feed.ORG, "division", division_id)
        return None
    known = read(connection, division_id)
    return known if isinstance(known, Refusal) else stale("division", known[1])


def invalid(settings: Mapping[str, Any]) -> Refusal | None:
    try:
        resolve(settings)
    except TermsInvalid as fault:
        params = {"field": fault.field, "value": fault.value, "expected": fault.expected}
        return Refusal(fault.code, params=params, remedy=str(fault))
    return None
