"""Claims: an offer goes to exactly one store, because one conditional update decides.

The winner's stock and work are made in the same transaction: a store that hears "yours" has the order on its list. The
order is locked before the offer, here and wherever else both change, so that no two transactions wait in a ring.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from core.domain.lifecycle import OfferState
from core.domain.offer_answers import OfferClaimed, OfferExpired, OfferStockGone, OfferTaken, OfferUnknown
from core.domain.sourcing import Assignment
from core.domain.transitions import Transition
from core.service import allocation, later, offer_holds, order_state
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job
from core.service.order_state import OrderParts
from core.store import feed
from core.store import tables as t

TIMEOUT = "offer_timeout"
FORGET = "forget_offer"
STOCK_GONE = "stock_gone"  # why a store that claimed did not get it: its units were sold in the meantime
SHOWN_FOR = timedelta(days=1)  # a store still sees what became of an offer


@dataclass(frozen=True, slots=True)
class Claimer:
    """`user_id` "": the core claims for the store."""

    location_id: str
    user_id: str


ClaimOutcome = OfferClaimed | OfferTaken | OfferExpired | OfferUnknown | OfferStockGone

_WINNER = t.locations.alias("winner")
_OFFER, _COPY = t.offers.c, t.offer_copies.c
_SEEN = (
    select(
        _OFFER.id, _OFFER.order_id, _OFFER.order_number, _OFFER.division_id, _OFFER.state, _OFFER.expires_at,
        _OFFER.lines, _OFFER.units, _OFFER.holder, _OFFER.refused, _OFFER.fulfilment_id, _COPY.id.label("copy_id"),
        _COPY.location_id, _COPY.answer, _WINNER.c.name.label("winner_name"),
    )
    .join_from(t.offer_copies, t.offers, _OFFER.id == _COPY.offer_id)
    .join(_WINNER, _WINNER.c.id == _OFFER.winner, isouter=True)
)  # fmt: skip


def seen(connection: Connection, copy_id: str, location_id: str) -> Any:
    """The offer as this store sees it; None where it was never offered it."""
    return connection.execute(_SEEN_HERE, {"copy_id": copy_id, "location_id": location_id}).first()


_SEEN_HERE = _SEEN.where(_COPY.id == bindparam("copy_id"), _COPY.location_id == bindparam("location_id"))
# Only what `refusal_of` asks for.
_STANDING = (
    select(
        _COPY.id.label("copy_id"), _COPY.location_id, _COPY.answer, _OFFER.id, _OFFER.state, _OFFER.expires_at,
        _WINNER.c.name.label("winner_name"),
    )
    .join_from(t.offer_copies, t.offers, _OFFER.id == _COPY.offer_id)
    .join(_WINNER, _WINNER.c.id == _OFFER.winner, isouter=True)
    .where(_COPY.id.in_(bindparam("copy_ids", expanding=True)))
)  # fmt: skip


def standing(connection: Connection, copy_ids: Iterable[str]) -> dict[str, Any]:
    """How the offers stand, by id of the copy, whose ever it is: for `refusal_of`."""
    rows = connection.execute(_STANDING, {"copy_ids": list(copy_ids)})
    return {row.copy_id: row for row in rows}


def refusal_of(offer: Any, at: datetime) -> OfferTaken | OfferExpired | None:
    """Why nobody can answer it any more."""
    if offer.state == OfferState.TAKEN.value and offer.winner_name is not None:
        return OfferTaken(offer.winner_name)
    closed = offer.state != OfferState.OPEN.value or offer.expires_at <= at or offer.answer not in ("", "declined")
    return OfferExpired() if closed else None


def claim(connection: Connection, copy_id: str, claimer: Claimer, cause: Cause) -> ClaimOutcome:
    """For a store, by the id of its copy of the offer, at the core's time."""
    offer = seen(connection, copy_id, claimer.location_id)
    if offer is None:
        return OfferUnknown()
    # Most claims are too late: they read one row and lock nothing.
    if refused := refusal_of(offer, cause.received_at):
        return refused
    parts = order_state.load(connection, offer.order_id, lock=True)
    outcome = award(connection, cause, offer, claimer, parts)
    if outcome is not None:
        return outcome
    offer = seen(connection, copy_id, claimer.location_id)
    return refusal_of(offer, cause.received_at) or OfferExpired()


def award(
    connection: Connection, cause: Cause, offer: Any, claimer: Claimer, parts: OrderParts | None
) -> OfferClaimed | OfferStockGone | None:
    """Under the lock of the order. None: somebody was faster. The core itself may claim when the time is over."""
    o, at = t.offers.c, cause.received_at
    take = update(t.offers).where(o.id == offer.id, o.state == OfferState.OPEN.value)
    if claimer.user_id:
        take = take.where(o.expires_at > at)
    savepoint = connection.begin_nested()
    won = {"state": OfferState.TAKEN.value, "winner": claimer.location_id, "taken_at": at, "taken_by": claimer.user_id}
    if connection.execute(take.values(won | {"closed_at": at})).rowcount != 1:
        savepoint.rollback()
        return None
    holder = offer_holds.holder_now(connection, offer.id)
    if offer.lines and holder != claimer.location_id:
        shortage = offer_holds.hold_at(connection, cause, offer, claimer.location_id)
        if shortage is not None:
            savepoint.rollback()
            return _stock_gone(connection, cause, offer, shortage.lacking[0][1])
        offer_holds.let_go(connection, cause, offer, holder)
    elif offer.lines and (sku := offer_holds.gone(connection, offer, holder)):
        savepoint.rollback()
        outcome = _stock_gone(connection, cause, offer, sku)
        offer_holds.shift(connection, cause, offer, still_asked(connection, offer.id))
        return outcome
    savepoint.commit()
    _won(connection, cause, offer, claimer, parts)
    return OfferClaimed()


def _won(connection: Connection, cause: Cause, offer: Any, claimer: Claimer, parts: OrderParts | None) -> None:
    c, at = t.offer_copies.c, cause.received_at
    mine = update(t.offer_copies).where(c.id == offer.copy_id)
    connection.execute(mine.values(answer="won", answered_at=at, answered_by=claimer.user_id))
    lost = answer_open(connection, offer.id, "lost", at)
    mine_now = Transition("offer_copy", offer.copy_id, offer.answer or OfferState.OPEN.value, OfferState.TAKEN.value)
    changes = [ended(offer.id, OfferState.TAKEN), mine_now, *answered(lost, OfferState.TAKEN)]
    told = {"number": offer.order_number, "location_id": claimer.location_id, "units": offer.units}
    fulfilment_id = ""
    if parts is not None and offer.lines:
        give = [Assignment(claimer.location_id, line["order_line_id"], line["units"]) for line in offer.lines]
        (made,) = allocation.give(connection, cause, parts, give)
        fulfilment_id = made.id
        values = {"fulfilment_id": made.id, "holder": ""}
        connection.execute(update(t.offers).where(t.offers.c.id == offer.id).values(values))
    told |= {"fulfilment_id": fulfilment_id, "automatic": int(not claimer.user_id)}
    record(connection, cause, [Happening("OfferClaimed", "offer", offer.id, offer.order_id, told, "", changes)])
    close(connection, cause, offer.id)
    if parts is not None:
        order_state.refresh(connection, cause, offer.order_id)


def _stock_gone(connection: Connection, cause: Cause, offer: Any, sku: str) -> OfferStockGone:
    """The store is as if it had said no; the others may still claim."""
    answer_copy(connection, cause, offer, "declined", STOCK_GONE)
    if not offer.answer:
        told = {"number": offer.order_number, "location_id": offer.location_id, "units": offer.units, "sku": sku}
        change = answered([offer.copy_id], OfferState.DECLINED)
        left = Happening("OfferDeclined", "offer", offer.id, offer.order_id, told, STOCK_GONE, change)
        record(connection, cause, [left])
    return OfferStockGone(sku)


def still_asked(connection: Connection, offer_id: str) -> list[str]:
    """Best first."""
    c = t.offer_copies.c
    query = select(c.location_id).where(c.offer_id == offer_id, c.answer == "").order_by(c.step.desc(), c.rank)
    return list(connection.execute(query).scalars())


def answer_copy(connection: Connection, cause: Cause, offer: Any, answer: str, reason: str) -> None:
    """What one store said; it hears that it was heard."""
    values = {"answer": answer, "answered_at": cause.received_at, "answered_by": cause.user_id, "reason": reason}
    connection.execute(update(t.offer_copies).where(t.offer_copies.c.id == offer.copy_id).values(values))
    feed.mark(connection, feed.store_part(offer.location_id), "offer", offer.copy_id)


def answer_open(connection: Connection, offer_id: str, answer: str, at: datetime) -> list[str]:
    """For every store that has not said anything: the ids of their copies."""
    c = t.offer_copies.c
    query = update(t.offer_copies).where(c.offer_id == offer_id, c.answer == "").returning(c.id)
    return sorted(connection.execute(query.values(answer=answer, answered_at=at)).scalars())


def ended(offer_id: str, state: OfferState) -> Transition:
    """An open offer is over."""
    return Transition("offer", offer_id, OfferState.OPEN.value, state.value)


def answered(copy_ids: Iterable[str], state: OfferState) -> list[Transition]:
    """Copies that were open, as their stores see them now."""
    return [Transition("offer_copy", id, OfferState.OPEN.value, state.value) for id in copy_ids]


def close(connection: Connection, cause: Cause, offer_id: str) -> None:
    """Nobody can claim it any more: every store hears it, and a day later forgets it."""
    mark_copies(connection, offer_id)
    later.call_off(connection, TIMEOUT, offer_id, cause.received_at)
    later.schedule(connection, cause, [Job(FORGET, cause.received_at + SHOWN_FOR, offer_id)])


def mark_copies(connection: Connection, offer_id: str) -> None:
    """Every store that sees the offer hears of its change."""
    copies = t.offer_copies.c
    query = select(copies.location_id, copies.id).where(copies.offer_id == offer_id).order_by(copies.location_id)
    shown = [(feed.store_part(location_id), id) for location_id, id in connection.execute(query)]
    feed.mark_each(connection, "offer", shown)


def forget_copies(connection: Connection, offer_id: str) -> None:
    """The stores that did not get it need it no longer; the winner's stays, so that it can give the order back."""
    copies = t.offer_copies.c
    query = select(copies.location_id, copies.id).where(copies.offer_id == offer_id, copies.answer != "won")
    gone = [(feed.store_part(location_id), id) for location_id, id in connection.execute(query)]
    feed.mark_each(connection, "offer", gone, deleted=True)
