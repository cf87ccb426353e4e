"""Carrier handover: a list for the driver, parcels scanned onto it, closed when the driver has them."""

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import Connection

from app.actions.desk import Desk
from app.store import catalogue, documents, references
from app.store.documents import Where
from app.store.intents import AlreadySubmitted
from core.contract.commands import CloseManifest, How, LoadParcel, OpenManifest, UnloadParcel
from core.domain.barcodes import Code, OwnCode, ShelfCode, normalise, scanned_text
from core.domain.handover import Manifest, ManifestUnknown
from core.domain.outcome import Outcome, Verdict
from core.domain.scanning import (
    OnOtherManifest,
    ParcelEntry,
    ParcelNotHere,
    ParcelScanOutcome,
    ToLoad,
    WrongCarrier,
    match_parcel_scan,
    parcels_by_code,
)


@dataclass(frozen=True, slots=True)
class ArticleNotParcel(Outcome):
    """What was scanned is the tag of an article."""

    code: ClassVar[str] = "article_not_parcel"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    name: str


@dataclass(frozen=True, slots=True)
class NotAParcel(Outcome):
    """`kind`: "shelf", or one of our own QR codes."""

    code: ClassVar[str] = "not_a_parcel"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    kind: str


def open_manifest(desk: Desk, carrier: str, intent: str = "") -> str:
    """The open list of this carrier, or a new one; returns its id."""
    with desk.database.write() as connection:
        for manifest in documents.all(connection, "manifest", Where(is_open=True)):
            if manifest.carrier == carrier:
                return str(manifest.id)
        manifest_id = desk.new_id()
        desk.say(connection, OpenManifest(manifest_id, desk.location_id, carrier), intent)
    return manifest_id


def scan(desk: Desk, manifest_id: str, text: str, how: How, intent: str = "") -> Outcome:
    """The scanned parcel is on the list, or it is said why not."""
    with desk.database.write() as connection:
        manifest = documents.get(connection, ("manifest", manifest_id))
        if not isinstance(manifest, Manifest):
            return ManifestUnknown()
        code = normalise(text)
        answer: Outcome = _named(connection, match_parcel_scan(code, _waiting(connection), manifest), code)
        if not isinstance(answer, ToLoad):
            return answer
        loaded = LoadParcel(manifest_id, answer.fulfilment_id, answer.parcel_id, how, text[:64])
        said = desk.say(connection, loaded, intent)
    desk.walks.forget()
    return said if said.verdict is Verdict.ATTENTION or isinstance(said, AlreadySubmitted) else answer


def begin_with(desk: Desk, text: str, how: How, intent: str = "") -> tuple[str, Outcome]:
    """A parcel scanned before any list was chosen goes onto the list of its carrier: (id of the list, answer).

    The id is "" where the parcel cannot be loaded; a parcel that is on a list already leads to that one.
    """
    code = normalise(text)
    with desk.database.read() as connection:
        waiting = _waiting(connection)
        entry = waiting.get(scanned_text(code))
        carrier = entry.carrier if entry else ""
        nowhere = Manifest("", desk.location_id, carrier, desk.clock(), desk.user_id)
        answer = _named(connection, match_parcel_scan(code, waiting, nowhere), code)
    if isinstance(answer, OnOtherManifest) and entry is not None:
        return entry.parcel.manifest_id, answer
    if not isinstance(answer, ToLoad):
        return "", answer
    manifest_id = open_manifest(desk, carrier)
    return manifest_id, scan(desk, manifest_id, text, how, intent)


def _waiting(connection: Connection) -> dict[str, ParcelEntry]:
    return parcels_by_code(documents.all(connection, "fulfilment", Where(is_open=True)))


def _named(connection: Connection, answer: ParcelScanOutcome, code: Code) -> Outcome:
    """People know carriers by name, not by code, and an article by what it is."""
    if isinstance(answer, ParcelNotHere):
        kind = "shelf" if isinstance(code, ShelfCode) else code.kind if isinstance(code, OwnCode) else "parcel"
        if kind != "parcel":
            return NotAParcel(kind)
        article = next(iter(catalogue.by_gtin(connection, answer.scanned)), None)
        return ArticleNotParcel(article.name) if article else answer
    if not isinstance(answer, WrongCarrier):
        return answer
    names = {carrier.code: carrier.name for carrier in references.carriers(connection)}
    expected, carrier = (names.get(code, code) for code in (answer.expected, answer.carrier))
    return replace(answer, expected=expected, carrier=carrier)


def unload(desk: Desk, manifest_id: str, fulfilment_id: str, parcel_id: str) -> Outcome:
    return desk.tell(UnloadParcel(manifest_id, fulfilment_id, parcel_id))


def close(desk: Desk, manifest_id: str, intent: str = "") -> Outcome:
    """The driver has the parcels on the list: their orders are shipped."""
    with desk.database.write() as connection:
        manifest = documents.get(connection, ("manifest", manifest_id))
        if not isinstance(manifest, Manifest):
            return ManifestUnknown()
        ids = tuple(dict.fromkeys(parcel.fulfilment_id for parcel in manifest.parcels))
        outcome = desk.say(connection, CloseManifest(manifest_id, ids), intent)
    desk.walks.forget()
    return outcome
