"""A customer says "I'm here", with the pick-up code alone: the store's tablets show who waits, and where."""

from dataclasses import replace

from sqlalchemy import Connection, select

from core.domain import collecting
from core.domain.lifecycle import CollectionState
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal
from core.store import documents
from core.store import tables as t
from core.store.collections import load_collections

UNKNOWN = Refusal("pick_up_code_unknown", Kind.UNKNOWN, remedy="Check the code in the message, or ask at the desk.")


def note(connection: Connection, cause: Cause, code: str, where: str) -> bool | Refusal:
    """Whether it lies ready. Said again it changes the place and not the time."""
    c = t.collections.c
    open_ = (CollectionState.EXPECTED, CollectionState.ARRIVED, CollectionState.READY)
    ids = connection.execute(select(c.id).where(c.pick_up_code == code, c.state.in_(open_))).scalars().all()
    known = load_collections(connection, ids, lock=True)
    if not known:
        return UNKNOWN
    for before in known.values():
        after, outcome = collecting.note_customer(before, where, cause.received_at)
        if after == before:
            continue
        documents.save(connection, before, after)
        told = {"collection_id": after.id, "number": after.number, "short_id": after.short_id, "where": where}
        mine = replace(cause, location_id=after.location_id)
        told |= {"outcome": outcome.code}
        record(connection, mine, [Happening("CustomerIsHere", "collection", after.id, after.order_id, told)])
    return any(one.state is CollectionState.READY for one in known.values())
