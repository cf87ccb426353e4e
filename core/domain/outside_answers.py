"""What an associate hears of what only the core can have answered by somebody outside: mail, bank, locker."""

from dataclasses import dataclass
from typing import ClassVar

from core.domain.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class CustomerTold(Outcome):
    """It is on its way by mail."""

    code: ClassVar[str] = "customer_told"


@dataclass(frozen=True, slots=True)
class NoEmail(Outcome):
    code: ClassVar[str] = "no_email"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class NotReadyYet(Outcome):
    """There is nothing to tell: it does not lie here, or not any more."""

    code: ClassVar[str] = "not_ready_to_tell"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class MessageUnknown(Outcome):
    code: ClassVar[str] = "message_unknown"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class StillAsked(Outcome):
    """Whoever was asked has not answered; replayed later it may be decided."""

    code: ClassVar[str] = "still_asked"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class CollectionUnknown(Outcome):
    """Nobody fetches that here."""

    code: ClassVar[str] = "collection_unknown"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class CardCharged(Outcome):
    code: ClassVar[str] = "card_charged"
    due_minor: int  # still to be paid


@dataclass(frozen=True, slots=True)
class CardDeclined(Outcome):
    """`reason`: the provider's code."""

    code: ClassVar[str] = "card_declined"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    reason: str


@dataclass(frozen=True, slots=True)
class NotDue(Outcome):
    """More than is still to be paid."""

    code: ClassVar[str] = "not_due"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    due_minor: int


@dataclass(frozen=True, slots=True)
class BeingPaid(Outcome):
    """A card is being asked for it, by this tablet or another one."""

    code: ClassVar[str] = "being_paid"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class PaymentReused(Outcome):
    """The id of a payment came again with another amount or for another customer: nothing was counted."""

    code: ClassVar[str] = "payment_reused"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class LockerReserved(Outcome):
    """`drop_code` opens it for who fills it."""

    code: ClassVar[str] = "locker_reserved"
    compartment: str
    drop_code: str


@dataclass(frozen=True, slots=True)
class LockerFull(Outcome):
    code: ClassVar[str] = "locker_full"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class LockerSizeUnknown(Outcome):
    code: ClassVar[str] = "locker_size_unknown"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class NotForLocker(Outcome):
    """It is over, lies in one already, or was put on a shelf while the locker was asked."""

    code: ClassVar[str] = "not_for_locker"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class UnpaidForLocker(Outcome):
    code: ClassVar[str] = "unpaid_for_locker"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
