"""The receipt for who is given it: what it is, where it was fetched, the code an exchange starts from, no price."""

from dataclasses import dataclass
from datetime import date, datetime

from app.documents.a4 import INNER_MM, Cell, Column, Flow
from app.documents.marks import Align
from app.documents.pdf import render_pdf
from app.documents.translator import Translator


@dataclass(frozen=True, slots=True)
class GiftLine:
    sku: str
    description: str
    variant: str
    quantity: int


@dataclass(frozen=True, slots=True)
class GiftReceiptData:
    """What was handed over of one order. `qr_text`: what leads back to it; `store`: name and address, a line each."""

    brand: str
    order_number: str
    qr_text: str
    store: str
    handed_on: date
    lines: tuple[GiftLine, ...]


def gift_receipt_pdf(data: GiftReceiptData, tr: Translator, created_at: datetime) -> bytes:
    """A4, as many pages as the lines need. `created_at`: aware."""
    title = tr.gettext("Gift receipt")
    flow = Flow(tr, footer=f"{data.order_number} · {data.brand}")
    flow.head(data.brand, title, data.qr_text)
    flow.facts([(tr.gettext("Order"), data.order_number), (tr.gettext("Fetched on"), tr.day(data.handed_on))])
    flow.facts([(tr.gettext("Store"), data.store)])
    quantity_mm, reference_mm = 24.0, 44.0
    columns = [
        Column(tr.gettext("Item"), INNER_MM - quantity_mm - reference_mm),
        Column(tr.gettext("Reference"), reference_mm),
        Column(tr.gettext("Quantity"), quantity_mm, Align.RIGHT),
    ]
    rows = [
        [Cell(line.description, sub=line.variant), Cell(line.sku), Cell(tr.number(line.quantity), bold=True)]
        for line in data.lines
    ]
    flow.table(columns, rows)
    flow.sentence(tr.gettext("Bring this page to exchange an article. It shows no price."), size_pt=10)
    return render_pdf(flow.finish(), f"{title} {data.order_number}", created_at)
