"""The story of an order read back: the changes of state that its events tell, and what really is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from core.domain.lifecycle import (
    FULFILMENT,
    LINE,
    OFFER,
    ORDER,
    PARCEL,
    FulfilmentState,
    LineState,
    OfferState,
    OrderState,
    ParcelState,
    reachable,
)
from core.domain.transitions import line_states
from core.service import fulfilments
from core.service.events import Entry, timeline
from core.store import render
from core.store import tables as t
from core.store.database import Database
from core.store.feed import store_part

State = Mapping[tuple[str, str], str]
TABLES: Mapping[str, tuple[Any, Any]] = {
    "order": (ORDER, OrderState),
    "fulfilment": (FULFILMENT, FulfilmentState),
    "line": (LINE, LineState),
    "parcel": (PARCEL, ParcelState),
    "offer": (OFFER, OfferState),
    "offer_copy": (OFFER, OfferState),
}


def check_story(database: Database, order_id: str) -> list[Entry]:
    """Every change is told once, leads on from the one before it, is one of the table's, and none is missing."""
    with database.read() as connection:
        story, real = timeline(connection, order_id), _real(connection, order_id)
    told: dict[tuple[str, str], str] = {}
    for entry in story:
        for one in entry.params.get("transitions", ()):
            key = (one["kind"], one["id"])
            # Lines and offers are open when they are made; what makes them is told by another event.
            known = told.get(key, "open" if one["kind"] in ("line", "offer", "offer_copy") else "")
            assert known == one["before"], (entry.code, one)
            _check_arrow(one)
            told[key] = one["after"]
    open_ones = {key: state for key, state in real.items() if state == "open" and key not in told}
    assert {**open_ones, **told} == real
    return story


def _check_arrow(one: Mapping[str, str]) -> None:
    table, states = TABLES[one["kind"]]
    if one["before"]:
        assert states(one["after"]) in reachable(table, states(one["before"])), one


def _real(connection: Connection, order_id: str) -> State:
    order = connection.execute(select(t.orders.c.state).where(t.orders.c.id == order_id)).scalar_one()
    found = {("order", order_id): order}
    for work in fulfilments.load_of_order(connection, order_id):
        found["fulfilment", work.id] = work.state.value
        found |= {("line", id): state.value for id, state in line_states(work).items()}
        found |= {("parcel", parcel.id): parcel.state.value for parcel in work.parcels}
    offer, copy = t.offers.c, t.offer_copies.c
    for row in connection.execute(select(offer.id, offer.state).where(offer.order_id == order_id)):
        found["offer", row.id] = row.state
    shown = select(copy.id, copy.location_id).join_from(t.offer_copies, t.offers, offer.id == copy.offer_id)
    for row in connection.execute(shown.where(offer.order_id == order_id)):
        body = render.bodies(connection, "offer", store_part(row.location_id), [row.id])[row.id]
        found["offer_copy", row.id] = body.state.value
    return found
