"""Offers of every kind for the store of `store_world`; what tests name is below."""

from dataclasses import replace
from datetime import timedelta

from core.contract.offers import Offer, OfferLine, OfferState
from core.contract.reference import Reason, StockEffect, StockTarget
from tests.support.store_world import NOW, STORE_ID

MANAGER = "bruno"
REASONS = (
    Reason("busy", "decline", {"en": "Too much to do", "fr": "Trop de travail"}, position=1),
    Reason("empty", "decline", {"en": "Shelf is empty", "fr": "Rayon vide"}, StockEffect.ZERO, StockTarget.ATP),
    Reason("mistake", "release", {"en": "Claimed by mistake", "fr": "Prise par erreur"}),
)
SHIRT = OfferLine("AL-1001", 1, "Linen shirt Camille", "Ecru", "M")
BOOTS = OfferLine("AL-1004", 2, "Suede boots Arras", "Cognac", "39")


def offer(id: str, minutes: int, *lines: OfferLine, **changes: object) -> Offer:
    """Open, made 10 minutes ago, over in so many minutes, promised for tonight."""
    asked = lines or (SHIRT,)
    units = sum(line.units for line in asked)
    made = Offer(
        id, f"AL-{id}", STORE_ID, units, units * 4990, "EUR", NOW + timedelta(hours=8),
        NOW + timedelta(minutes=minutes), division_id="alba", lines=asked, others=2,
        offered_at=NOW - timedelta(minutes=10),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def answered(made: Offer, state: OfferState, after_minutes: int = 6, **changes: object) -> Offer:
    """As it is after the store, or another one, has answered."""
    assert made.offered_at is not None
    at = made.offered_at + timedelta(minutes=after_minutes)
    return replace(made, state=state, answered_at=at, **changes)  # type: ignore[arg-type]


def lost(made: Offer, store: str = "Comptoir Lyon") -> Offer:
    return answered(made, OfferState.TAKEN, winner="lyon", winner_name=store)


def won(made: Offer, after_minutes: int = 6) -> Offer:
    who = {"winner": STORE_ID, "winner_name": "Lille Grand Place", "answered_by": MANAGER}
    return answered(made, OfferState.TAKEN, after_minutes, **who)
