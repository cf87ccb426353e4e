"""The carrier label, A6: what sorting and a driver need, its parcel number large enough to scan at arm's length.

Long names and addresses get smaller type until they fit, then an ellipsis: nothing leaves the label.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.documents.codes import SSCC_MODULES, qr_rows
from app.documents.marks import Align, Ink, Mark, QrMark, RuleMark, Sheet, SsccMark, TextMark
from app.documents.pdf import render_pdf
from app.documents.translator import Translator, weight_kg
from app.documents.typesetting import FittedText, fit, line_height_mm, set_line
from core.domain.own_codes import payload

WIDTH_MM, HEIGHT_MM = 105.0, 148.0
# Half a millimetre is the narrowest bar GS1 allows on a parcel, and four dots of the common 8 dots/mm printers.
BAR_MODULE_MM = 0.5
QR_MODULE_MM = 0.625
_MARGIN_MM = 5.0
_INNER_MM = WIDTH_MM - 2 * _MARGIN_MM


@dataclass(frozen=True, slots=True)
class Party:
    """A sender or a receiver. `address`: the lines below the name, as the post of the country wants them."""

    name: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelData:
    """One parcel. `sscc`: 18 digits; `number` of `count`: this parcel among those of its shipment."""

    sscc: str
    ship_to: Party
    ship_from: Party
    carrier: str
    service: str
    number: int
    count: int
    weight_g: int | None
    order_short_id: str
    shipped_on: date

    @property
    def qr_text(self) -> str:
        """What the app reads back as `OwnCode("parcel", sscc)`."""
        return payload("parcel", self.sscc)


def label_pdf(data: LabelData, tr: Translator, created_at: datetime) -> bytes:
    """The label as one A6 page. `created_at`: aware."""
    return render_pdf([label_sheet(data, tr)], f"{data.order_short_id} {data.sscc}", created_at)


def label_sheet(data: LabelData, tr: Translator) -> Sheet:
    """The label's layout, for whatever prints it."""
    marks = [
        *_header(data),
        *_party(tr.gettext("From"), data.ship_from, top_mm=20.5, height_mm=17.0, sizes_pt=(8, 7, 6, 5)),
        _rule(38.5),
        *_party(
            tr.gettext("Ship to"), data.ship_to, top_mm=40.0, height_mm=36.5, sizes_pt=(13, 12, 11, 10, 9, 8, 7, 6)
        ),
        _rule(77.5),
        *_facts(data, tr),
        _rule(103.0),
        *_barcode(data.sscc),
    ]
    return Sheet(WIDTH_MM, HEIGHT_MM, tuple(marks))


def _rule(y_mm: float) -> RuleMark:
    return RuleMark(_MARGIN_MM, y_mm, _INNER_MM, 0.5)


def _caption(text: str, x_mm: float, y_mm: float, width_mm: float) -> list[Mark]:
    fitted = fit(text, (width_mm, line_height_mm(7)), (7, 6, 5))
    return _block(fitted, x_mm, y_mm, width_mm, is_bold=False)


def _block(fitted: FittedText, x_mm: float, y_mm: float, width_mm: float, is_bold: bool) -> list[Mark]:
    step_mm = line_height_mm(fitted.size_pt)
    return [
        TextMark(
            x_mm,
            y_mm + place * step_mm,
            width_mm,
            line.text,
            fitted.size_pt,
            is_bold,
            Align.RIGHT if line.rtl else Align.LEFT,
        )
        for place, line in enumerate(fitted.lines)
    ]


def _header(data: LabelData) -> list[Mark]:
    """Carrier in large type on the left, its service white on black on the right."""
    box_mm = 38.0
    carrier = fit(data.carrier, (_INNER_MM - box_mm - 3, 12.5), (22, 19, 16, 13, 11, 9, 7), bold=True)
    service = fit(data.service, (box_mm - 4, 11.0), (14, 12, 11, 10, 9, 8, 7, 6), bold=True)
    carrier_top = 5.5 + (12.5 - len(carrier.lines) * line_height_mm(carrier.size_pt)) / 2
    service_top = 5.0 + (13.0 - len(service.lines) * line_height_mm(service.size_pt)) / 2
    box_x = WIDTH_MM - _MARGIN_MM - box_mm
    white = [
        TextMark(
            box_x + 2,
            service_top + place * line_height_mm(service.size_pt),
            box_mm - 4,
            line.text,
            service.size_pt,
            True,
            Align.CENTRE,
            Ink.WHITE,
        )
        for place, line in enumerate(service.lines)
    ]
    left = _block(carrier, _MARGIN_MM, carrier_top, _INNER_MM - box_mm - 3, is_bold=True)
    return [*left, RuleMark(box_x, 5.0, box_mm, 13.0), *white, _rule(19.0)]


def _party(caption: str, party: Party, top_mm: float, height_mm: float, sizes_pt: Sequence[float]) -> list[Mark]:
    """Caption, bold name and address; the name takes at most two fifths of the height."""
    marks = _caption(caption, _MARGIN_MM, top_mm, _INNER_MM)
    top_mm, height_mm = top_mm + line_height_mm(7), height_mm - line_height_mm(7)
    name = fit(party.name, (_INNER_MM, height_mm * 0.4), sizes_pt, bold=True)
    name_mm = len(name.lines) * line_height_mm(name.size_pt)
    address = fit(
        "\n".join(party.address), (_INNER_MM, height_mm - name_mm), [s for s in sizes_pt if s <= name.size_pt]
    )
    marks += _block(name, _MARGIN_MM, top_mm, _INNER_MM, is_bold=True)
    return marks + _block(address, _MARGIN_MM, top_mm + name_mm, _INNER_MM, is_bold=False)


def _facts(data: LabelData, tr: Translator) -> list[Mark]:
    """Parcel n of m, weight, order and date in two columns; the parcel's QR on the right."""
    qr_mm = len(qr_rows(data.qr_text)) * QR_MODULE_MM
    quiet_mm = 4 * QR_MODULE_MM
    qr_x = WIDTH_MM - _MARGIN_MM - qr_mm - quiet_mm / 2
    column_mm = (qr_x - quiet_mm - _MARGIN_MM) / 2
    parcel = tr.gettext("%(number)s of %(count)s") % {"number": tr.number(data.number), "count": tr.number(data.count)}
    weight = weight_kg(tr, data.weight_g) if data.weight_g is not None else "-"
    cells = (
        (0, 79.0, tr.gettext("Parcel"), parcel),
        (1, 79.0, tr.gettext("Weight"), weight),
        (0, 91.0, tr.gettext("Order"), data.order_short_id),
        (1, 91.0, tr.gettext("Date"), tr.day(data.shipped_on)),
    )
    marks: list[Mark] = [QrMark(qr_x, 78.0 + (25.0 - qr_mm) / 2 + 0.25, qr_mm, data.qr_text)]
    for column, y_mm, caption, value in cells:
        x_mm = _MARGIN_MM + column * column_mm
        marks += _caption(caption, x_mm, y_mm, column_mm - 2)
        fitted = fit(value, (column_mm - 2, line_height_mm(15)), (15, 13, 12, 11, 10, 9, 8, 7, 6), bold=True)
        marks += _block(fitted, x_mm, y_mm + line_height_mm(7), column_mm - 2, is_bold=True)
    return marks


def _barcode(sscc: str) -> list[Mark]:
    width_mm = SSCC_MODULES * BAR_MODULE_MM
    return [
        SsccMark((WIDTH_MM - width_mm) / 2, 105.5, width_mm, 31.75, sscc),
        TextMark(_MARGIN_MM, 138.2, _INNER_MM, set_line(f"(00) {sscc}").text, 12, True, Align.CENTRE),
    ]
