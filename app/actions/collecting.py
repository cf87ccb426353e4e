"""Click & collect at the desk and at the shelf: received, put away, told, extended, put back, dropped in a locker."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from app.actions import articles
from app.actions.desk import Desk
from app.state.walks import process_of
from app.store import documents, readable
from app.store.documents import Where
from core.contract import commands as c
from core.contract.commands import How
from core.domain.barcodes import OwnCode, PlainCode, ShelfCode, Sscc, normalise
from core.domain.collecting import own_works
from core.domain.collecting_answers import ExtendedTooFar
from core.domain.collection import Collection, CollectionPart, to_put_back
from core.domain.outcome import Outcome, Verdict
from core.domain.scan_notes import is_of_article, units

LONGEST_SHELF: Final = 20


@dataclass(frozen=True, slots=True)
class ShelfToScan(Outcome):
    """This store wants the label of the shelf scanned; a typed name could be any."""

    code: ClassVar[str] = "shelf_to_scan"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class NoShelf(Outcome):
    """What was scanned or typed is no shelf."""

    code: ClassVar[str] = "no_shelf"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    scanned: str
    kind: str = ""  # of a code of ours


@dataclass(frozen=True, slots=True)
class NoSuchCollection(Outcome):
    code: ClassVar[str] = "no_such_collection"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class Shelf:
    name: str


def shelf_of(text: str, scan_only: bool) -> Shelf | Outcome:
    """The shelf that a text names. `scan_only`: a label of ours is needed, a name alone will not do."""
    match normalise(text):
        case ShelfCode(value=value):
            return Shelf(value)
        case PlainCode(text=plain) if len(plain) <= LONGEST_SHELF:
            return ShelfToScan() if scan_only else Shelf(plain.upper())
        case OwnCode(kind=kind):
            return NoShelf(text.strip()[:40], kind)
        case Sscc():
            return NoShelf(text.strip()[:40], "parcel")
        case _:
            return NoShelf(text.strip()[:40])


def named(desk: Desk, answer: Outcome, text: str) -> Outcome:
    """An article that was taken for a shelf is called by its name."""
    if not isinstance(answer, NoShelf):
        return answer
    with desk.database.read() as connection:
        return replace(answer, scanned=articles.called(connection, text) or answer.scanned)


def part_named(collection: Collection, text: str) -> CollectionPart | None:
    """The parcel of the collection that carries this code."""
    names = {text.strip()}
    match normalise(text):
        case Sscc(value18=value) | OwnCode(kind="parcel", value=value):
            names.add(value)
        case _:
            pass
    parcels = (part for part in collection.parts if not part.own)
    return next((part for part in parcels if names & ({part.sscc, part.tracking, part.id} - {""})), None)


def arrive(desk: Desk, collection_id: str, text: str, how: How) -> Outcome | None:
    """The scanned parcel is in the house. None: the code is of no parcel of this collection."""
    known = _known(desk, collection_id)
    part = part_named(known, text) if known else None
    if part is None:
        return None
    return desk.tell(c.ArriveParcel(collection_id, part.id, how, text.strip()[:64]))


def arrive_any(desk: Desk, text: str, how: How) -> tuple[str, Outcome] | None:
    """(id of its collection, answer) of a parcel that this store waits for. None: it waits for none of this code."""
    with desk.database.read() as connection:
        found: list[Collection] = documents.all(connection, "collection", Where(location_id=desk.location_id))
    for one in found:
        part = part_named(one, text)
        if part is not None:
            return one.id, desk.tell(c.ArriveParcel(one.id, part.id, how, text.strip()[:64]))
    return None


def arrive_part(desk: Desk, collection_id: str, part_id: str) -> Outcome:
    """Without a scan: its label cannot be read."""
    return desk.tell(c.ArriveParcel(collection_id, part_id, How.TAP), f"arrive:{collection_id}:{part_id}")


def put_away(desk: Desk, collection_id: str, part_id: str, shelf: str) -> Outcome:
    """One part lies on the shelf. A part that is moved to another shelf is put away again."""
    known = _known(desk, collection_id)
    part = known.part(part_id) if known else None
    if part is None:
        return NoSuchCollection()
    return desk.tell(c.PutAway(collection_id, part_id, shelf, part.fulfilment_id if part.own else ""))


def note_customer(desk: Desk, collection_id: str, where: str) -> Outcome:
    """`where`: as the customer said it, "" for at the desk."""
    return desk.tell(c.NoteCustomer(collection_id, where.strip()[:40]))


def extend(desk: Desk, collection_id: str, until: datetime) -> Outcome:
    outcome = desk.tell(c.ExtendPickUp(collection_id, until))
    if not isinstance(outcome, ExtendedTooFar):
        return outcome
    with desk.database.read() as connection:
        told = readable.params(connection, outcome.code, outcome.params())
    return ExtendedTooFar(str(told["latest"]))


def notify(desk: Desk, collection_id: str, message: str, intent: str) -> Outcome:
    """The customer is told once more: "ready" or "reminder"."""
    return desk.tell(c.NotifyCustomer(collection_id, message), intent)


def put_back(desk: Desk, collection_id: str, line_id: str, shelf: str = "") -> Outcome:
    """All units of the line that lie here for nobody are on a shelf of the shop again."""
    known = _known(desk, collection_id)
    line = known.line(line_id) if known else None
    if known is None or line is None:
        return NoSuchCollection()
    units = to_put_back(known, line)
    return desk.tell(c.ReturnToShelf(collection_id, line_id, units, shelf, own_works(known)))


def put_back_scanned(desk: Desk, collection_id: str, text: str) -> Outcome | None:
    """One unit of the scanned article, or all the pieces that a bundle of the house says. None: not so much of it goes
    back here."""
    code = normalise(text)
    with desk.database.read() as connection:
        known = documents.collection(connection, collection_id)
        if known is None:
            return None
        process = process_of(connection, known.location_id, known)
    pieces = units(code, process)
    for line in known.lines:
        if to_put_back(known, line) >= pieces and is_of_article(line, code, process):
            return desk.tell(c.ReturnToShelf(collection_id, line.id, pieces, "", own_works(known)))
    return None


def reserve_locker(desk: Desk, collection_id: str, size: str, intent: str) -> Outcome:
    """Asked of the core, which asks the locker: no compartment is theirs before its answer."""
    return desk.tell(c.ReserveLocker(collection_id, size), intent)


def drop_in_locker(desk: Desk, collection_id: str, compartment: str) -> Outcome:
    known = _known(desk, collection_id)
    if known is None:
        return NoSuchCollection()
    dropped = c.DropInLocker(collection_id, compartment, own_works(known))
    return desk.tell(dropped, f"drop:{collection_id}:{compartment}")


def _known(desk: Desk, collection_id: str) -> Collection | None:
    with desk.database.read() as connection:
        return documents.collection(connection, collection_id)
