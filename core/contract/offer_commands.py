"""What a store says about offers: the core alone decides all of it but the fact that an article is not there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """`offer_id`, here and below: of the copy that the store sees."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    """The store does not want it. `reason`: of usage "decline"; it may say something of the store's stock."""

    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseClaim:
    """The store gives a claimed order back; possible until somebody has begun it."""

    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeclareOutOfStock:
    """An article of the offer is not here. That is a fact, whoever gets the order."""

    offer_id: str
    sku: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PauseOffers:
    """The store takes no new offers for the rest of its day, or does again; what it was offered stays."""

    paused: bool
