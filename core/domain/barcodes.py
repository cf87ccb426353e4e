"""What a scanned or typed text means, the same on the device at the moment of the scan and in the core when it arrives.

`normalise` never raises, whatever text it is given, and answers one of a closed set of values. A product number always
comes out as the 14 digits of a GTIN, so that EAN-8, UPC-A, EAN-13, GTIN-14, a GS1 element string and a Digital Link of
one article are one number: two codes are equal when they name the same thing, whatever else is on the labels
(`details`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from core.domain import gs1, own_codes
from core.domain.gs1 import GROUP_SEPARATOR, NO_DETAILS, Details, Fields
from core.domain.own_codes import OwnKind

MAX_SCAN_LENGTH: Final = 512
GTIN_LENGTHS: Final = (8, 12, 13, 14)
SSCC_LENGTH: Final = 18

UnreadableReason = Literal[
    "empty", "too_long", "control_characters", "check_digit", "gs1_malformed", "own_malformed", "own_newer"
]


@dataclass(frozen=True, slots=True)
class Gtin:
    """An article. `value14`: 14 digits, padded with zeros on the left, check digit right."""

    value14: str
    details: Details = field(default=NO_DETAILS, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sscc:
    """A parcel. `value18`: 18 digits, check digit right."""

    value18: str
    details: Details = field(default=NO_DETAILS, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ShelfCode:
    """A place in the store, from a shelf label of ours, in capitals."""

    value: str


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A QR payload of ours other than a shelf: `comptoir:<kind>:<value>`."""

    kind: OwnKind
    value: str


@dataclass(frozen=True, slots=True)
class PlainCode:
    """A text with no meaning of its own: an in-house article number, a carrier's tracking number."""

    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Nothing to look up. `text`: what was read, at most 64 characters; a carrier's number may look like a bad GTIN."""

    reason_code: UnreadableReason
    text: str = ""


Code = Gtin | Sscc | ShelfCode | OwnCode | PlainCode | Unreadable

# An AIM symbology identifier; a keyboard with Caps Lock on turns its letter round.
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# GS1-128, GS1 DataMatrix, GS1 QR, GS1 DotCode; DataBar. What follows these is an element string.
_GS1_SYMBOLOGIES: Final = ("]c1", "]d2", "]q3", "]j1")
_DATABAR: Final = "]e0"
_WITH_ADD_ON: Final = "]E3"
# Magazines and books carry two or five digits more, which say nothing of the article.
_ADD_ON = re.compile(r"(977\d{10})\d{2}|(97[789]\d{10})\d{5}", re.ASCII)


def check_digit(body: str) -> str:
    """The GS1 modulo-10 digit that belongs after `body` (ASCII digits only): weights 3, 1, 3 ... from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def has_valid_check_digit(digits: str) -> bool:
    """Whether the last of at least two ASCII digits is the check digit of those before it. False for any other text."""
    return len(digits) > 1 and _is_number(digits) and check_digit(digits[:-1]) == digits[-1]


def gtin_from(digits: str) -> Gtin | None:
    """The GTIN of 8, 12, 13 or 14 digits with a right check digit, else None."""
    if len(digits) in GTIN_LENGTHS and has_valid_check_digit(digits) and digits.strip("0"):
        return Gtin(digits.zfill(14))
    return None


def sscc_from(digits: str) -> Sscc | None:
    """The SSCC of 18 digits with a right check digit, else None."""
    return Sscc(digits) if len(digits) == SSCC_LENGTH and has_valid_check_digit(digits) and digits.strip("0") else None


def normalise(text: str) -> Code:
    """What a scan or a typed code means. Any text gives a value; an AIM symbology identifier (`]C1`) may come first."""
    if len(text) in GTIN_LENGTHS:  # nearly every scan: nothing else is looked at
        plain = gtin_from(text)
        if plain is not None:
            return plain
    if len(text) > MAX_SCAN_LENGTH:
        return Unreadable("too_long", text[:64])
    text = text.strip(" \t\r\n\x00")
    symbology, text = _without_symbology(text)
    if not text.strip(GROUP_SEPARATOR + " "):
        return Unreadable("empty")
    if symbology.lower() in _GS1_SYMBOLOGIES or symbology == _DATABAR or GROUP_SEPARATOR in text:
        return _from_label(text, gs1.elements)
    if not text.isprintable():
        return Unreadable("control_characters")
    if own_codes.is_ours(text):
        return _from_own_payload(text)
    if _is_number(text):
        return _from_number(text, symbology)
    return _from_text(text)


def scanned_text(code: Code) -> str:
    """The number or text of a code, as a person would look it up. Empty for an unreadable one without text."""
    match code:
        case Gtin(value14=text) | Sscc(value18=text) | PlainCode(text=text) | Unreadable(text=text):
            return text
        case ShelfCode(value=value) | OwnCode(value=value):
            return value


def _is_number(text: str) -> bool:
    # isdigit alone is also true of Arabic and superscript digits.
    return text.isascii() and text.isdigit()


def _without_symbology(text: str) -> tuple[str, str]:
    found = _SYMBOLOGY.match(text)
    return (found.group(), text[3:]) if found else ("", text)


def _from_number(digits: str, symbology: str) -> Code:
    known = gtin_from(digits) or sscc_from(digits)
    if known:
        return known
    if symbology == _WITH_ADD_ON and len(digits) in (15, 18):
        return gtin_from(digits[:13]) or Unreadable("check_digit", digits)
    if len(digits) in (16, 20) and digits[:2] == {16: "01", 20: "00"}[len(digits)]:
        return _from_label(digits, gs1.elements)
    add_on = _ADD_ON.fullmatch(digits)
    if add_on and (printed := gtin_from(add_on.group(1) or add_on.group(2))):
        return printed
    # Eight digits are too often a retailer's own number to call them a misread EAN-8.
    return Unreadable("check_digit", digits) if len(digits) in (12, 13, 14) else _from_bare(digits)


def _from_text(text: str) -> Code:
    for reader in (gs1.digital_link, gs1.bracketed):
        if (fields := reader(text)) is not None:
            return _from_fields(fields, text)
    return _from_bare(text)


def _from_bare(text: str) -> Code:
    """A scanner that sends neither identifier nor FNC1 leaves an element string that only its check digit tells."""
    if len(text) > 16 and _is_number(text[:16]) and (gtin_from(text[2:16]) or sscc_from(text[2:20])):
        fields = gs1.bare(text)
        named = _named(fields) if fields else None
        if named is not None:
            return named
    return PlainCode(text)


def _from_own_payload(text: str) -> Code:
    found = own_codes.read(text)
    if found is None:
        return Unreadable("own_malformed", text[:64])
    kind, value = found
    match kind:
        case "shelf":
            return ShelfCode(value.upper())
        case "enrol" | "pickup" | "parcel" | "receipt" | "run":
            return OwnCode(kind, value)
        case _:
            return Unreadable("own_newer", text[:64])


def _from_label(text: str, reader: Callable[[str], Fields | None]) -> Code:
    fields = reader(text)
    return Unreadable("gs1_malformed", text[:64]) if fields is None else _from_fields(fields, text)


def _from_fields(fields: Fields, text: str) -> Code:
    if "00" in fields or "01" in fields:
        return _named(fields) or Unreadable("check_digit", text[:64])
    return PlainCode(text.replace(GROUP_SEPARATOR, " ").strip()) if text.isascii() else Unreadable("gs1_malformed")


def _named(fields: Fields) -> Gtin | Sscc | None:
    """The parcel or article of a label, with what else it says."""
    if "00" in fields:
        parcel = sscc_from(fields["00"])
        return Sscc(parcel.value18, gs1.details(fields)) if parcel else None
    number = fields.get("01", "")
    article = gtin_from(number) if len(number) == 14 else None
    return Gtin(article.value14, gs1.details(fields)) if article else None
