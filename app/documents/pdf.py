"""Sheets as a PDF with embedded fonts and drawn (not pictured) codes: sharp at any size, the same bytes every time."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from fpdf import FPDF

from app.documents.codes import SSCC_MODULES, qr_rows, sscc_bars
from app.documents.marks import Align, FrameMark, Ink, Mark, QrMark, RuleMark, Sheet, SsccMark, TextMark
from app.documents.typeface import BASELINE_EM, MM_PER_POINT, runs, width_mm

_GREY_LEVEL = {Ink.BLACK: 0, Ink.GREY: 96, Ink.WHITE: 255}


def render_pdf(sheets: Sequence[Sheet], title: str, created_at: datetime) -> bytes:
    """One page per sheet. `created_at` (aware) is written into the file; no clock is read."""
    pdf = FPDF(unit="mm", format=(sheets[0].width_mm, sheets[0].height_mm))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_creation_date(created_at)
    pdf.set_title(title)
    pdf.set_creator("Comptoir")
    texts = [mark for sheet in sheets for mark in sheet.marks if isinstance(mark, TextMark)]
    faces = {run.face.name: run.face for mark in texts for run in runs(mark.text, mark.bold)}
    for face in faces.values():
        pdf.add_font(face.name, fname=face.path)
    for sheet in sheets:
        pdf.add_page(format=(sheet.width_mm, sheet.height_mm))
        for mark in sheet.marks:
            _draw(pdf, mark)
    return bytes(pdf.output())


def _draw(pdf: FPDF, mark: Mark) -> None:
    match mark:
        case TextMark():
            _draw_text(pdf, mark)
        case RuleMark():
            pdf.set_fill_color(_GREY_LEVEL[mark.ink])
            pdf.rect(mark.x_mm, mark.y_mm, mark.width_mm, mark.height_mm, style="F")
        case FrameMark():
            pdf.set_line_width(mark.thickness_mm)
            pdf.set_draw_color(0)
            pdf.rect(mark.x_mm, mark.y_mm, mark.width_mm, mark.height_mm, style="D")
        case SsccMark():
            _draw_sscc(pdf, mark)
        case QrMark():
            _draw_qr(pdf, mark)


def _draw_text(pdf: FPDF, mark: TextMark) -> None:
    spare_mm = mark.width_mm - width_mm(mark.text, mark.size_pt, mark.bold)
    x_mm = mark.x_mm + spare_mm * {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}[mark.align]
    pdf.set_text_color(_GREY_LEVEL[mark.ink])
    for run in runs(mark.text, mark.bold):
        baseline_mm = mark.y_mm + BASELINE_EM * mark.size_pt * MM_PER_POINT
        pdf.set_font(run.face.name, size=mark.size_pt)
        pdf.text(x_mm, baseline_mm, run.text)
        x_mm += width_mm(run.text, mark.size_pt, mark.bold)


def _draw_sscc(pdf: FPDF, mark: SsccMark) -> None:
    module_mm = mark.width_mm / SSCC_MODULES
    pdf.set_fill_color(0)
    for first, modules in sscc_bars(mark.value18):
        pdf.rect(mark.x_mm + first * module_mm, mark.y_mm, modules * module_mm, mark.height_mm, style="F")


def _draw_qr(pdf: FPDF, mark: QrMark) -> None:
    rows = qr_rows(mark.text)
    module_mm = mark.width_mm / len(rows)
    pdf.set_fill_color(0)
    for row_number, row in enumerate(rows):
        column = 0
        for is_dark, group in groupby(row):
            modules = len(list(group))
            if is_dark:
                pdf.rect(
                    mark.x_mm + column * module_mm,
                    mark.y_mm + row_number * module_mm,
                    modules * module_mm,
                    module_mm,
                    style="F",
                )
            column += modules
