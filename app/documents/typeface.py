"""The bundled fonts: which of them has a character, and how wide a text is, the same for PDF and ZPL.

A character that no bundled font has is printed as a question mark, so that one odd letter never stops a label.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS_DIR = Path(__file__).resolve().parents[2] / "assets" / "fonts"
MM_PER_POINT = 25.4 / 72
# From the top of a line to its baseline: capitals stand in the middle of a line of 1.3 em.
BASELINE_EM = 1.0
_FAMILIES = ("NotoSans", "NotoSansArabic", "NotoSansSC")


@dataclass(frozen=True)
class Face:
    """One font file. `advances`: width of each character in em."""

    name: str
    path: Path
    advances: dict[int, float]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line that one face prints."""

    face: Face
    text: str


@cache
def face(name: str) -> Face:
    path = FONTS_DIR / f"{name}.ttf"
    with TTFont(path, lazy=True) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        advances = {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
    return Face(name, path, advances)


def faces(bold: bool) -> Iterator[Face]:
    """The faces to try in turn, each read when it is its turn: the Chinese ones are large, and few labels need them."""
    for family in _FAMILIES:
        yield face(f"{family}-{'Bold' if bold else 'Regular'}")


def runs(text: str, bold: bool) -> tuple[Run, ...]:
    """The line cut where the font changes, unprintable characters replaced."""
    placed = [_place(character, bold) for character in text]
    return tuple(
        Run(face(name), "".join(character for _, character in group))
        for name, group in groupby(placed, key=lambda item: item[0])
    )


def width_mm(text: str, size_pt: float, bold: bool) -> float:
    ems = sum(_advance_em(character, bold) for character in text)
    return ems * size_pt * MM_PER_POINT


@cache
def _place(character: str, bold: bool) -> tuple[str, str]:
    for candidate in faces(bold):
        if ord(character) in candidate.advances:
            return candidate.name, character
    return next(faces(bold)).name, "?"


@cache
def _advance_em(character: str, bold: bool) -> float:
    name, shown = _place(character, bold)
    return face(name).advances[ord(shown)]
