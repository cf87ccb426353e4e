"""What a document is made of, before it is PDF or ZPL: a sheet of marks with places in millimetres.

The origin is the top left corner. One layout serves both printers, so the label on paper is the label in ZPL.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Ink(StrEnum):
    BLACK = "black"
    GREY = "grey"
    WHITE = "white"


@dataclass(frozen=True, slots=True)
class TextMark:
    """One line of text in the order the eye sees it (see `typesetting`). `y_mm` is the top of the line."""

    x_mm: float
    y_mm: float
    width_mm: float
    text: str
    size_pt: float
    bold: bool = False
    align: Align = Align.LEFT
    ink: Ink = Ink.BLACK


@dataclass(frozen=True, slots=True)
class RuleMark:
    """A horizontal or vertical line, as a filled bar."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    ink: Ink = Ink.BLACK


@dataclass(frozen=True, slots=True)
class FrameMark:
    """An empty box."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    thickness_mm: float = 0.25


@dataclass(frozen=True, slots=True)
class SsccMark:
    """A parcel number as GS1-128 with application identifier 00; its quiet zones are left free by the layout."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    value18: str


@dataclass(frozen=True, slots=True)
class QrMark:
    """A QR code, error correction M; `width_mm` is its square without the quiet zone."""

    x_mm: float
    y_mm: float
    width_mm: float
    text: str


Mark = TextMark | RuleMark | FrameMark | SsccMark | QrMark

_OPPOSITE = {Align.LEFT: Align.RIGHT, Align.RIGHT: Align.LEFT, Align.CENTRE: Align.CENTRE}


@dataclass(frozen=True, slots=True)
class Sheet:
    width_mm: float
    height_mm: float
    marks: tuple[Mark, ...]

    def mirrored(self) -> "Sheet":
        """The same page for a right-to-left reader: places are mirrored, codes are not."""
        return replace(self, marks=tuple(self._mirror(mark) for mark in self.marks))

    def _mirror(self, mark: Mark) -> Mark:
        x_mm = self.width_mm - mark.x_mm - mark.width_mm
        if isinstance(mark, TextMark):
            return replace(mark, x_mm=x_mm, align=_OPPOSITE[mark.align])
        return replace(mark, x_mm=x_mm)
