"""What a scanned or typed text means, the same on the device at the moment of the scan and in the core when it arrives.

`normalise` never raises, whatever text it is given, and answers one of a closed set of values. A product number always
comes out as the 14 digits of a GTIN, so that EAN-8, UPC-A, EAN-13, GTIN-14 and a GS1 element string of one article are
one number. Only what an article or a parcel is called is taken from an element string; batch, date and serial are not.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

MAX_SCAN_LENGTH: Final = 512
GTIN_LENGTHS: Final = (8, 12, 13, 14)
SSCC_LENGTH: Final = 18
# Between the fields of an element string a scanner sends FNC1 as this character.
GROUP_SEPARATOR: Final = "\x1d"

OwnKind = Literal["enrol", "parcel", "run"]
UnreadableReason = Literal["empty", "too_long", "control_characters", "check_digit", "gs1_malformed", "own_malformed"]


@dataclass(frozen=True, slots=True)
class Gtin:
    """An article. `value14`: 14 digits, padded with zeros on the left, check digit right."""

    value14: str


@dataclass(frozen=True, slots=True)
class Sscc:
    """A parcel. `value18`: 18 digits, check digit right."""

    value18: str


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

_OWN = re.compile(r"comptoir:([a-z]+):([\x21-\x7e]{1,400})", re.IGNORECASE)
_BRACKETED = re.compile(r"(?:\([0-9]{2,4}\)[^()\x00-\x1f]{1,90})+")
_BRACKETED_FIELD = re.compile(r"\(([0-9]{2,4})\)([^()]+)")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# GS1-128, DataBar, GS1 DataMatrix, GS1 QR: what follows these is an element string.
_GS1_SYMBOLOGIES: Final = ("]C1", "]e0", "]d2", "]Q3")
# GS1 General Specifications, figure 7.8.5-2: fields of these first two digits have this length, identifier included,
# and need no separator after them. Every other field runs to the next separator or the end.
_FIXED_LENGTHS: Final = (
    {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
    | {f"{ai}": 8 for ai in range(11, 20)}
    | {f"{ai}": 10 for ai in range(31, 37)}
)


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
    if len(text) > MAX_SCAN_LENGTH:
        return Unreadable("too_long", text[:64])
    text = text.strip(" \t\r\n\x00")
    symbology, text = _without_symbology(text)
    if not text.strip(GROUP_SEPARATOR + " "):
        return Unreadable("empty")
    if symbology in _GS1_SYMBOLOGIES or GROUP_SEPARATOR in text:
        return _from_element_string(text)
    if not text.isprintable():
        return Unreadable("control_characters")
    if text[:9].lower() == "comptoir:":
        return _from_own_payload(text)
    if _BRACKETED.fullmatch(text):
        return _from_fields(dict(reversed(_BRACKETED_FIELD.findall(text))), text)
    return _from_number(text) if _is_number(text) else PlainCode(text)


def _is_number(text: str) -> bool:
    # isdigit alone is also true of Arabic and superscript digits.
    return text.isascii() and text.isdigit()


def _without_symbology(text: str) -> tuple[str, str]:
    found = _SYMBOLOGY.match(text)
    return (found.group(), text[3:]) if found else ("", text)


def _from_number(digits: str) -> Code:
    known = gtin_from(digits) or sscc_from(digits)
    if known:
        return known
    # A scanner that sends neither identifier nor FNC1 leaves the bare element string of one field.
    if len(digits) == 20 and digits.startswith("00"):
        return sscc_from(digits[2:]) or Unreadable("check_digit", digits)
    if len(digits) == 16 and digits.startswith("01"):
        return gtin_from(digits[2:]) or Unreadable("check_digit", digits)
    # Eight digits are too often a retailer's own number to call them a misread EAN-8.
    return Unreadable("check_digit", digits) if len(digits) in (12, 13, 14) else PlainCode(digits)


def _from_own_payload(text: str) -> Code:
    found = _OWN.fullmatch(text)
    if found is None:
        return Unreadable("own_malformed", text[:64])
    kind, value = found.group(1).lower(), found.group(2)
    match kind:
        case "shelf":
            return ShelfCode(value.upper())
        case "enrol" | "parcel" | "run":
            return OwnCode(kind, value)
        case _:
            return Unreadable("own_malformed", text[:64])


def _from_element_string(text: str) -> Code:
    fields: dict[str, str] = {}
    rest = text.lstrip(GROUP_SEPARATOR)
    while rest:
        length = _FIXED_LENGTHS.get(rest[:2])
        if length is not None:
            field, rest = rest[:length], rest[length:].removeprefix(GROUP_SEPARATOR)
            if len(field) < length or not _is_number(field):
                return Unreadable("gs1_malformed", text[:64])
        else:
            field, _, rest = rest.partition(GROUP_SEPARATOR)
            if len(field) < 3 or not _is_number(field[:2]):
                return Unreadable("gs1_malformed", text[:64])
        fields.setdefault(field[:2], field[2:])
    return _from_fields(fields, text)


def _from_fields(fields: dict[str, str], text: str) -> Code:
    if "00" in fields:
        return sscc_from(fields["00"]) or Unreadable("check_digit", text[:64])
    if "01" in fields:
        return (len(fields["01"]) == 14 and gtin_from(fields["01"])) or Unreadable("check_digit", text[:64])
    return PlainCode(text.replace(GROUP_SEPARATOR, " ").strip()) if text.isascii() else Unreadable("gs1_malformed")
