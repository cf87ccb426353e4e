"""Flowing A4 pages: a head, facts, a table that goes on over pages with its captions repeated, notes, page numbers.

Everything is placed for a left-to-right reader; `finish` mirrors the pages where the language reads from the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.documents.marks import Align, FrameMark, Ink, Mark, QrMark, RuleMark, Sheet, TextMark
from app.documents.translator import Translator
from app.documents.typesetting import Line, line_height_mm, set_line, wrap_at_most

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
MARGIN_MM = 18.0
INNER_MM = WIDTH_MM - 2 * MARGIN_MM
_LAST_MM = HEIGHT_MM - 24.0
_GUTTER_MM = 3.0
_CELL_PADDING_MM = 1.9
# A runaway description must not push its row over a whole page.
_LINES_PER_CELL = 8


@dataclass(frozen=True, slots=True)
class Column:
    caption: str
    width_mm: float
    align: Align = Align.LEFT

    @property
    def measure_mm(self) -> float:
        """How wide its texts may be. A right-aligned column stands last and reaches the edge of the table."""
        return self.width_mm if self.align is Align.RIGHT else self.width_mm - _GUTTER_MM


@dataclass(frozen=True, slots=True)
class Cell:
    """`sub` stands below the text, small and grey. `is_box`: an empty square to tick by hand instead of a text."""

    text: str = ""
    sub: str = ""
    bold: bool = False
    is_box: bool = False


@dataclass(frozen=True, slots=True)
class _Style:
    size_pt: float
    bold: bool = False
    ink: Ink = Ink.BLACK
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a line goes: its top left corner and its measure."""

    x_mm: float
    y_mm: float
    width_mm: float


_CAPTION = _Style(8, ink=Ink.GREY)


def _mark(line: Line, spot: _Spot, style: _Style) -> TextMark:
    return TextMark(spot.x_mm, spot.y_mm, spot.width_mm, line.text, style.size_pt, style.bold, style.align, style.ink)


class Flow:
    """A document being written from top to bottom; a new page begins when the next piece does not fit."""

    def __init__(self, tr: Translator, footer: str) -> None:
        self._tr = tr
        self._footer = footer
        self._pages: list[list[Mark]] = [[]]
        self._y_mm = MARGIN_MM

    def head(self, brand: str, title: str, qr_text: str | None = None) -> None:
        """Brand in large type, the document's name below it, a code to scan in the far corner."""
        qr_mm = 20.0 if qr_text else 0.0
        measure_mm = INNER_MM - (qr_mm + 6 if qr_text else 0)
        top_mm = self._y_mm
        if qr_text:
            self._put(QrMark(WIDTH_MM - MARGIN_MM - qr_mm, top_mm, qr_mm, qr_text))
        self._y_mm += self._paragraph(brand, _Spot(MARGIN_MM, self._y_mm, measure_mm), _Style(22, bold=True), 2)
        self._y_mm += self._paragraph(title, _Spot(MARGIN_MM, self._y_mm, measure_mm), _Style(12, ink=Ink.GREY), 2)
        self._y_mm = max(self._y_mm, top_mm + qr_mm) + 4
        self._put(RuleMark(MARGIN_MM, self._y_mm, INNER_MM, 0.6))
        self._y_mm += 5

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Captioned values side by side; a value may have several lines."""
        width_mm = INNER_MM / len(facts)
        heights = [
            self._fact(caption, value, MARGIN_MM + place * width_mm, width_mm - _GUTTER_MM)
            for place, (caption, value) in enumerate(facts)
        ]
        self._y_mm += max(heights) + 6

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """A row is never split over pages; the captions stand on every page the table reaches."""
        self._captions(columns)
        for row in rows:
            set_row = [self._set_cell(cell, column) for cell, column in zip(row, columns, strict=True)]
            height_mm = max(height for _, height in set_row) + 2 * _CELL_PADDING_MM
            if self._breaks_for(height_mm):
                self._captions(columns)
            x_mm = MARGIN_MM
            for (marks, _), column in zip(set_row, columns, strict=True):
                for mark in marks:
                    self._put(replace(mark, x_mm=mark.x_mm + x_mm, y_mm=mark.y_mm + self._y_mm + _CELL_PADDING_MM))
                x_mm += column.width_mm
            self._y_mm += height_mm
            self._put(RuleMark(MARGIN_MM, self._y_mm, INNER_MM, 0.15, Ink.GREY))
        self._y_mm += 3

    def sentence(self, text: str, bold: bool = False, size_pt: float = 10) -> None:
        for line in wrap_at_most(text, INNER_MM, size_pt, bold, 40):
            self._breaks_for(line_height_mm(size_pt))
            self._put(_mark(line, _Spot(MARGIN_MM, self._y_mm, INNER_MM), _Style(size_pt, bold)))
            self._y_mm += line_height_mm(size_pt)
        self._y_mm += 3

    def framed(self, caption: str, text: str) -> None:
        """A note in a frame, kept on one page."""
        lines = wrap_at_most(text, INNER_MM - 10, 11, False, 24)
        height_mm = 8 + line_height_mm(8) + len(lines) * line_height_mm(11)
        self._breaks_for(height_mm)
        self._put(FrameMark(MARGIN_MM, self._y_mm, INNER_MM, height_mm, 0.3))
        spot = _Spot(MARGIN_MM + 5, self._y_mm + 4, INNER_MM - 10)
        below = replace(spot, y_mm=spot.y_mm + self._paragraph(caption, spot, _CAPTION, 1))
        self._paragraph(text, below, _Style(11), 24)
        self._y_mm += height_mm + 5

    def signature_boxes(self, captions: Sequence[str], height_mm: float = 30.0) -> None:
        """Empty boxes side by side to be filled in by hand, kept together on one page."""
        self._breaks_for(height_mm + 4)
        width_mm = (INNER_MM - _GUTTER_MM * (len(captions) - 1)) / len(captions)
        for place, caption in enumerate(captions):
            x_mm = MARGIN_MM + place * (width_mm + _GUTTER_MM)
            self._put(FrameMark(x_mm, self._y_mm, width_mm, height_mm, 0.3))
            self._paragraph(caption, _Spot(x_mm + 2, self._y_mm + 1.5, width_mm - 4), _CAPTION, 2)
        self._y_mm += height_mm + 4

    def keep_together(self, height_mm: float) -> None:
        """What comes next, this high, stands on one page."""
        self._breaks_for(height_mm)

    def finish(self) -> list[Sheet]:
        """The pages, each with the footer and its number of all."""
        sheets = []
        for number, marks in enumerate(self._pages, 1):
            page_of = self._tr.gettext("Page %(number)s of %(count)s") % {
                "number": self._tr.number(number),
                "count": self._tr.number(len(self._pages)),
            }
            y_mm, half_mm = HEIGHT_MM - 16.0, INNER_MM / 2
            left = wrap_at_most(self._footer, half_mm + 30, 8, False, 1)
            foot = [TextMark(MARGIN_MM, y_mm, half_mm + 30, line.text, 8, ink=Ink.GREY) for line in left]
            right = TextMark(
                MARGIN_MM + half_mm + 30, y_mm, half_mm - 30, set_line(page_of).text, 8, False, Align.RIGHT, Ink.GREY
            )
            sheet = Sheet(WIDTH_MM, HEIGHT_MM, (*marks, *foot, right))
            sheets.append(sheet.mirrored() if self._tr.rtl else sheet)
        return sheets

    def _put(self, mark: Mark) -> None:
        self._pages[-1].append(mark)

    def _breaks_for(self, height_mm: float) -> bool:
        """Begins a new page when `height_mm` does not fit on this one, and says so."""
        if self._y_mm + height_mm <= _LAST_MM:
            return False
        self._pages.append([])
        self._y_mm = MARGIN_MM
        return True

    def _paragraph(self, text: str, spot: _Spot, style: _Style, limit: int) -> float:
        """Places at most `limit` lines at `spot` and answers their height; the flow stays where it is."""
        lines = wrap_at_most(text, spot.width_mm, style.size_pt, style.bold, limit)
        for place, line in enumerate(lines):
            y_mm = spot.y_mm + place * line_height_mm(style.size_pt)
            self._put(_mark(line, replace(spot, y_mm=y_mm), style))
        return len(lines) * line_height_mm(style.size_pt)

    def _fact(self, caption: str, value: str, x_mm: float, width_mm: float) -> float:
        spot = _Spot(x_mm, self._y_mm, width_mm)
        used_mm = self._paragraph(caption, spot, _CAPTION, 2)
        return used_mm + self._paragraph(value, replace(spot, y_mm=spot.y_mm + used_mm), _Style(11), 8)

    def _captions(self, columns: Sequence[Column]) -> None:
        x_mm, tallest_mm = MARGIN_MM, 0.0
        for column in columns:
            style = _Style(8, bold=True, align=column.align)
            spot = _Spot(x_mm, self._y_mm, column.measure_mm)
            tallest_mm = max(tallest_mm, self._paragraph(column.caption, spot, style, 2))
            x_mm += column.width_mm
        self._y_mm += tallest_mm + 1
        self._put(RuleMark(MARGIN_MM, self._y_mm, INNER_MM, 0.4))
        self._y_mm += 0.4

    def _set_cell(self, cell: Cell, column: Column) -> tuple[list[TextMark | FrameMark], float]:
        """The cell's marks from its own top left corner, and their height."""
        if cell.is_box:
            return [FrameMark(0.2, 0.3, 4.5, 4.5, 0.4)], 5.0
        marks: list[TextMark | FrameMark] = []
        measure_mm, y_mm = column.measure_mm, 0.0
        for text, size_pt, bold, ink in ((cell.text, 10.0, cell.bold, Ink.BLACK), (cell.sub, 8.0, False, Ink.GREY)):
            for line in wrap_at_most(text, measure_mm, size_pt, bold, _LINES_PER_CELL):
                marks.append(TextMark(0, y_mm, measure_mm, line.text, size_pt, bold, column.align, ink))
                y_mm += line_height_mm(size_pt)
        return marks, y_mm
