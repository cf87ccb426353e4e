"""What an associate hears who receives, puts away, hands over or puts back what a customer fetches."""

from dataclasses import dataclass
from typing import ClassVar

from core.domain.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class PartArrived(Outcome):
    code: ClassVar[str] = "part_arrived"
    missing: int  # parts still on their way


@dataclass(frozen=True, slots=True)
class EverythingArrived(Outcome):
    code: ClassVar[str] = "everything_arrived"


@dataclass(frozen=True, slots=True)
class AlreadyArrived(Outcome):
    code: ClassVar[str] = "already_arrived"


@dataclass(frozen=True, slots=True)
class PartUnknown(Outcome):
    """The collection has no such part (any more), as far as is known here."""

    code: ClassVar[str] = "part_unknown"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ArrivedAfterEnd(Outcome):
    """It arrived for a customer who does not want it any more: it becomes stock of this store."""

    code: ClassVar[str] = "arrived_after_end"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class PutAway(Outcome):
    code: ClassVar[str] = "put_away"
    left: int  # parts that lie on no shelf yet


@dataclass(frozen=True, slots=True)
class CollectionReady(Outcome):
    """The customer is told now."""

    code: ClassVar[str] = "collection_ready"


@dataclass(frozen=True, slots=True)
class MovedToShelf(Outcome):
    """It was ready before: the customer knows, and is not told again."""

    code: ClassVar[str] = "moved_to_shelf"


@dataclass(frozen=True, slots=True)
class PutAwayUnpicked(Outcome):
    """On the shelf although `units` of it were never picked, as far as is known here."""

    code: ClassVar[str] = "put_away_unpicked"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    units: int


@dataclass(frozen=True, slots=True)
class HandedOver(Outcome):
    code: ClassVar[str] = "handed_over"


@dataclass(frozen=True, slots=True)
class PartlyHandedOver(Outcome):
    code: ClassVar[str] = "partly_handed_over"
    open: int  # units the customer can still fetch


@dataclass(frozen=True, slots=True)
class NothingTaken(Outcome):
    code: ClassVar[str] = "nothing_taken"


@dataclass(frozen=True, slots=True)
class HandedOverTwice(Outcome):
    """`units` were handed over before, `at` and `by` (a user id) as that handover says; they count once."""

    code: ClassVar[str] = "handed_over_twice"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    units: int
    by: str
    at: str  # ISO 8601, UTC
    collector: str


@dataclass(frozen=True, slots=True)
class HandedOverTooMany(Outcome):
    """More than was there for this customer, or what was refused a moment before."""

    code: ClassVar[str] = "handed_over_too_many"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    extra: int


@dataclass(frozen=True, slots=True)
class HandedOverUnpaid(Outcome):
    code: ClassVar[str] = "handed_over_unpaid"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    due_minor: int


@dataclass(frozen=True, slots=True)
class HandedOverAfterEnd(Outcome):
    """The order had been cancelled, or its time was over: what is refunded must be looked at."""

    code: ClassVar[str] = "handed_over_after_end"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ReturnedToShelf(Outcome):
    code: ClassVar[str] = "returned_to_shelf"
    left: int  # units of the line that still go back


@dataclass(frozen=True, slots=True)
class ReturnedTooMany(Outcome):
    code: ClassVar[str] = "returned_too_many"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    extra: int


@dataclass(frozen=True, slots=True)
class CustomerNoted(Outcome):
    code: ClassVar[str] = "customer_noted"


@dataclass(frozen=True, slots=True)
class Extended(Outcome):
    code: ClassVar[str] = "extended"


@dataclass(frozen=True, slots=True)
class NotExtended(Outcome):
    """It is over (handed over, put back, cancelled), or the new date is not after the old one."""

    code: ClassVar[str] = "not_extended"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class ExtendedTooFar(Outcome):
    """Nobody may keep it for longer than until `latest`, however often they extend."""

    code: ClassVar[str] = "extended_too_far"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    latest: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Dropped(Outcome):
    code: ClassVar[str] = "dropped_in_locker"


@dataclass(frozen=True, slots=True)
class Paid(Outcome):
    code: ClassVar[str] = "paid"
    due_minor: int  # still to be paid


@dataclass(frozen=True, slots=True)
class PaidTwice(Outcome):
    """More was taken than was due: it is given back."""

    code: ClassVar[str] = "paid_twice"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    extra_minor: int
