"""A store says: no more offers today. It is asked nothing new until its own midnight, or until it says otherwise."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from core.domain.calendar import local_day, moment
from core.domain.offer_answers import OffersPaused, OffersResumed
from core.service.cause import Cause
from core.service.events import Happening, record
from core.store import feed
from core.store import tables as t


def pause(connection: Connection, cause: Cause, paused: bool) -> OffersPaused | OffersResumed:
    """What was said later counts, however late the other comes. What the store was offered before stays."""
    place = t.locations.c
    zone = connection.execute(select(place.timezone).where(place.id == cause.location_id)).scalar_one()
    until = midnight_after(cause.at, zone) if paused else None
    newer = update(t.locations).where(
        place.id == cause.location_id, or_(place.offers_said_at.is_(None), place.offers_said_at <= cause.at)
    )
    if connection.execute(newer.values(offers_paused_until=until, offers_said_at=cause.at)).rowcount:
        feed.mark(connection, feed.store_part(cause.location_id), "location", cause.location_id)
        name, data = ("OffersPaused", {"until": until.isoformat()}) if until else ("OffersResumed", {})
        record(connection, cause, [Happening(name, "location", cause.location_id, data=data)])
    return OffersPaused() if paused else OffersResumed()


def midnight_after(at: datetime, zone: str) -> datetime:
    """When the day is over there, in UTC."""
    return moment(zone, local_day(zone, at) + timedelta(days=1), 0)
