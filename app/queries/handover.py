"""The handover place: which carrier takes which parcels, and the list that is being scanned."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.state.walks import collections_by_work
from app.store import documents, references
from app.store.database import Database
from app.store.documents import Where
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest, ManifestParcel
from core.domain.lifecycle import FulfilmentState, ManifestState, ParcelState


@dataclass(frozen=True, slots=True)
class HandoverParcelView:
    """`stopped`: "cancelled" | "hold" where the parcel must stay here, else ""; `labelled`: has its label."""

    parcel_id: str
    fulfilment_id: str
    short_id: str
    number: str
    parcel_number: int
    customer: str
    town: str
    sscc: str
    tracking: str
    weight_g: int
    loaded: bool
    stopped: str
    labelled: bool


@dataclass(frozen=True, slots=True)
class CarrierView:
    """`manifest_id`: of its open list, "" where none is. Parcels that must stay here are not `waiting`."""

    code: str
    name: str
    pickup_time: str  # "HH:MM" on the store's clock
    waiting: int
    loaded: int
    manifest_id: str


@dataclass(frozen=True, slots=True)
class ClosedListView:
    id: str
    carrier_name: str
    closed_at: datetime
    parcels: int


@dataclass(frozen=True, slots=True)
class ManifestView:
    id: str
    carrier: str
    carrier_name: str
    pickup_time: str
    state: ManifestState
    opened_at: datetime
    closed_at: datetime | None
    parcels: tuple[HandoverParcelView, ...]  # on the list
    waiting: tuple[HandoverParcelView, ...]  # of this carrier, not on any list


def carriers_view(database: Database) -> tuple[CarrierView, ...]:
    """Every carrier of the store, those with parcels first."""
    with database.read() as connection:
        fulfilments = _for_carriers(connection)
        manifests: list[Manifest] = documents.all(connection, "manifest", Where(is_open=True))
        carriers = references.carriers(connection)
    open_lists = {manifest.carrier: manifest.id for manifest in manifests}
    known = {carrier.code: (carrier.name, carrier.pickup_time) for carrier in carriers}
    # A parcel may go with a carrier that head office does not list for the store (any more).
    used = {parcel.carrier or f.carrier for f in fulfilments for parcel in f.parcels if not f.closed} - {""}
    views = []
    for code in sorted({*known, *used, *open_lists}):
        parcels = _of_carrier(fulfilments, code)
        loaded = sum(parcel.loaded for parcel in parcels)
        waiting = sum(not parcel.loaded and not parcel.stopped for parcel in parcels)
        name, pickup_time = known.get(code, (code, ""))
        views.append(CarrierView(code, name, pickup_time, waiting, loaded, open_lists.get(code, "")))
    return tuple(sorted(views, key=lambda view: (not (view.waiting or view.loaded), view.pickup_time, view.name)))


def closed_lists(database: Database, most: int = 10) -> tuple[ClosedListView, ...]:
    """What drivers took, the latest first: to print the list again."""
    with database.read() as connection:
        manifests: list[Manifest] = documents.all(connection, "manifest", Where(is_open=False))
        names = {carrier.code: carrier.name for carrier in references.carriers(connection)}
    closed = [(m.closed_at, m) for m in manifests if m.closed_at is not None]
    closed.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(
        ClosedListView(m.id, names.get(m.carrier, m.carrier), closed_at, len(m.parcels))
        for closed_at, m in closed[:most]
    )


def manifest_view(database: Database, manifest_id: str) -> ManifestView | None:
    """None where this device does not know the list (any more)."""
    with database.read() as connection:
        manifest = documents.get(connection, ("manifest", manifest_id))
        if not isinstance(manifest, Manifest):
            return None
        known = [documents.get(connection, ("fulfilment", i)) for i in {p.fulfilment_id for p in manifest.parcels}]
        waiting = _for_carriers(connection)
        names = {carrier.code: carrier for carrier in references.carriers(connection)}
    orders = {f.id: f for f in known if isinstance(f, Fulfilment)}
    carrier = names.get(manifest.carrier)
    listed = tuple(_listed(orders.get(entry.fulfilment_id), entry) for entry in manifest.parcels)
    return ManifestView(
        id=manifest.id,
        carrier=manifest.carrier,
        carrier_name=carrier.name if carrier else manifest.carrier,
        pickup_time=carrier.pickup_time if carrier else "",
        state=manifest.state,
        opened_at=manifest.opened_at,
        closed_at=manifest.closed_at,
        parcels=listed,
        waiting=tuple(parcel for parcel in _of_carrier(waiting, manifest.carrier) if not parcel.loaded),
    )


def _for_carriers(connection: Connection) -> list[Fulfilment]:
    """What customers fetch here is in bags that no driver takes."""
    collected = collections_by_work(connection)
    return [one for one in documents.fulfilments(connection, Where(is_open=True)) if one.id not in collected]


def _of_carrier(fulfilments: list[Fulfilment], carrier: str) -> list[HandoverParcelView]:
    return [
        _parcel(fulfilment, parcel.id)
        for fulfilment in fulfilments
        if not fulfilment.closed
        for parcel in fulfilment.parcels
        if parcel.state in (ParcelState.CLOSED, ParcelState.LOADED)
        and (parcel.carrier or fulfilment.carrier) == carrier
    ]


def _listed(fulfilment: Fulfilment | None, entry: ManifestParcel) -> HandoverParcelView:
    """Also a parcel of an order that has left this device: the list has it, so it is shown and counted."""
    if fulfilment is not None and fulfilment.parcel(entry.parcel_id) is not None:
        return _parcel(fulfilment, entry.parcel_id)
    return HandoverParcelView(
        entry.parcel_id, entry.fulfilment_id, "", "", 0, "", "", entry.sscc, "", entry.weight_g, True, "", True
    )


def _stopped(fulfilment: Fulfilment) -> str:
    if fulfilment.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED):
        return "cancelled"
    return "hold" if fulfilment.hold else ""


def _parcel(fulfilment: Fulfilment, parcel_id: str) -> HandoverParcelView:
    parcel = next(parcel for parcel in fulfilment.parcels if parcel.id == parcel_id)
    return HandoverParcelView(
        parcel_id=parcel.id,
        fulfilment_id=fulfilment.id,
        short_id=fulfilment.short_id,
        number=fulfilment.number,
        parcel_number=parcel.number,
        customer=fulfilment.ship_to.name,
        town=f"{fulfilment.ship_to.postcode} {fulfilment.ship_to.town}".strip(),
        sscc=parcel.sscc,
        tracking=parcel.tracking,
        weight_g=parcel.weight_g,
        loaded=parcel.state in (ParcelState.LOADED, ParcelState.HANDED_OVER),
        stopped=_stopped(fulfilment),
        labelled=parcel.labels_printed > 0,
    )
