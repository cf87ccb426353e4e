"""Packing: parcels opened, filled by scan, weighed, closed with a number of this device's own range, labelled."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from app.actions import articles
from app.actions.desk import Desk
from app.state.walks import process_of
from app.store import counters, documents
from core.contract.commands import CloseParcel, How, OpenParcel, PackItem, RecordLabel, ReopenParcel, UnpackItem
from core.domain import packing as domain
from core.domain.barcodes import Sscc, normalise
from core.domain.fulfilment import Fulfilment, packable_by_line
from core.domain.outcome import Outcome, Verdict
from core.domain.packing import ParcelUnknown
from core.domain.scan_notes import PackedExpired, expired_on, refused
from core.domain.scanning import ToPack, WrongItem, match_pack_scan
from core.domain.sscc import make_sscc

SSCC_COUNTER = "sscc"


@dataclass(frozen=True, slots=True)
class WeightMissing(Outcome):
    code: ClassVar[str] = "weight_missing"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class Measured:
    """Of a parcel on the scale; lengths are those of its packaging, 0 is unknown."""

    weight_g: int
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


def open_parcel(desk: Desk, fulfilment_id: str, packaging: str, intent: str = "") -> str:
    """The id of the new parcel."""
    parcel_id = desk.new_id()
    desk.tell(OpenParcel(fulfilment_id, parcel_id, packaging), intent)
    return parcel_id


def scan(desk: Desk, fulfilment_id: str, parcel_id: str, text: str, how: How) -> Outcome:
    """One unit of the scanned article goes into the parcel, or it is said why not."""
    with desk.database.write() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        if not isinstance(fulfilment, Fulfilment):
            return ParcelUnknown()
        answer = _matched(desk, connection, fulfilment, parcel_id, text)
        if not isinstance(answer, ToPack):
            return answer
        outcome = _pack(desk, connection, (fulfilment_id, parcel_id), answer, (text, how))
    desk.walks.forget()
    return outcome


def first_scan(desk: Desk, fulfilment_id: str, packaging: str, text: str, how: How) -> Outcome:
    """The first unit of a parcel that is opened by it. An article that does not belong here opens none."""
    with desk.database.write() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        if not isinstance(fulfilment, Fulfilment):
            return ParcelUnknown()
        parcel_id = desk.new_id()
        opened, _number = domain.open_parcel(fulfilment, parcel_id, packaging)
        answer = _matched(desk, connection, opened, parcel_id, text)
        if not isinstance(answer, ToPack):
            return answer
        desk.say(connection, OpenParcel(fulfilment_id, parcel_id, packaging))
        outcome = _pack(desk, connection, (fulfilment_id, parcel_id), answer, (text, how))
    desk.walks.forget()
    return outcome


def _matched(desk: Desk, connection: Connection, fulfilment: Fulfilment, parcel_id: str, text: str) -> Outcome:
    code, process = normalise(text), process_of(connection, fulfilment.location_id, fulfilment)
    answer = match_pack_scan(code, fulfilment, parcel_id, process)
    if isinstance(answer, WrongItem):
        return articles.name(connection, answer, process)
    if isinstance(answer, ToPack):
        return refused(code, answer.name, process, desk.today(connection)) or answer
    return answer


def _pack(desk: Desk, connection: Connection, into: tuple[str, str], answer: ToPack, scan: tuple[str, How]) -> Outcome:
    """`into`: order and parcel; `scan`: text and how it came."""
    text, how = scan
    outcome = desk.say(connection, PackItem(*into, answer.line_id, 1, how, text[:64]))
    day = expired_on(normalise(text), desk.today(connection))
    return PackedExpired(answer.name, day.isoformat()) if day and outcome.verdict is Verdict.ACCEPTED else outcome


def pack_rest(desk: Desk, fulfilment_id: str, parcel_id: str) -> Outcome:
    """Everything picked that lies in no parcel yet goes into this one, without scanning each unit."""
    outcome: Outcome = ParcelUnknown()
    with desk.database.write() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        if isinstance(fulfilment, Fulfilment):
            for line_id, units in packable_by_line(fulfilment).items():
                if units:
                    outcome = desk.say(connection, PackItem(fulfilment_id, parcel_id, line_id, units, How.TAP))
    desk.walks.forget()
    return outcome


def unpack(desk: Desk, fulfilment_id: str, parcel_id: str, line_id: str) -> Outcome:
    """One unit out of the parcel."""
    return desk.tell(UnpackItem(fulfilment_id, parcel_id, line_id, 1))


def close(desk: Desk, fulfilment_id: str, parcel_id: str, carrier: str, measured: Measured) -> Outcome:
    """The parcel gets its number and is ready for its label. Refused without weight, and when no number is left."""
    if measured.weight_g <= 0:
        return WeightMissing()
    with desk.database.write() as connection:
        number = make_sscc(desk.company_prefix, desk.device_number, counters.take(connection, SSCC_COUNTER))
        if not isinstance(number, Sscc):
            return number
        arguments = CloseParcel(
            fulfilment_id,
            parcel_id,
            number.value18,
            carrier,
            measured.weight_g,
            measured.length_mm,
            measured.width_mm,
            measured.height_mm,
        )
        outcome = desk.say(connection, arguments)
    desk.walks.forget()
    return outcome


def reopen(desk: Desk, fulfilment_id: str, parcel_id: str) -> Outcome:
    return desk.tell(ReopenParcel(fulfilment_id, parcel_id))


def record_label(desk: Desk, fulfilment_id: str, parcel_id: str, carrier: str, tracking: str = "") -> Outcome:
    """A label was printed, by this carrier; `tracking`: typed, where the carrier gave a number of its own."""
    return desk.tell(RecordLabel(fulfilment_id, parcel_id, carrier, tracking.strip()[:40]))
