"""The story of an order for one of the stores that have to do with it: no more than its sentences need."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from string import Formatter
from typing import Any, Final

from sqlalchemy import Connection, select

from core.contract.story import Story, StoryLine, Subject
from core.contract.story_words import sentences
from core.service.events import Entry, timeline
from core.service.refusal import Refusal, unknown
from core.store import tables as t

MOST_LINES: Final = 300  # the newest


def tell(connection: Connection, location_id: str, kind: Subject, id: str, at: datetime) -> Story | Refusal:
    """`id`: of the store's own work, collection or copy of an offer; a Refusal where it is another store's."""
    order_id = _order_of(connection, location_id, kind, id)
    if order_id is None:
        return unknown(kind.value, id)
    told = [entry for entry in timeline(connection, order_id) if entry.code in _places()]
    return Story(at, tuple(_line(entry, location_id) for entry in told[-MOST_LINES:]))


def _order_of(connection: Connection, location_id: str, kind: Subject, id: str) -> str | None:
    if kind is Subject.OFFER:
        c, o = t.offer_copies.c, t.offers.c
        query = select(o.order_id).join_from(t.offer_copies, t.offers, o.id == c.offer_id)
        return connection.execute(query.where(c.id == id, c.location_id == location_id)).scalar()
    table = t.fulfilments if kind is Subject.FULFILMENT else t.collections
    query = select(table.c.order_id).where(table.c.id == id, table.c.location_id == location_id)
    return connection.execute(query).scalar()


def _line(entry: Entry, location_id: str) -> StoryLine:
    params = {name: str(entry.params[name]) for name in _places()[entry.code] if name in entry.params}
    who = entry.user if entry.location_id == location_id else ""
    return StoryLine(entry.id, entry.code, entry.at, params, who, entry.location, entry.reason, entry.command_id)


@lru_cache
def _places() -> Mapping[str, tuple[str, ...]]:
    """Names in each sentence, by code."""
    found: dict[str, Any] = sentences(lambda text: text)
    return {code: tuple(name for _, name, _, _ in Formatter().parse(text) if name) for code, text in found.items()}
