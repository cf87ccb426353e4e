"""Cells of a row as typed values; a cell that cannot be read raises RowRefused, which names it and says what to do."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from babel.numbers import get_currency_precision

from core.adapters.delimited import Row
from core.domain.barcodes import Gtin, normalise

MAX_TEXT: Final = 200
MAX_UNITS: Final = 1_000_000
MAX_MINOR: Final = 2 * 10**9  # a signed 32-bit integer holds it
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/ -]{0,63}")


class RowRefused(Exception):
    """One row is not taken. `code` is stable; `remedy` says in English what to do about it."""

    def __init__(self, code: str, field: str, value: str, remedy: str) -> None:
        super().__init__(f"{code}: {field}={value!r}")
        self.code, self.field, self.value, self.remedy = code, field, value[:MAX_TEXT], remedy


def text(row: Row, name: str, required: bool = False, longest: int = MAX_TEXT) -> str:
    value = row.values.get(name, "")
    if required and not value:
        raise RowRefused("value_missing", name, value, f"Fill in the column {name!r}.")
    if len(value) > longest:
        raise RowRefused("value_too_long", name, value, f"Shorten {name!r} to {longest} characters.")
    return value


def key(row: Row, name: str) -> str:
    """A number or code that names something: letters, digits and . _ / - or blanks, at most 64."""
    value = text(row, name, required=True)
    if not _KEY.fullmatch(value):
        raise RowRefused("value_malformed", name, value, "Use letters, digits and . _ / - (at most 64).")
    return value


def integer(row: Row, name: str, lowest: int, highest: int = MAX_UNITS, default: int | None = None) -> int:
    """Blank is not zero: it is `default`, or refused where there is none."""
    value = row.values.get(name, "")
    if not value and default is not None:
        return default
    try:
        number = Decimal(value)
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise RowRefused("not_a_number", name, value, f"Write {name!r} as a whole number.") from None
    if number != whole or not lowest <= whole <= highest:
        raise RowRefused("number_out_of_range", name, value, f"Give a whole number from {lowest} to {highest}.")
    return whole


def money(row: Row, name: str, currency: str, default: int | None = None) -> int:
    """Minor units of the currency; "12.50" and "12,50" are the same."""
    value = row.values.get(name, "")
    if not value and default is not None:
        return default
    try:
        minor = Decimal(value.replace(",", ".")) * 10 ** get_currency_precision(currency)
        whole = int(minor)
    except (InvalidOperation, ValueError, OverflowError):
        raise RowRefused("not_an_amount", name, value, f"Write {name!r} as an amount such as 12.50.") from None
    if minor != whole or not 0 <= whole <= MAX_MINOR:
        raise RowRefused("amount_out_of_range", name, value, f"Give an amount {currency} can be paid in, not below 0.")
    return whole


def moment(row: Row, name: str, default: datetime | None = None) -> datetime:
    """ISO 8601; without a zone it is UTC."""
    value = row.values.get(name, "")
    if not value and default is not None:
        return default
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise RowRefused("not_a_time", name, value, "Write the time as 2026-05-04T09:30:00+02:00.") from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def choice(row: Row, name: str, allowed: tuple[str, ...], default: str) -> str:
    value = row.values.get(name, "") or default
    if value not in allowed:
        raise RowRefused("value_not_allowed", name, value, f"Use one of: {', '.join(allowed)}.")
    return value


def gtins(row: Row, name: str) -> tuple[str, ...]:
    """Several are separated by blanks or |; each comes out with 14 digits, in the order given."""
    found = []
    for part in re.split(r"[\s|]+", row.values.get(name, "")):
        if not part:
            continue
        code = normalise(part)
        if not isinstance(code, Gtin):
            raise RowRefused("barcode_invalid", name, part, "Check the digits: the last one is the check digit.")
        found.append(code.value14)
    return tuple(dict.fromkeys(found))
