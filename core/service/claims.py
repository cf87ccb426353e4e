"""Claims: an offer goes to exactly one store, because one conditional update decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, select, update

from core.contract.offers import OfferState
from core.domain.outcome import Outcome, Verdict
from core.store import feed
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class OfferClaimed(Outcome):
    code: ClassVar[str] = "offer_claimed"


@dataclass(frozen=True, slots=True)
class OfferTaken(Outcome):
    """`taken_by`: name of the store that was first."""

    code: ClassVar[str] = "taken_by"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    taken_by: str


@dataclass(frozen=True, slots=True)
class OfferExpired(Outcome):
    code: ClassVar[str] = "offer_expired"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class OfferUnknown(Outcome):
    """This store was never offered it."""

    code: ClassVar[str] = "offer_unknown"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class Claimer:
    location_id: str
    user_id: str


ClaimOutcome = OfferClaimed | OfferTaken | OfferExpired | OfferUnknown


def claim(connection: Connection, copy_id: str, claimer: Claimer, at: datetime) -> ClaimOutcome:
    """For a store, by the id of its copy of the offer, at the core's time."""
    copies, o = t.offer_copies.c, t.offers.c
    own = select(copies.offer_id).where(copies.id == copy_id, copies.location_id == claimer.location_id)
    offer_id = connection.execute(own).scalar_one_or_none()
    if offer_id is None:
        return OfferUnknown()
    take = (
        update(t.offers)
        .where(o.id == offer_id, o.state == OfferState.OPEN.value, o.expires_at > at)
        .values(state=OfferState.TAKEN.value, winner=claimer.location_id, taken_at=at, taken_by=claimer.user_id)
    )
    if connection.execute(take).rowcount == 1:
        mark_copies(connection, offer_id)
        return OfferClaimed()
    winner = select(t.locations.c.name).join_from(t.offers, t.locations, t.locations.c.id == o.winner)
    name = connection.execute(winner.where(o.id == offer_id)).scalar_one_or_none()
    return OfferTaken(name) if name is not None else OfferExpired()


def mark_copies(connection: Connection, offer_id: str) -> None:
    """Every store that sees the offer hears of its change."""
    copies = t.offer_copies.c
    query = select(copies.location_id, copies.id).where(copies.offer_id == offer_id).order_by(copies.location_id)
    for location_id, id in connection.execute(query).all():
        feed.mark(connection, feed.store_part(location_id), "offer", id)
