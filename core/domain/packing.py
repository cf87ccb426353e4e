"""Packing: which picked units lie in which parcel. Facts, except that what is not in hand cannot be called packed."""

from dataclasses import dataclass, replace
from typing import ClassVar

from core.domain.fulfilment import Fulfilment, Parcel, ParcelItem, packed_units, settled, to_pack
from core.domain.lifecycle import PARCEL, FulfilmentState, ParcelState, next_state
from core.domain.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class ParcelOpened(Outcome):
    code: ClassVar[str] = "parcel_opened"
    number: int


@dataclass(frozen=True, slots=True)
class Packed(Outcome):
    code: ClassVar[str] = "packed"
    to_pack: int  # picked units of the fulfilment not yet in a parcel


@dataclass(frozen=True, slots=True)
class EverythingPacked(Outcome):
    """No picked unit is left outside a parcel: close it."""

    code: ClassVar[str] = "everything_packed"


@dataclass(frozen=True, slots=True)
class PackedTooMany(Outcome):
    """More is in parcels than was picked and is wanted; the fact is kept for a person to look at."""

    code: ClassVar[str] = "packed_too_many"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    extra: int


@dataclass(frozen=True, slots=True)
class Unpacked(Outcome):
    code: ClassVar[str] = "unpacked"
    to_pack: int


@dataclass(frozen=True, slots=True)
class UnpackedTooMany(Outcome):
    """More was taken out than was known to be in the parcel: two people unpacked the same, or a scan is missing."""

    code: ClassVar[str] = "unpacked_too_many"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    extra: int


@dataclass(frozen=True, slots=True)
class ParcelClosed(Outcome):
    code: ClassVar[str] = "parcel_closed"
    to_pack: int


@dataclass(frozen=True, slots=True)
class PackingFinished(Outcome):
    code: ClassVar[str] = "packing_finished"


@dataclass(frozen=True, slots=True)
class ParcelReopened(Outcome):
    code: ClassVar[str] = "parcel_reopened"


@dataclass(frozen=True, slots=True)
class LabelRecorded(Outcome):
    code: ClassVar[str] = "label_recorded"


@dataclass(frozen=True, slots=True)
class ParcelUnknown(Outcome):
    code: ClassVar[str] = "parcel_unknown"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ParcelNotOpen(Outcome):
    """The parcel was closed or handed over by somebody else meanwhile."""

    code: ClassVar[str] = "parcel_not_open"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class ParcelEmpty(Outcome):
    code: ClassVar[str] = "parcel_empty"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class PackedAfterCancel(Outcome):
    code: ClassVar[str] = "packed_after_cancel"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


PackOutcome = Packed | EverythingPacked | PackedTooMany | PackedAfterCancel | ParcelUnknown | ParcelNotOpen
UnpackOutcome = Unpacked | UnpackedTooMany | ParcelUnknown | ParcelNotOpen
CloseOutcome = ParcelClosed | PackingFinished | PackedAfterCancel | ParcelUnknown | ParcelNotOpen | ParcelEmpty


def open_parcel(fulfilment: Fulfilment, parcel_id: str, packaging: str) -> tuple[Fulfilment, ParcelOpened]:
    """A new parcel, numbered after the others; opening the same id again changes nothing."""
    known = fulfilment.parcel(parcel_id)
    if known is not None:
        return fulfilment, ParcelOpened(known.number)
    number = max((parcel.number for parcel in fulfilment.parcels), default=0) + 1
    return fulfilment.with_parcel(Parcel(id=parcel_id, number=number, packaging=packaging)), ParcelOpened(number)


def pack(fulfilment: Fulfilment, parcel_id: str, line_id: str, quantity: int) -> tuple[Fulfilment, PackOutcome]:
    parcel = fulfilment.parcel(parcel_id)
    line = fulfilment.line(line_id)
    if parcel is None or line is None:
        return fulfilment, ParcelUnknown()
    if parcel.state is ParcelState.HANDED_OVER:
        return fulfilment, ParcelNotOpen()
    after = settled(fulfilment.with_parcel(_with_units(parcel, line_id, quantity)))
    extra = packed_units(after, line_id) - min(line.held, line.wanted)
    if fulfilment.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED):
        return after, PackedAfterCancel()
    if extra > 0:
        return after, PackedTooMany(extra)
    if parcel.state is not ParcelState.OPEN:
        return after, ParcelNotOpen()
    left = to_pack(after)
    return after, Packed(left) if left else EverythingPacked()


def unpack(fulfilment: Fulfilment, parcel_id: str, line_id: str, quantity: int) -> tuple[Fulfilment, UnpackOutcome]:
    parcel = fulfilment.parcel(parcel_id)
    if parcel is None:
        return fulfilment, ParcelUnknown()
    if parcel.state is ParcelState.HANDED_OVER:
        return fulfilment, ParcelNotOpen()
    inside = sum(item.quantity for item in parcel.items if item.line_id == line_id)
    after = settled(fulfilment.with_parcel(_with_units(parcel, line_id, -quantity)))
    return after, UnpackedTooMany(quantity - inside) if quantity > inside else Unpacked(to_pack(after))


@dataclass(frozen=True, slots=True)
class Measures:
    """Of a closed parcel; 0 is unknown."""

    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


def close_parcel(
    fulfilment: Fulfilment, parcel_id: str, sscc: str, carrier: str, measures: Measures
) -> tuple[Fulfilment, CloseOutcome]:
    """Closed and numbered; the fulfilment is packed when every picked unit lies in a closed parcel.

    Of a parcel that was loaded or handed over before it was known to be closed, number and measures are still taken.
    """
    parcel = fulfilment.parcel(parcel_id)
    if parcel is None:
        return fulfilment, ParcelUnknown()
    if parcel.state is not ParcelState.OPEN and parcel.sscc:
        return fulfilment, ParcelNotOpen()
    if not parcel.units:
        return fulfilment, ParcelEmpty()
    state = next_state(PARCEL, parcel.state, "close")
    closed = replace(
        parcel,
        state=next_state(PARCEL, state, "load") if parcel.manifest_id else state,
        sscc=sscc,
        carrier=carrier,
        weight_g=measures.weight_g,
        length_mm=measures.length_mm,
        width_mm=measures.width_mm,
        height_mm=measures.height_mm,
    )
    after = settled(fulfilment.with_parcel(closed))
    if fulfilment.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED):
        return after, PackedAfterCancel()
    return after, PackingFinished() if after.state is FulfilmentState.PACKED else ParcelClosed(to_pack(after))


def reopen_parcel(
    fulfilment: Fulfilment, parcel_id: str
) -> tuple[Fulfilment, ParcelReopened | ParcelUnknown | ParcelNotOpen]:
    """By permission; a parcel on the truck or on a manifest stays closed."""
    parcel = fulfilment.parcel(parcel_id)
    if parcel is None:
        return fulfilment, ParcelUnknown()
    if parcel.state is not ParcelState.CLOSED:
        return fulfilment, ParcelNotOpen()
    reopened = replace(parcel, state=next_state(PARCEL, parcel.state, "reopen"))
    return settled(fulfilment.with_parcel(reopened)), ParcelReopened()


def record_label(
    fulfilment: Fulfilment, parcel_id: str, carrier: str, tracking: str
) -> tuple[Fulfilment, LabelRecorded | ParcelUnknown]:
    """A label was printed (again), by this carrier, with this tracking number ("" keeps the one known)."""
    parcel = fulfilment.parcel(parcel_id)
    if parcel is None:
        return fulfilment, ParcelUnknown()
    printed = replace(
        parcel,
        labels_printed=parcel.labels_printed + 1,
        carrier=carrier or parcel.carrier,
        tracking=tracking or parcel.tracking,
    )
    return fulfilment.with_parcel(printed), LabelRecorded()


def _with_units(parcel: Parcel, line_id: str, quantity: int) -> Parcel:
    units = {item.line_id: item.quantity for item in parcel.items}
    units[line_id] = max(0, units.get(line_id, 0) + quantity)
    return replace(parcel, items=tuple(ParcelItem(line, count) for line, count in units.items() if count))
