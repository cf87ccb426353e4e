"""A place that closes leaves the competition: what it was asked is withdrawn there, and others hold its units.

Closing itself plans one job for each open offer, so that a place with a thousand of them closes at once.
"""

from typing import Any

from sqlalchemy import Connection, exists, or_, select, update

from core.domain.lifecycle import OfferState
from core.service import claims, later, offer_holds, offers, order_state
from core.service.cause import Cause
from core.service.closed_times import closed_places
from core.service.events import Happening, record
from core.service.later import Job
from core.store import feed
from core.store import tables as t

LEAVE = "leave_offer"
REASON = "location_closed"


def close(connection: Connection, cause: Cause, location_id: str) -> int:
    """The place is not active, or in a closure: how many offers it will leave, each in a transaction of its own."""
    o, c = t.offers.c, t.offer_copies.c
    asked = exists().where(c.offer_id == o.id, c.location_id == location_id, c.answer == "")
    query = select(o.id).where(o.state == OfferState.OPEN.value, or_(asked, o.holder == location_id)).order_by(o.id)
    found = connection.execute(query).scalars().all()
    jobs = [Job(LEAVE, cause.received_at, offer_id, {"location_id": location_id}) for offer_id in found]
    later.schedule(connection, cause, jobs)
    return len(jobs)


def leave(connection: Connection, cause: Cause, offer_id: str, location_id: str) -> bool:
    """False: the offer is over, the place has answered, or it is open again; nothing is done."""
    offer = offers.load(connection, offer_id)
    if offer is None:
        return False
    order_state.load(connection, offer.order_id, lock=True)
    offer = offers.load(connection, offer_id)
    active = connection.execute(select(t.locations.c.active).where(t.locations.c.id == location_id)).scalar()
    works = active and location_id not in closed_places(connection, cause.received_at)
    if offer.state != OfferState.OPEN.value or works:
        return False
    c = t.offer_copies.c
    mine = select(c.id).where(c.offer_id == offer_id, c.location_id == location_id, c.answer == "")
    shown = connection.execute(mine).scalars().all()
    if not shown and offer.holder != location_id:
        return False
    values = {"answer": "withdrawn", "answered_at": cause.received_at, "reason": REASON}
    connection.execute(update(t.offer_copies).where(c.id.in_(shown)).values(values))
    feed.mark_each(connection, "offer", [(feed.store_part(location_id), id) for id in shown])
    told = {"number": offer.order_number, "location_id": location_id, "units": offer.units}
    changes = claims.answered(shown, OfferState.WITHDRAWN)
    record(connection, cause, [Happening("OfferLeft", "offer", offer_id, offer.order_id, told, REASON, changes)])
    _go_on(connection, cause, offer, location_id)
    return True


def _go_on(connection: Connection, cause: Cause, offer: Any, location_id: str) -> None:
    """The others have the rest of their time; where there are none, the next rule begins."""
    left = claims.still_asked(connection, offer.id)
    if offer.holder == location_id:
        offer_holds.shift(connection, cause, offer, left)
    if not left:
        offers.advance(connection, cause, offer.id, offer.step + 1)
