"""What a store hears when it claims, declines or gives back an offered order."""

from dataclasses import dataclass
from typing import ClassVar

from core.domain.outcome import Outcome, Verdict


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
    """Its time is over, or it was withdrawn."""

    code: ClassVar[str] = "offer_expired"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class OfferUnknown(Outcome):
    """This store was never offered it."""

    code: ClassVar[str] = "offer_unknown"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class OfferStockGone(Outcome):
    """The article was sold here since the offer was made: a claim would promise what is not there."""

    code: ClassVar[str] = "offer_stock_gone"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    sku: str


@dataclass(frozen=True, slots=True)
class OfferDeclined(Outcome):
    code: ClassVar[str] = "offer_declined"


@dataclass(frozen=True, slots=True)
class ClaimReleased(Outcome):
    code: ClassVar[str] = "claim_released"


@dataclass(frozen=True, slots=True)
class ClaimNotYours(Outcome):
    """Only the store that has the order can give it back."""

    code: ClassVar[str] = "claim_not_yours"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class WorkHasBegun(Outcome):
    """What is in hands cannot be given back: put it back first, or report what is missing."""

    code: ClassVar[str] = "work_has_begun"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class OutOfStockDeclared(Outcome):
    code: ClassVar[str] = "out_of_stock_declared"


@dataclass(frozen=True, slots=True)
class ArticleUnknown(Outcome):
    """Nothing of this name is kept in this store."""

    code: ClassVar[str] = "article_unknown"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    sku: str


@dataclass(frozen=True, slots=True)
class OffersPaused(Outcome):
    code: ClassVar[str] = "offers_paused"


@dataclass(frozen=True, slots=True)
class OffersResumed(Outcome):
    code: ClassVar[str] = "offers_resumed"
