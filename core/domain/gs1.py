"""What a GS1 label says, in any of the ways it is written: element string, bracketed text, Digital Link.

biip knows the identifiers and what may stand after each; it is imported with the first label that needs it, never by a
plain article number. What scanners and people do to a label is forgiven here: separators doubled or left out, blanks
in brackets, an identifier nobody knows between two separators. No text raises; what is no label is None.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

# Between the fields of an element string a scanner sends FNC1 as this character.
GROUP_SEPARATOR: Final = "\x1d"
Fields = Mapping[str, str]

# GS1 General Specifications, figure 7.8.5-2: fields of these first two digits have this length, identifier included,
# and need no separator after them. Every other field runs to the next separator or the end.
_FIXED_LENGTHS: Final = (
    {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
    | {f"{ai}": 8 for ai in range(11, 20)}
    | {f"{ai}": 10 for ai in range(31, 37)}
)
# What may follow an article number where nothing tells that the text is an element string at all.
_AFTER_ARTICLE = re.compile(r"10|1[1-7]|2[01]|30|37|3[12]0\d|39[23]\d")
_LINK = re.compile(r"https?://[^/?#\s]+/", re.IGNORECASE)
_LINK_NUMBER = re.compile(r"/(?:00/\d{18}|01/(?:\d{14}|\d{13}|\d{12}|\d{8}))(?=[/?#;]|$)", re.ASCII)
# The first edition of the standard allowed names; printed labels live long.
_LINK_NAMES: Final = {"gtin": "01", "sscc": "00", "lot": "10", "ser": "21", "cpv": "22"}
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)([^()\x00-\x1f]{1,90})")
_DATES: Final = frozenset({"11", "12", "13", "15", "16", "17"})
_POUND_G: Final = 453.59237


@dataclass(frozen=True, slots=True)
class Details:
    """What a label says beside the number. Dates as printed, YYMMDD (`day_of`); "" and 0 where it says nothing."""

    serial: str = ""
    batch: str = ""
    expiry: str = ""
    best_before: str = ""
    count: int = 0
    weight_g: int = 0
    price: str = ""  # in major units with a decimal point: "12.50"
    currency: str = ""  # ISO 4217 number; "" is the store's own


NO_DETAILS: Final = Details()


def warm() -> None:
    """Loads what the first label would wait for; call it beside the work, in a thread."""
    elements("0109506000134352")


def elements(text: str) -> Fields | None:
    """The fields of an element string by identifier, the first of each. None: cut short, or no element string."""
    if not text.isascii():
        return None
    found: dict[str, str] = {}
    rest = text.strip(GROUP_SEPARATOR)
    while rest:
        field = _first(rest)
        if field is None:
            field = _as_it_stands(rest)
        if field is None:
            return None
        ai, value = field
        found.setdefault(ai, value)
        rest = rest[len(ai) + len(value) :].lstrip(GROUP_SEPARATOR)
    return found


def bare(text: str) -> Fields | None:
    """An element string without any separator or symbology in front of it. None unless all of it is beyond doubt."""
    if not text.isascii() or text[:2] not in ("00", "01", "02"):
        return None
    found: dict[str, str] = {}
    rest = text
    while rest:
        field = _first(rest)
        if field is None or (found and not (_AFTER_ARTICLE.match(rest) or field[0] in ("01", "02"))):
            return None
        ai, value = field
        if ai in found or (ai in _DATES and day_of(value, date(2000, 1, 1)) is None):
            return None
        found[ai] = value
        rest = rest[len(ai) + len(value) :]
    return found


def bracketed(text: str) -> Fields | None:
    """As it is printed under the bars: `(01)09506000134352(10)ABC`, with or without blanks."""
    packed = "".join(text.split())
    pairs = _BRACKETED.findall(packed)
    if not pairs or sum(len(ai) + len(value) + 2 for ai, value in pairs) != len(packed):
        return None
    # People write an article number there as short as it stands under the bars.
    return {ai: value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value for ai, value in reversed(pairs)}


def digital_link(text: str) -> Fields | None:
    """The fields of a GS1 Digital Link. None for any other address, and for one with a number of another length."""
    if not _LINK.match(text):
        return None
    address = "/".join(_LINK_NAMES.get(part.lower(), part) for part in text.split("/"))
    if not _LINK_NUMBER.search(address):
        return None
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        parsed = GS1DigitalLinkURI.parse(address, config=_config())
    except (ParseError, ValueError):  # ValueError: no address to urllib, such as "http://[/"
        return _only_number(address)
    return {element.ai.ai: element.value for element in reversed(parsed.element_strings)}


def details(fields: Fields) -> Details:
    """What the fields of a label say beside its number."""
    if len(fields) < 2:
        return NO_DETAILS
    price, currency = _price(fields)
    return Details(
        serial=fields.get("21", ""),
        batch=fields.get("10", ""),
        expiry=fields.get("17", ""),
        best_before=fields.get("15", ""),
        count=_count(fields),
        weight_g=_weight_g(fields),
        price=price,
        currency=currency,
    )


def day_of(yymmdd: str, today: date) -> date | None:
    """The day that six digits mean, day 00 being the last of its month. None: no day.

    The century is the one that puts it less than 51 years before and at most 50 years after `today` (section 7.12).
    """
    if len(yymmdd) != 6 or not _is_number(yymmdd):
        return None
    year, month, day = (int(yymmdd[at : at + 2]) for at in (0, 2, 4))
    year += today.year - today.year % 100
    year += 100 if year - today.year <= -50 else -100 if year - today.year >= 51 else 0
    if not 1 <= month <= 12:
        return None
    try:
        if day:
            return date(year, month, day)
        following = date(year + month // 12, month % 12 + 1, 1)
    except ValueError:
        return None
    return date.fromordinal(following.toordinal() - 1)


def _first(text: str) -> tuple[str, str] | None:
    """(identifier, value) of the field a text begins with."""
    from biip import ParseError
    from biip.gs1_element_strings import GS1ElementString

    try:
        element = GS1ElementString.extract(text, config=_config())
    except (ParseError, ValueError, ArithmeticError):
        return None
    # biip leaves out what its pattern does not keep; only a value that stands there as it is can be stepped over.
    if not text.startswith(element.ai.ai + element.value) or not element.value:
        return None
    return element.ai.ai, element.value


def _as_it_stands(text: str) -> tuple[str, str] | None:
    """(first two digits, rest of the field) where the standard's pattern does not fit: a date that is none, an
    identifier nobody knows. A field of a fixed length that is cut short is None."""
    length = _FIXED_LENGTHS.get(text[:2])
    if length is not None:
        whole = len(text) >= length and _is_number(text[:length])
        return (text[:2], text[2:length]) if whole else None
    field = text.partition(GROUP_SEPARATOR)[0]
    return (field[:2], field[2:]) if len(field) > 2 and _is_number(field[:2]) else None


def _config() -> Any:
    from biip import ParseConfig

    # Labels with a date of zeros are printed every day, and still name their article.
    return ParseConfig(gs1_element_strings_verify_date=False)


def _only_number(address: str) -> Fields | None:
    """The number of a link whose other parts are wrong."""
    found = _LINK_NUMBER.search(address)
    if found is None:
        return None
    _, ai, number = found.group().split("/")
    return {ai: number.zfill(14) if ai == "01" else number}


def _count(fields: Fields) -> int:
    said = fields.get("30") or fields.get("37") or ""
    return int(said) if _is_number(said) else 0


def _weight_g(fields: Fields) -> int:
    for ai, places, value in _measures(fields, ("310", "320")):
        unit_g = 1000.0 if ai == "310" else _POUND_G
        return round(int(value) * unit_g * float(f"1e-{places}"))
    return 0


def _price(fields: Fields) -> tuple[str, str]:
    for ai, places, value in _measures(fields, ("392", "393")):
        currency, digits = (value[:3], value[3:]) if ai == "393" else ("", value)
        if digits:
            whole = digits[: len(digits) - places] or "0"
            return f"{int(whole)}.{digits[len(digits) - places :]}" if places else str(int(whole)), currency
    return "", ""


def _measures(fields: Fields, families: tuple[str, ...]) -> Iterator[tuple[str, int, str]]:
    """(family, decimal places, digits) of the fields whose fourth digit says where the point is."""
    for ai, value in fields.items():
        if len(ai) == 4 and ai[:3] in families and _is_number(value) and int(ai[3]) <= len(value):
            yield ai[:3], int(ai[3]), value


def _is_number(text: str) -> bool:
    # isdigit alone is also true of Arabic and superscript digits.
    return text.isascii() and text.isdigit()
