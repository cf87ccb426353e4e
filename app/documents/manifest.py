"""The carrier manifest: which parcels a driver took, when, and that somebody signed for it."""

from dataclasses import dataclass
from datetime import date, datetime

from app.documents.a4 import INNER_MM, Cell, Column, Flow
from app.documents.marks import Align
from app.documents.pdf import render_pdf
from app.documents.translator import Translator, weight_kg

# Total, confirmation (two lines) and boxes: a signature never stands on a page without what it is for.
_SIGNED_PART_MM = 56.0


@dataclass(frozen=True, slots=True)
class ManifestParcel:
    """`town`: with its postcode. `sscc`: 18 digits, or the carrier's own number where one was typed."""

    sscc: str
    order_short_id: str
    ship_to: str
    town: str
    weight_g: int | None


@dataclass(frozen=True, slots=True)
class ManifestData:
    store: str
    carrier: str
    manifest_number: str
    handed_over_on: date
    parcels: tuple[ManifestParcel, ...]


def manifest_pdf(data: ManifestData, tr: Translator, created_at: datetime) -> bytes:
    """A4, as many pages as the parcels need, boxes for name, signature and time at the end. `created_at`: aware."""
    title = tr.gettext("Carrier manifest")
    flow = Flow(tr, footer=f"{data.manifest_number} · {data.carrier} · {data.store}")
    flow.head(data.carrier, title)
    flow.facts(
        [
            (tr.gettext("Manifest"), data.manifest_number),
            (tr.gettext("Store"), data.store),
            (tr.gettext("Date"), tr.day(data.handed_over_on)),
        ]
    )
    flow.table(_columns(tr), [_row(place, parcel, tr) for place, parcel in enumerate(data.parcels, 1)])
    flow.keep_together(_SIGNED_PART_MM)
    flow.sentence(_total(data, tr), bold=True)
    flow.sentence(tr.gettext("The driver confirms that the parcels listed here were received in good condition."))
    flow.signature_boxes([tr.gettext("Driver's name"), tr.gettext("Driver's signature"), tr.gettext("Date and time")])
    return render_pdf(flow.finish(), f"{title} {data.manifest_number}", created_at)


def _columns(tr: Translator) -> list[Column]:
    place_mm, sscc_mm, order_mm, weight_mm = 12.0, 49.0, 34.0, 24.0
    return [
        Column(tr.gettext("No."), place_mm),
        Column(tr.gettext("Parcel number"), sscc_mm),
        Column(tr.gettext("Order"), order_mm),
        Column(tr.gettext("Ship to"), INNER_MM - place_mm - sscc_mm - order_mm - weight_mm),
        Column(tr.gettext("Weight"), weight_mm, Align.RIGHT),
    ]


def _row(place: int, parcel: ManifestParcel, tr: Translator) -> list[Cell]:
    weight = weight_kg(tr, parcel.weight_g) if parcel.weight_g is not None else "-"
    return [
        Cell(tr.number(place)),
        Cell(parcel.sscc, bold=True),
        Cell(parcel.order_short_id),
        Cell(parcel.ship_to, sub=parcel.town),
        Cell(weight),
    ]


def _total(data: ManifestData, tr: Translator) -> str:
    """Parcels, and their weight when every one was weighed."""
    count = len(data.parcels)
    total = tr.ngettext("%(n)s parcel", "%(n)s parcels", count) % {"n": tr.number(count)}
    weights = [parcel.weight_g for parcel in data.parcels if parcel.weight_g is not None]
    return f"{total}, {weight_kg(tr, sum(weights))}" if count and len(weights) == count else total
