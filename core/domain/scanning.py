"""What a scan means for the work at hand: a pick run, an open parcel, a manifest. It changes nothing and never raises.

The caller normalises the text first (`core.domain.barcodes.normalise`), asks here what it means, and records the fact
that the answer names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.domain.barcodes import Code, Gtin, OwnCode, PlainCode, ShelfCode, Sscc, Unreadable, normalise, scanned_text
from core.domain.fulfilment import Fulfilment, Parcel, packable_by_line, packed_units
from core.domain.handover import AlreadyLoaded, Manifest, ManifestAlreadyClosed
from core.domain.lifecycle import FulfilmentState, ManifestState, ParcelState
from core.domain.outcome import Outcome, Verdict
from core.domain.packing import ParcelNotOpen, ParcelUnknown
from core.domain.process import Process, ScanRule, scan_rule_for
from core.domain.scan_notes import Expected, Noted, is_of_article, store_code, units
from core.domain.stops import Allocation, Stop


@dataclass(frozen=True, slots=True)
class Counted(Noted):
    """Record `quantity` units of this line; `remaining` units of the stop are to be fetched after that."""

    code: ClassVar[str] = "counted"
    stop_id: str
    fulfilment_id: str
    line_id: str
    quantity: int
    remaining: int
    tote: int


@dataclass(frozen=True, slots=True)
class StopComplete(Noted):
    """Record `quantity` units of this line: the last ones of the stop."""

    code: ClassVar[str] = "stop_complete"
    stop_id: str
    fulfilment_id: str
    line_id: str
    quantity: int
    tote: int


@dataclass(frozen=True, slots=True)
class OtherStop(Noted):
    """Not what the screen asked for, but wanted in this run: record it there."""

    code: ClassVar[str] = "other_stop"
    stop_id: str
    fulfilment_id: str
    line_id: str
    quantity: int
    remaining: int
    tote: int
    name: str
    zone: str
    place: str


@dataclass(frozen=True, slots=True)
class OverScan(Outcome):
    """Every unit wanted of this article is in hand already; `extra` units too many were meant. Nothing is counted."""

    code: ClassVar[str] = "over_scan"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    stop_id: str
    name: str
    wanted: int
    extra: int


@dataclass(frozen=True, slots=True)
class WrongItem(Outcome):
    """An article that nobody wants here. `scanned`: its number; the caller knows its name, or that there is none."""

    code: ClassVar[str] = "wrong_item"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str
    expected_sku: str
    expected_name: str


@dataclass(frozen=True, slots=True)
class ShelfMatched(Outcome):
    """The shelf of this stop: its articles can be scanned."""

    code: ClassVar[str] = "shelf_matched"
    stop_id: str
    zone: str
    place: str


@dataclass(frozen=True, slots=True)
class WrongShelf(Outcome):
    code: ClassVar[str] = "wrong_shelf"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str
    zone: str
    place: str


@dataclass(frozen=True, slots=True)
class ShelfFirst(Outcome):
    """This store scans the shelf before its articles."""

    code: ClassVar[str] = "shelf_first"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    zone: str
    place: str


@dataclass(frozen=True, slots=True)
class UnknownCode(Outcome):
    """A text that is no article of this work and has no form we know."""

    code: ClassVar[str] = "unknown_code"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str


@dataclass(frozen=True, slots=True)
class UnreadableCode(Outcome):
    """Misread or damaged: scan it again. `reason`: as in `barcodes.Unreadable`."""

    code: ClassVar[str] = "unreadable_code"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    reason: str
    scanned: str


@dataclass(frozen=True, slots=True)
class NotAnArticle(Outcome):
    """A code of another thing. `kind`: "shelf", or one of our own QR codes."""

    code: ClassVar[str] = "not_an_article"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    kind: str


ScanOutcome = (
    Counted | StopComplete | OtherStop | OverScan | WrongItem | ShelfMatched | WrongShelf | ShelfFirst | UnknownCode
    | UnreadableCode | NotAnArticle
)  # fmt: skip
COUNTING = (Counted, StopComplete, OtherStop)


def match_scan(
    code: Code, stops: Sequence[Stop], aimed_stop_id: str | None, process: Process, quantity: int = 1
) -> ScanOutcome:
    """What to do with a code scanned in a pick run. `aimed_stop_id`: the stop the screen shows, if any.

    Of a summed stop the unit goes to the order whose target is soonest. One answer counts for one line: where a typed
    `quantity` is for several orders, record `shares(stop, quantity)` instead.
    """
    aimed = next((stop for stop in stops if stop.id == aimed_stop_id), None)
    if isinstance(code, ShelfCode):
        return _match_shelf(code, stops, aimed, process)
    text, weighed = scanned_text(code), store_code(code, process)
    found = [stop for stop in stops if is_of_article(stop, code, process)]
    if not found:
        return stranger(code, text, aimed or next((stop for stop in stops if not stop.done), None))
    if aimed in found:
        found.insert(0, aimed)
    stop = next((stop for stop in found if not stop.done), found[0])
    quantity *= units(code, process)
    if quantity > stop.remaining:
        return OverScan(stop.id, stop.title, stop.wanted, quantity - stop.remaining)
    share, counted = shares(stop, quantity)[0]
    remaining = stop.remaining - (quantity if weighed else counted)
    where = (stop.id, share.fulfilment_id, share.line_id, counted)
    if aimed is not None and stop.id != aimed.id:
        return OtherStop(*where, remaining, share.tote, stop.title, stop.zone, stop.place)
    return Counted(*where, remaining, share.tote) if remaining else StopComplete(*where, share.tote)


def shares(stop: Stop, quantity: int) -> tuple[tuple[Allocation, int], ...]:
    """For whom `quantity` units of a stop are, soonest target first; never more than each still needs."""
    given: list[tuple[Allocation, int]] = []
    for allocation in stop.allocations:
        units = min(quantity, allocation.remaining)
        if units > 0:
            given.append((allocation, units))
            quantity -= units
    return tuple(given)


def units_without_scan(stop: Stop, process: Process) -> int:
    """Units of the stop that may be counted by a tap or a typed quantity now, without a scan of each."""
    rule = scan_rule_for(process, stop.category)
    free = rule is ScanRule.NONE or (stop.held > 0 and (rule is ScanRule.FIRST or process.quantity_confirm))
    return stop.remaining if free else 0


def shelf_first(stop: Stop, process: Process, confirmed_stop_ids: Iterable[str]) -> ShelfFirst | None:
    """What to answer before an article of `stop` counts, unless its shelf was scanned or it has none."""
    if not process.location_scan or not stop.place or stop.id in confirmed_stop_ids:
        return None
    return ShelfFirst(stop.zone, stop.place)


def stranger(
    code: Code, text: str, expected: Expected | None
) -> WrongItem | UnknownCode | UnreadableCode | NotAnArticle:
    """What to call a code that is no article of this work."""
    match code:
        case Gtin():
            return WrongItem(text, expected.sku if expected else "", expected.name if expected else "")
        case PlainCode():
            return UnknownCode(text[:64])
        case Unreadable():
            return UnreadableCode(code.reason_code, text)
        case Sscc():
            return NotAnArticle("parcel")
        case OwnCode():
            return NotAnArticle(code.kind)
        case ShelfCode():
            return NotAnArticle("shelf")


def _match_shelf(code: ShelfCode, stops: Sequence[Stop], aimed: Stop | None, process: Process) -> ScanOutcome:
    here = [stop for stop in stops if _shelf(stop.place) == _shelf(code.value)]
    stop = aimed if aimed in here else next((stop for stop in here if not stop.done), None)
    if stop is not None:
        return ShelfMatched(stop.id, stop.zone, stop.place)
    if aimed is not None and process.location_scan:
        return WrongShelf(code.value, aimed.zone, aimed.place)
    return NotAnArticle("shelf")


def _shelf(place: str) -> str:
    # A code holds no blanks; the place as people write it may.
    return "".join(place.split()).upper()


@dataclass(frozen=True, slots=True)
class ToPack(Outcome):
    """Record one unit of this line in the parcel; `left` picked units of the order are outside parcels after that."""

    code: ClassVar[str] = "to_pack"
    line_id: str
    parcel_id: str
    name: str
    left: int


@dataclass(frozen=True, slots=True)
class NothingToPack(Outcome):
    """Of the order, but no unit of it is picked, wanted and outside a parcel."""

    code: ClassVar[str] = "nothing_to_pack"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    name: str
    packed: int
    held: int


PackScanOutcome = (
    ToPack | NothingToPack | WrongItem | UnknownCode | UnreadableCode | NotAnArticle | ParcelUnknown | ParcelNotOpen
)


def match_pack_scan(
    code: Code, fulfilment: Fulfilment, parcel_id: str, process: Process | None = None
) -> PackScanOutcome:
    """What to do with an article scanned over an open parcel. `process`: where the house prints codes of its own."""
    parcel = fulfilment.parcel(parcel_id)
    if parcel is None:
        return ParcelUnknown()
    if parcel.state is not ParcelState.OPEN:
        return ParcelNotOpen()
    text = scanned_text(code)
    lines = [line for line in fulfilment.lines if is_of_article(line, code, process)]
    waiting = packable_by_line(fulfilment)
    if not lines:
        return stranger(code, text, next((other for other in fulfilment.lines if waiting.get(other.id)), None))
    line = next((line for line in lines if waiting.get(line.id)), None)
    if line is not None:
        return ToPack(line.id, parcel_id, line.name, sum(waiting.values()) - 1)
    packed = sum(packed_units(fulfilment, line.id) for line in lines)
    return NothingToPack(lines[0].name, packed, sum(line.held for line in lines))


@dataclass(frozen=True, slots=True)
class ParcelEntry:
    """What a scan at the handover needs to know of a parcel."""

    fulfilment_id: str
    short_id: str
    stopped: bool  # cancelled, rejected, or on hold
    parcel: Parcel
    carrier: str


@dataclass(frozen=True, slots=True)
class ToLoad(Outcome):
    """Record this parcel on the manifest."""

    code: ClassVar[str] = "to_load"
    fulfilment_id: str
    parcel_id: str
    short_id: str


@dataclass(frozen=True, slots=True)
class ParcelNotHere(Outcome):
    """No parcel of this store that still waits has this number."""

    code: ClassVar[str] = "parcel_not_here"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str


@dataclass(frozen=True, slots=True)
class WrongCarrier(Outcome):
    code: ClassVar[str] = "wrong_carrier"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    expected: str
    carrier: str


@dataclass(frozen=True, slots=True)
class ParcelStillOpen(Outcome):
    code: ClassVar[str] = "parcel_still_open"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    short_id: str


@dataclass(frozen=True, slots=True)
class OnOtherManifest(Outcome):
    code: ClassVar[str] = "on_other_manifest"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    short_id: str


@dataclass(frozen=True, slots=True)
class KeepHere(Outcome):
    """The order was cancelled or is on hold: the parcel stays in the store."""

    code: ClassVar[str] = "keep_here"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    short_id: str


ParcelScanOutcome = (
    ToLoad | AlreadyLoaded | ParcelNotHere | WrongCarrier | ParcelStillOpen | OnOtherManifest | KeepHere
    | ManifestAlreadyClosed | UnreadableCode
)  # fmt: skip


def parcels_by_code(fulfilments: Iterable[Fulfilment]) -> dict[str, ParcelEntry]:
    """Every parcel under each number it can be scanned by: SSCC, tracking number, own id."""
    found: dict[str, ParcelEntry] = {}
    for fulfilment in fulfilments:
        cancelled = fulfilment.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED)
        stopped = cancelled or fulfilment.hold != ""
        for parcel in fulfilment.parcels:
            carrier = parcel.carrier or fulfilment.carrier
            entry = ParcelEntry(fulfilment.id, fulfilment.short_id, stopped, parcel, carrier)
            # A carrier's tracking number can look like an article's, good or bad: filed as a scan of it reads.
            codes = (parcel.id, parcel.tracking, parcel.sscc)
            found |= {scanned_text(normalise(code)): entry for code in codes if code}
    return found


def match_parcel_scan(code: Code, parcels: Mapping[str, ParcelEntry], manifest: Manifest) -> ParcelScanOutcome:
    """What to do with a parcel scanned at the handover. `parcels`: from `parcels_by_code`."""
    if manifest.state is ManifestState.CLOSED:
        return ManifestAlreadyClosed()
    text = scanned_text(code)
    entry = parcels.get(text)
    if entry is None:
        return UnreadableCode(code.reason_code, text) if isinstance(code, Unreadable) else ParcelNotHere(text[:64])
    parcel = entry.parcel
    if manifest.has(parcel.id):
        return AlreadyLoaded()
    if entry.stopped:
        return KeepHere(entry.short_id)
    if parcel.manifest_id:
        return OnOtherManifest(entry.short_id)
    if parcel.state is ParcelState.OPEN:
        return ParcelStillOpen(entry.short_id)
    if entry.carrier != manifest.carrier:
        return WrongCarrier(manifest.carrier, entry.carrier)
    return ToLoad(entry.fulfilment_id, parcel.id, entry.short_id)
