"""The papers of a day, made from what the device has: label, packing slip, pick list, manifest. No network, no clock.

Building the data is quick; drawing takes up to a second, so `draw_*` belong into `asyncio.to_thread`. What goes to a
customer or a driver is written in a language of their country, what stays in the store in that of the reader.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from babel.languages import get_official_languages
from sqlalchemy import Connection

from app.i18n import LANGUAGES, SOURCE_LANGUAGE, Translations, translations
from app.queries.run import RunView
from app.store import documents, references
from app.store.database import Database
from core.contract.reference import Location
from core.domain.fulfilment import Address, Fulfilment, Parcel
from core.domain.handover import Manifest
from core.domain.own_codes import receipt

if TYPE_CHECKING:  # app.documents costs a second to import: only who prints pays it
    from app.documents.label import LabelData, Party
    from app.documents.manifest import ManifestData
    from app.documents.packing_slip import PackingSlipData
    from app.documents.pick_list import PickListData


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished document. `name`: without extension."""

    name: str
    kind: Literal["pdf", "zpl"]
    content: bytes


@dataclass(frozen=True, slots=True)
class ParcelRef:
    """`carrier`: code of the one that takes it after all, "" for the parcel's own."""

    fulfilment_id: str
    parcel_id: str
    carrier: str = ""


Draw = Callable[[], Paper]


def paper_language(country: str) -> Translations:
    """The first language of a country (ISO 3166 alpha-2) that Comptoir speaks, else English."""
    known = {language.tag for language in LANGUAGES}
    spoken = get_official_languages(country.upper(), de_facto=True) if country else ()
    return translations(next((tag for tag in spoken if tag in known), SOURCE_LANGUAGE))


def label(database: Database, ref: ParcelRef, kind: Literal["pdf", "zpl"], now: datetime) -> Draw | None:
    """Draws the carrier label. None: the parcel is not known here or has no number yet. `now`: aware."""
    found = _parcel(database, ref)
    if found is None or not found.parcel.sscc or _is_hidden(database, found):
        return None

    def draw() -> Paper:
        from app.documents.label import label_pdf
        from app.documents.zpl import label_zpl

        tr = paper_language(found.fulfilment.ship_to.country)
        data = label_data(found, tr, now)
        content = label_pdf(data, tr, now) if kind == "pdf" else label_zpl(data, tr)
        return Paper(f"label {data.order_short_id} {data.number}-{data.count}", kind, content)

    return draw


def packing_slip(database: Database, ref: ParcelRef, now: datetime) -> Draw | None:
    """Draws what lies in the parcel. None: the parcel is not known here."""
    found = _parcel(database, ref)
    if found is None or _is_hidden(database, found):
        return None

    def draw() -> Paper:
        from app.documents.packing_slip import packing_slip_pdf

        tr = paper_language(found.fulfilment.ship_to.country)
        data = packing_slip_data(found)
        return Paper(f"slip {found.fulfilment.short_id} {data.parcel_number}", "pdf", packing_slip_pdf(data, tr, now))

    return draw


def _is_hidden(database: Database, found: "KnownParcel") -> bool:
    """The address cannot be read: a paper without it sends a parcel nowhere."""
    return database.sealer is not None and not found.fulfilment.ship_to.name


def gift_receipt(database: Database, collection_id: str, now: datetime) -> Draw | None:
    """Draws what the customer took, without prices. None: nothing was taken yet, or the order is not known here."""
    with database.read() as connection:
        found = documents.collection(connection, collection_id)
        if found is None or found.handed is None:
            return None
        location = references.location(connection, found.location_id)
        brands = {division.id: division.brand for division in references.divisions(connection)}
    handed_on = found.handed.at.astimezone(ZoneInfo(location.timezone)).date()

    def draw() -> Paper:
        from app.documents.gift_receipt import GiftLine, GiftReceiptData, gift_receipt_pdf

        tr = paper_language(location.country)
        where = "\n".join((location.name, location.street, f"{location.postcode} {location.town}".strip()))
        lines = tuple(
            GiftLine(line.sku, line.name, _variant(line.colour, line.size), line.handed)
            for line in found.lines
            if line.handed
        )
        brand, qr_text = brands.get(found.division_id, ""), receipt(found.number, found.id)
        data = GiftReceiptData(brand, found.number, qr_text, where, handed_on, lines)
        return Paper(f"gift receipt {found.short_id}", "pdf", gift_receipt_pdf(data, tr, now))

    return draw


def pick_list(view: RunView, store: tuple[str, str], tr: Translations, now: datetime) -> Draw:
    """Draws the stops of a run that are still to do. `store`: its name and time zone."""

    def draw() -> Paper:
        from app.documents.pick_list import pick_list_pdf

        return Paper(f"pick list {view.number}", "pdf", pick_list_pdf(pick_list_data(view, store, now), tr, now))

    return draw


def manifest(database: Database, manifest_id: str, now: datetime) -> Draw | None:
    """Draws the driver's list, open or closed. None: this device does not know it."""
    with database.read() as connection:
        found = documents.manifest(connection, manifest_id)
        if found is None:
            return None
        location = references.location(connection, found.location_id)
        data = manifest_data(connection, found, location, now)

    def draw() -> Paper:
        from app.documents.manifest import manifest_pdf

        tr = paper_language(location.country)
        return Paper(f"manifest {data.carrier} {data.manifest_number}", "pdf", manifest_pdf(data, tr, now))

    return draw


@dataclass(frozen=True, slots=True)
class KnownParcel:
    """A parcel with all that its papers name."""

    fulfilment: Fulfilment
    parcel: Parcel
    sender: Location
    brand: str
    carrier_name: str

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.sender.timezone)


def _parcel(database: Database, ref: ParcelRef) -> KnownParcel | None:
    with database.read() as connection:
        fulfilment = documents.fulfilment(connection, ref.fulfilment_id)
        parcel = fulfilment.parcel(ref.parcel_id) if fulfilment else None
        if fulfilment is None or parcel is None:
            return None
        brands = {division.id: division.brand for division in references.divisions(connection)}
        carriers = {carrier.code: carrier.name for carrier in references.carriers(connection)}
        sender = references.location(connection, fulfilment.location_id)
    carrier = ref.carrier or parcel.carrier or fulfilment.carrier
    brand = brands.get(fulfilment.division_id, sender.name)
    return KnownParcel(fulfilment, parcel, sender, brand, carriers.get(carrier, carrier))


def label_data(known: KnownParcel, tr: Translations, now: datetime) -> "LabelData":
    from app.documents.label import LabelData

    fulfilment, parcel = known.fulfilment, known.parcel
    services = {"standard": tr("Standard"), "express": tr("Express")}
    return LabelData(
        sscc=parcel.sscc,
        ship_to=_customer(fulfilment.ship_to),
        ship_from=_sender(known),
        carrier=known.carrier_name,
        service=services.get(fulfilment.service_level, fulfilment.service_level),
        number=_rank(known),
        count=_count(fulfilment),
        weight_g=parcel.weight_g or None,
        order_short_id=fulfilment.short_id,
        shipped_on=now.astimezone(known.zone).date(),
    )


def packing_slip_data(known: KnownParcel) -> "PackingSlipData":
    from app.documents.packing_slip import PackingSlipData, SlipLine

    fulfilment, parcel = known.fulfilment, known.parcel
    lines = {line.id: line for line in fulfilment.lines}
    inside = [(lines[item.line_id], item.quantity) for item in parcel.items if item.line_id in lines]
    return PackingSlipData(
        brand=known.brand,
        order_number=fulfilment.order_number,
        ordered_on=fulfilment.placed_at.astimezone(known.zone).date(),
        ship_to=_customer(fulfilment.ship_to),
        ship_from=_sender(known),
        parcel_number=_rank(known),
        parcel_count=_count(fulfilment),
        sscc=parcel.sscc,
        lines=tuple(SlipLine(line.sku, line.name, _variant(line.colour, line.size), units) for line, units in inside),
        gift_note=fulfilment.gift_message,
    )


def pick_list_data(view: RunView, store: tuple[str, str], now: datetime) -> "PickListData":
    from app.documents.pick_list import PickListData, PickStop

    name, timezone = store
    stops = tuple(
        PickStop(
            place=" ".join(filter(None, (stop.zone, stop.place))),
            description=stop.name,
            variant=_variant(stop.colour, stop.size),
            sku=stop.sku,
            gtin=stop.gtin,
            orders=tuple((share.short_id, share.remaining) for share in stop.totes if share.remaining),
        )
        for stop in view.stops
        if not stop.done
    )
    return PickListData(name, view.id, view.number, view.holder, now.astimezone(ZoneInfo(timezone)).date(), stops)


def manifest_data(connection: Connection, found: Manifest, location: Location, now: datetime) -> "ManifestData":
    from app.documents.manifest import ManifestData, ManifestParcel

    carriers = {carrier.code: carrier.name for carrier in references.carriers(connection)}

    def parcel(fulfilment_id: str, parcel_id: str, sscc: str, weight_g: int) -> ManifestParcel:
        order = documents.fulfilment(connection, fulfilment_id)
        known = order.parcel(parcel_id) if order else None
        if order is None:
            return ManifestParcel(sscc, "-", "-", "", weight_g or None)
        town = f"{order.ship_to.postcode} {order.ship_to.town}".strip()
        number = (known.tracking or known.sscc) if known else sscc
        weight = (known.weight_g if known else 0) or weight_g
        return ManifestParcel(number or sscc, order.short_id, order.ship_to.name, town, weight or None)

    return ManifestData(
        store=location.name,
        carrier=carriers.get(found.carrier, found.carrier),
        manifest_number=manifest_number(found.id),
        handed_over_on=(found.closed_at or now).astimezone(ZoneInfo(location.timezone)).date(),
        parcels=tuple(parcel(p.fulfilment_id, p.parcel_id, p.sscc, p.weight_g) for p in found.parcels),
    )


def manifest_number(manifest_id: str) -> str:
    """To say aloud and to write down: the random end of the id."""
    return manifest_id.replace("-", "")[-8:].upper()


def _count(fulfilment: Fulfilment) -> int:
    """Parcels of the shipment: an open empty one is none yet."""
    return max(1, sum(parcel.units > 0 for parcel in fulfilment.parcels))


def _rank(known: KnownParcel) -> int:
    """Its place among the parcels of the shipment, from 1."""
    before = (parcel for parcel in known.fulfilment.parcels if parcel.units and parcel.number < known.parcel.number)
    return 1 + sum(1 for _parcel in before)


def _variant(colour: str, size: str) -> str:
    return " · ".join(filter(None, (colour, size)))


def _customer(address: Address) -> "Party":
    from app.documents.label import Party

    return Party(address.name, _lines(address.street, address.postcode, address.town, address.country))


def _sender(known: KnownParcel) -> "Party":
    from app.documents.label import Party

    place = known.sender
    name = f"{known.brand} · {place.name}" if known.brand != place.name else place.name
    return Party(name, _lines(place.street, place.postcode, place.town, place.country))


def _lines(street: str, postcode: str, town: str, country: str) -> tuple[str, ...]:
    return tuple(filter(None, (street, f"{postcode} {town}".strip(), country)))
