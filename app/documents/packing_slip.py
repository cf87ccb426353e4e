"""The packing slip that lies in the parcel: what is in it, without prices, so that it may go with a gift."""

from dataclasses import dataclass
from datetime import date, datetime

from app.documents.a4 import INNER_MM, Cell, Column, Flow
from app.documents.label import Party
from app.documents.marks import Align
from app.documents.pdf import render_pdf
from app.documents.translator import Translator
from core.domain.own_codes import payload


@dataclass(frozen=True, slots=True)
class SlipLine:
    """`variant`: size, colour and the like, already in the customer's words; empty where there are none."""

    sku: str
    description: str
    variant: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PackingSlipData:
    """One parcel's content. `returns_text`: the brand's own words; `gift_note`: the giver's; both may be empty."""

    brand: str
    order_number: str
    ordered_on: date
    ship_to: Party
    ship_from: Party
    parcel_number: int
    parcel_count: int
    sscc: str
    lines: tuple[SlipLine, ...]
    gift_note: str = ""
    returns_text: str = ""


def packing_slip_pdf(data: PackingSlipData, tr: Translator, created_at: datetime) -> bytes:
    """A4, as many pages as the lines need. `created_at`: aware."""
    title = tr.gettext("Packing slip")
    flow = Flow(tr, footer=f"{data.order_number} · {data.sscc}")
    # A parcel that is still open has no number yet.
    flow.head(data.brand, title, payload("parcel", data.sscc) if data.sscc else None)
    parcel = tr.gettext("%(number)s of %(count)s") % {
        "number": tr.number(data.parcel_number),
        "count": tr.number(data.parcel_count),
    }
    flow.facts(
        [
            (tr.gettext("Order"), data.order_number),
            (tr.gettext("Ordered on"), tr.day(data.ordered_on)),
            (tr.gettext("Parcel"), parcel),
        ]
    )
    flow.facts([(tr.gettext("Ship to"), _address(data.ship_to)), (tr.gettext("From"), _address(data.ship_from))])
    flow.table(_columns(tr), [_row(line, tr) for line in data.lines])
    pieces = sum(line.quantity for line in data.lines)
    flow.sentence(tr.ngettext("%(n)s piece", "%(n)s pieces", pieces) % {"n": tr.number(pieces)}, bold=True)
    if data.gift_note:
        flow.framed(tr.gettext("A note for you"), data.gift_note)
    if data.returns_text:
        flow.sentence(tr.gettext("Returns"), bold=True)
        flow.sentence(data.returns_text, size_pt=9)
    return render_pdf(flow.finish(), f"{title} {data.order_number}", created_at)


def _address(party: Party) -> str:
    return "\n".join((party.name, *party.address))


def _columns(tr: Translator) -> list[Column]:
    quantity_mm, reference_mm = 24.0, 44.0
    return [
        Column(tr.gettext("Item"), INNER_MM - quantity_mm - reference_mm),
        Column(tr.gettext("Reference"), reference_mm),
        Column(tr.gettext("Quantity"), quantity_mm, Align.RIGHT),
    ]


def _row(line: SlipLine, tr: Translator) -> list[Cell]:
    return [Cell(line.description, sub=line.variant), Cell(line.sku), Cell(tr.number(line.quantity), bold=True)]
