"""What an associate can say to the core: named intents with typed arguments, and what is declared about each of them.

A *fact* happened in the shop: it is accepted or flagged, never refused. A *request* may be rejected with a reason.
A *claim* competes for something shared: it is pending until the core answers, and cannot be made offline.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.contract.offer_commands import ClaimOffer as ClaimOffer
from core.contract.offer_commands import DeclareOutOfStock as DeclareOutOfStock
from core.contract.offer_commands import DeclineOffer as DeclineOffer
from core.contract.offer_commands import PauseOffers as PauseOffers
from core.contract.offer_commands import ReleaseClaim as ReleaseClaim
from core.domain.runs import Method


class Kind(StrEnum):
    FACT = "fact"
    REQUEST = "request"
    CLAIM = "claim"


class How(StrEnum):
    """How a unit was identified."""

    WEDGE = "wedge"
    CAMERA = "camera"
    MANUAL = "manual"  # code typed
    TAP = "tap"  # confirmed without a scan, where the scan rule allows it


@dataclass(frozen=True, slots=True)
class StartRun:
    run_id: str
    number: str
    location_id: str
    method: Method
    fulfilment_ids: tuple[str, ...]
    pickers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PauseRun:
    run_id: str


@dataclass(frozen=True, slots=True)
class ResumeRun:
    run_id: str


@dataclass(frozen=True, slots=True)
class TakeOverRun:
    run_id: str


@dataclass(frozen=True, slots=True)
class FinishRun:
    run_id: str
    fulfilment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScanItem:
    fulfilment_id: str
    line_id: str
    quantity: int
    how: How
    code: str = ""  # as scanned
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class ReportShort:
    fulfilment_id: str
    line_id: str
    quantity: int
    reason: str
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class PutBackItem:
    fulfilment_id: str
    line_id: str
    quantity: int
    reason: str = ""  # "undo", "surplus", "cancelled"


@dataclass(frozen=True, slots=True)
class OpenParcel:
    fulfilment_id: str
    parcel_id: str
    packaging: str


@dataclass(frozen=True, slots=True)
class PackItem:
    fulfilment_id: str
    parcel_id: str
    line_id: str
    quantity: int
    how: How
    code: str = ""


@dataclass(frozen=True, slots=True)
class UnpackItem:
    fulfilment_id: str
    parcel_id: str
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class CloseParcel:
    fulfilment_id: str
    parcel_id: str
    sscc: str
    carrier: str
    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


@dataclass(frozen=True, slots=True)
class ReopenParcel:
    fulfilment_id: str
    parcel_id: str


@dataclass(frozen=True, slots=True)
class RecordLabel:
    fulfilment_id: str
    parcel_id: str
    carrier: str
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class OpenManifest:
    manifest_id: str
    location_id: str
    carrier: str


@dataclass(frozen=True, slots=True)
class LoadParcel:
    manifest_id: str
    fulfilment_id: str
    parcel_id: str
    how: How
    code: str = ""


@dataclass(frozen=True, slots=True)
class UnloadParcel:
    manifest_id: str
    fulfilment_id: str
    parcel_id: str


@dataclass(frozen=True, slots=True)
class CloseManifest:
    manifest_id: str
    fulfilment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandedItem:
    """`line_id`: of the order line, here and in `RefusedItem`."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RefusedItem:
    line_id: str
    quantity: int
    reason: str  # of usage "refuse"


@dataclass(frozen=True, slots=True)
class ArriveParcel:
    """A parcel from another place is here. `part_id`: of the part of the collection, here and in `PutAway`."""

    collection_id: str
    part_id: str
    how: How
    code: str = ""


@dataclass(frozen=True, slots=True)
class PutAway:
    """`fulfilment_id`: of a part from the store's own shelves, "" for a parcel."""

    collection_id: str
    part_id: str
    shelf: str
    fulfilment_id: str = ""


@dataclass(frozen=True, slots=True)
class HandOverCollection:
    """What the customer took and what not. `fulfilment_ids`: of the store's own parts.

    `identity`: kind of document seen ("passport"), never its number. `collector`, `relation`: where it is not the
    buyer. `signature`: strokes "x,y x,y;x,y" in thousandths of the field's width, "" where none is asked for.
    """

    collection_id: str
    handover_id: str
    items: tuple[HandedItem, ...]
    refused: tuple[RefusedItem, ...] = ()
    fulfilment_ids: tuple[str, ...] = ()
    how: How = How.TAP
    identity: str = ""
    collector: str = ""
    relation: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ReturnToShelf:
    """Units that nobody took lie on a shelf again. `fulfilment_ids`: of the store's own parts."""

    collection_id: str
    line_id: str
    quantity: int
    shelf: str = ""
    fulfilment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteCustomer:
    """The customer of a collection is here. `where`: as said ("desk", "bay 3")."""

    collection_id: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class ExtendPickUp:
    collection_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NotifyCustomer:
    """Once more. `message`: "ready" or "reminder"."""

    collection_id: str
    message: str


@dataclass(frozen=True, slots=True)
class ReserveLocker:
    """A compartment of the store's locker for all of a collection. `size`: "s", "m" or "l"."""

    collection_id: str
    size: str


@dataclass(frozen=True, slots=True)
class DropInLocker:
    """All of it lies in the compartment and its door is shut."""

    collection_id: str
    compartment: str
    fulfilment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeCash:
    """`payment_id`: made when the till was opened; money of the same id is taken once. As for `ChargeCard`."""

    collection_id: str
    payment_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ChargeCard:
    collection_id: str
    payment_id: str
    amount_minor: int


Arguments = (
    StartRun | PauseRun | ResumeRun | TakeOverRun | FinishRun | ScanItem | ReportShort | PutBackItem | OpenParcel
    | PackItem | UnpackItem | CloseParcel | ReopenParcel | RecordLabel | OpenManifest | LoadParcel | UnloadParcel
    | CloseManifest | ClaimOffer | DeclineOffer | ReleaseClaim | DeclareOutOfStock | PauseOffers
    | ArriveParcel | PutAway | HandOverCollection | ReturnToShelf | NoteCustomer | ExtendPickUp | NotifyCustomer
    | ReserveLocker | DropInLocker | TakeCash | ChargeCard
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CommandType:
    arguments: type[Any]
    kind: Kind
    permission: str
    version: int = 1
    needs_grant: bool = False  # money: only for who the core confirmed (core.contract.grants)

    @property
    def name(self) -> str:
        return self.arguments.__name__


_PICK, _PACK, _HAND_OVER, _COLLECT = "pick", "pack", "hand_over", "collect"

COMMANDS: Mapping[str, CommandType] = {
    command.name: command
    for command in (
        CommandType(StartRun, Kind.FACT, _PICK),
        CommandType(PauseRun, Kind.FACT, _PICK),
        CommandType(ResumeRun, Kind.FACT, _PICK),
        CommandType(TakeOverRun, Kind.FACT, _PICK),
        CommandType(FinishRun, Kind.FACT, _PICK),
        CommandType(ScanItem, Kind.FACT, _PICK),
        CommandType(ReportShort, Kind.FACT, _PICK),
        CommandType(PutBackItem, Kind.FACT, _PICK),
        CommandType(OpenParcel, Kind.FACT, _PACK),
        CommandType(PackItem, Kind.FACT, _PACK),
        CommandType(UnpackItem, Kind.FACT, "unpack"),
        CommandType(CloseParcel, Kind.FACT, _PACK),
        CommandType(ReopenParcel, Kind.FACT, "unpack"),
        CommandType(RecordLabel, Kind.FACT, _PACK),
        CommandType(OpenManifest, Kind.FACT, _HAND_OVER),
        CommandType(LoadParcel, Kind.FACT, _HAND_OVER),
        CommandType(UnloadParcel, Kind.FACT, _HAND_OVER),
        CommandType(CloseManifest, Kind.FACT, _HAND_OVER),
        CommandType(ClaimOffer, Kind.CLAIM, "claim"),
        CommandType(DeclineOffer, Kind.REQUEST, "claim"),
        CommandType(ReleaseClaim, Kind.REQUEST, "claim"),
        CommandType(DeclareOutOfStock, Kind.FACT, _PICK),
        CommandType(PauseOffers, Kind.REQUEST, "claim"),
        CommandType(ArriveParcel, Kind.FACT, _COLLECT),
        CommandType(PutAway, Kind.FACT, _COLLECT),
        CommandType(HandOverCollection, Kind.FACT, _COLLECT),
        CommandType(ReturnToShelf, Kind.FACT, _COLLECT),
        CommandType(NoteCustomer, Kind.FACT, _COLLECT),
        CommandType(ExtendPickUp, Kind.REQUEST, _COLLECT),
        CommandType(NotifyCustomer, Kind.REQUEST, _COLLECT),
        CommandType(ReserveLocker, Kind.CLAIM, _COLLECT),
        CommandType(DropInLocker, Kind.FACT, _COLLECT),
        CommandType(TakeCash, Kind.FACT, _COLLECT, needs_grant=True),
        CommandType(ChargeCard, Kind.CLAIM, _COLLECT, needs_grant=True),
    )
}


@dataclass(frozen=True, slots=True)
class Command:
    """One intent, as it waits in the outbox and travels. Its arguments are never rewritten."""

    id: str  # UUIDv7
    seq: int  # gapless per device, from 1
    name: str
    version: int
    user_id: str
    at: datetime  # by the device's clock: told, never trusted for order
    arguments: Arguments
    prev: str = ""  # id of the previous own command on the same aggregates, when still undecided
    offset_ms: int = 0  # core clock minus device clock, measured at the last contact
