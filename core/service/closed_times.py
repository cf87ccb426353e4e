"""Which locations are closed besides their hours, and when: read by promises, offers and sourcing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from core.store import tables as t

Span = tuple[datetime, datetime]
_C = t.location_closures.c
_CLOSED = select(_C.location_id).where(_C.until_at > bindparam("at"), _C.from_at <= bindparam("at"))


def closed_places(connection: Connection, at: datetime) -> frozenset[str]:
    """Ids of locations that are in a closure at `at`."""
    return frozenset(connection.execute(_CLOSED, {"at": at}).scalars())


def spans_by_place(connection: Connection, since: datetime) -> Mapping[str, Sequence[Span]]:
    """Closures that are not over at `since`, by location."""
    c = t.location_closures.c
    query = select(c.location_id, c.from_at, c.until_at).where(c.until_at > since).order_by(c.from_at)
    found: dict[str, list[Span]] = {}
    for location_id, from_at, until_at in connection.execute(query):
        if from_at < until_at:
            found.setdefault(location_id, []).append((from_at, until_at))
    return found
