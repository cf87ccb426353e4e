"""Decides what counts as read. A check digit is not enough: two engines agreed on 9074932437075 for 0023942431015.

EAN and UPC need the soft decoder's consent, or its own clear answer. Codes with an error correction count at once;
codes without any check need many lines, their quiet zones (that they fill their region) or a second decoder.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import pairwise

from app.devices.codes import rules
from app.devices.codes import symbols as names
from app.devices.codes.soft import Guess
from app.devices.codes.symbols import Corner, Decoded

# Fit and margin of the soft decoder: on its own, and to agree with what another decoder read.
OWN = {names.EAN13: (0.54, 0.22), names.EAN8: (0.6, 0.6), names.UPCE: (0.68, 0.48)}
CONSENT = {names.EAN13: (0.42, 0.04), names.EAN8: (0.45, 0.06), names.UPCE: (0.58, 0.15)}
CORRECTED = frozenset({names.QR, names.DATA_MATRIX, names.AZTEC, names.PDF417})
FILLS = 0.66  # of the region's width
LINES_ALONE = {names.CODE128: 2, names.CODE39: 4, names.ITF: 4, names.DATABAR: 12, names.DATABAR_EXPANDED: 3}
SHORT = 4  # characters; shorter texts are what stripes and letters look like
LINES_SHORT = 10
APART = 0.8  # of the longer side, from middle to middle


@dataclass
class Claim:
    """One text that was seen. `lines`: the most that agreed in one view; `filled`: of its region; `places`: each where
    it was read by itself, some of them twice."""

    symbology: str
    text: str
    corners: tuple[Corner, ...]
    decoder: str
    lines: int = 0
    gs1: bool = False
    filled: float = 0.0
    readers: set[str] = field(default_factory=set)
    consent: bool | None = None
    addon: str = ""
    places: list[tuple[Corner, ...]] = field(default_factory=list)

    @property
    def is_sure(self) -> bool:
        if self.symbology in CORRECTED:
            return True
        if self.symbology in names.RETAIL_NUMBERS:
            return self.consent is True
        if len(self.readers) > 1:
            return True
        needed = LINES_SHORT if len(self.text) < SHORT else LINES_ALONE.get(self.symbology, 4)
        if self.decoder == "runs":  # saw the quiet zones, too
            needed = 1 if rules.is_vehicle(self.text) else 2 if self.symbology == names.CODE128 else 3
            return self.lines >= needed and len(self.text) >= SHORT
        return self.lines >= needed and (self.symbology == names.CODE128 or self.filled >= FILLS)

    def decoded(self) -> Decoded:
        return Decoded(self.symbology, self.text, self.corners, self.decoder, self.addon, self.gs1)

    def each(self) -> list[Decoded]:
        """One for each label that lies apart from the others."""
        apart: list[Decoded] = []
        found = [replace(self.decoded(), corners=corners) for corners in self.places]
        for code in sorted(found, key=lambda code: code.area):  # one that spans two of them says nothing of its own
            if all(_are_apart(code, other) for other in apart):
                apart.append(code)
        return apart or [self.decoded()]


class Evidence:
    """What was claimed in one picture so far."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        self.claims: dict[tuple[str, str], Claim] = {}

    def add(self, claim: Claim) -> Claim | None:
        """None where rules or context forbid it; else the claim with all that is known of it."""
        clean = rules.canonical(claim.symbology, claim.text)
        if clean is None or clean[0] not in self._allowed:
            return None
        claim.symbology, claim.text = clean
        claim.readers.add(claim.decoder)
        known = self.claims.setdefault(clean, claim)
        if claim.filled or claim.symbology in CORRECTED:  # zbar tells of all alike in a picture at once
            known.places.append(claim.corners)
        if known is not claim:
            known.readers |= claim.readers
            if claim.filled > known.filled or (not known.filled and claim.lines > known.lines):
                known.corners, known.filled = claim.corners, max(known.filled, claim.filled)
            known.lines, known.gs1 = max(known.lines, claim.lines), known.gs1 or claim.gs1
        return known

    def weigh(self, claim: Claim, guesses: list[Guess], text_of: dict[str, str]) -> None:
        """The second opinion on an EAN / UPC. `text_of`: number of the guess -> text as given out."""
        for guess in guesses[:1]:
            fit, margin = CONSENT[guess.symbology]
            agrees = text_of[guess.number] == claim.text
            if agrees and guess.fit >= fit and guess.margin >= margin:
                claim.consent = True
            elif not agrees and guess.fit >= OWN[guess.symbology][0] and guess.margin >= OWN[guess.symbology][1]:
                claim.consent = False

    def sure(self) -> list[Claim]:
        """Without what lies inside another sure claim of the same symbology: the part of a longer number."""
        certain = [claim for claim in self.claims.values() if claim.is_sure]
        return [claim for claim in certain if not any(_is_part(claim, other) for other in certain)]


def is_own(guess: Guess) -> bool:
    """Whether the soft decoder may say this number without anybody else: a part of another code looks just as clear."""
    fit, margin = OWN[guess.symbology]
    return guess.alone and guess.fit >= fit and guess.margin >= margin


def _are_apart(code: Decoded, other: Decoded) -> bool:
    """Not the halves of one, above and below a glare."""
    sides = [
        math.dist(one, next_) for each in (code, other) for one, next_ in pairwise((*each.corners, each.corners[0]))
    ]
    return math.dist(code.centre, other.centre) >= APART * max(sides)


def _is_part(claim: Claim, other: Claim) -> bool:
    if other is claim or claim.symbology != other.symbology or claim.symbology not in (names.ITF, names.CODE39):
        return False
    return len(claim.text) < len(other.text) and claim.text in other.text


def in_order(codes: list[Decoded], width: int, height: int) -> list[Decoded]:
    """The aimed one first: near the centre and large."""

    def aim(code: Decoded) -> float:
        x, y = code.centre
        away = ((x - width / 2) ** 2 + (y - height / 2) ** 2) ** 0.5 / ((width**2 + height**2) ** 0.5 / 2)
        return float(away - 0.8 * (code.area / (width * height)) ** 0.5)

    return sorted(codes, key=aim)
