"""Turns a written text into lines as the eye sees them: wrapped, Arabic letters joined, right-to-left runs turned.

The device has no shaping engine, so Arabic is joined with its presentation forms before the text is measured and
wrapped, and each line is put into visual order by the Unicode bidirectional algorithm. The text's own first strong
letter decides its direction, so an Arabic name on a French label is right.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arabic_reshaper import ArabicReshaper
from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection

from app.documents.typeface import MM_PER_POINT, width_mm

LINE_HEIGHT_EM = 1.3
ELLIPSIS = "…"
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_reshaper = ArabicReshaper(configuration={"delete_harakat": True, "support_ligatures": True})


@dataclass(frozen=True, slots=True)
class Line:
    """One line in visual order. `rtl`: its paragraph begins on the right."""

    text: str
    rtl: bool


@dataclass(frozen=True, slots=True)
class FittedText:
    lines: tuple[Line, ...]
    size_pt: float
    # Whether something had to be left out, marked by an ellipsis.
    is_cut: bool


def line_height_mm(size_pt: float) -> float:
    return size_pt * MM_PER_POINT * LINE_HEIGHT_EM


def set_line(text: str) -> Line:
    """A text that is known to fit on one line."""
    joined = _join(text)
    rtl = auto_detect_base_direction(joined) == TextDirection.RTL
    return Line(_visual_order(joined, rtl), rtl)


def wrap(text: str, measure_mm: float, size_pt: float, bold: bool = False) -> tuple[Line, ...]:
    """The lines of a text no wider than `measure_mm`. Words longer than a line are broken; no text, no line."""
    lines: list[Line] = []
    for paragraph in text.splitlines():
        joined = _join(paragraph)
        rtl = auto_detect_base_direction(joined) == TextDirection.RTL
        lines += [Line(_visual_order(line, rtl), rtl) for line in _broken(joined, measure_mm, size_pt, bold)]
    return tuple(lines)


def wrap_at_most(text: str, measure_mm: float, size_pt: float, bold: bool, limit: int) -> tuple[Line, ...]:
    """Like `wrap`, cut after `limit` lines with an ellipsis."""
    lines = wrap(text, measure_mm, size_pt, bold)
    return lines if len(lines) <= limit else _cut(lines, limit, measure_mm, size_pt, bold)


def fit(text: str, box_mm: tuple[float, float], sizes_pt: Sequence[float], bold: bool = False) -> FittedText:
    """The text in the largest of `sizes_pt` (descending) that fits the box (width, height); cut at the smallest."""
    measure_mm, height_mm = box_mm
    for size_pt in sizes_pt:
        lines = wrap(text, measure_mm, size_pt, bold)
        if len(lines) * line_height_mm(size_pt) <= height_mm and not _breaks_a_word(text, measure_mm, size_pt, bold):
            return FittedText(lines, size_pt, is_cut=False)
    size_pt = sizes_pt[-1]
    lines = wrap(text, measure_mm, size_pt, bold)
    limit = max(1, int(height_mm / line_height_mm(size_pt)))
    if len(lines) <= limit:
        return FittedText(lines, size_pt, is_cut=False)
    return FittedText(_cut(lines, limit, measure_mm, size_pt, bold), size_pt, is_cut=True)


def _breaks_a_word(text: str, measure_mm: float, size_pt: float, bold: bool) -> bool:
    return any(width_mm(_join(word), size_pt, bold) > measure_mm for word in text.split())


def _join(text: str) -> str:
    """Control and formatting characters out, Arabic letters joined."""
    printable = "".join(
        " " if character.isspace() or unicodedata.category(character) in ("Cc", "Cs") else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    return str(_reshaper.reshape(unicodedata.normalize("NFC", printable)))


def _broken(text: str, measure_mm: float, size_pt: float, bold: bool) -> Iterator[str]:
    line = ""
    for word in _pieces(text, measure_mm, size_pt, bold):
        longer = f"{line} {word}" if line else word
        if line and width_mm(longer, size_pt, bold) > measure_mm:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _pieces(text: str, measure_mm: float, size_pt: float, bold: bool) -> Iterator[str]:
    for word in text.split():
        piece = ""
        for character in word:
            if piece and width_mm(piece + character, size_pt, bold) > measure_mm:
                yield piece
                piece = ""
            piece += character
        yield piece


def _cut(lines: Sequence[Line], limit: int, measure_mm: float, size_pt: float, bold: bool) -> tuple[Line, ...]:
    kept, last = list(lines[: limit - 1]), lines[limit - 1]
    text = last.text
    while text and width_mm(text + ELLIPSIS, size_pt, bold) > measure_mm:
        text = text[1:] if last.rtl else text[:-1]
    text = ELLIPSIS + text.lstrip() if last.rtl else text.rstrip() + ELLIPSIS
    return (*kept, Line(text, last.rtl))


def _visual_order(line: str, rtl: bool) -> str:
    if line.isascii():
        return line
    paragraph = BidiParagraph(line, base_direction=TextDirection.RTL if rtl else TextDirection.LTR)
    return "".join(
        # Rule L4: a bracket in a right-to-left run is drawn as its mirror image.
        item.character.translate(_MIRRORED) if item.embedding_level % 2 else item.character
        for item in paragraph.get_reordered_characters()
    )
