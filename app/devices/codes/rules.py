"""What a symbology allows a text to be: lengths, alphabets, check digits. A reading that breaks a rule is no code."""

import re

from app.devices.codes import ean
from app.devices.codes import symbols as names

_CODE39 = re.compile(r"[0-9A-Z \-.$/+%]+")
ITF_SHORTEST = 6
# ANSI MH10.8.2: data identifier I, the number of a vehicle. Not part of the number itself.
_VEHICLE = re.compile(r"I?([0-9A-HJ-NPR-Z]{17})")
_VEHICLE_LETTERS = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_VEHICLE_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def canonical(symbology: str, text: str) -> tuple[str, str] | None:
    """(symbology, text) as this reader gives them out; None where the text cannot be one of this symbology."""
    if symbology in (names.EAN13, names.UPCA):
        return _gtin13(text)
    if symbology == names.EAN8:
        return (symbology, text) if len(text) == 8 and ean.is_valid(text) and len(set(text)) > 1 else None
    if symbology == names.UPCE:
        full = text if len(text) == 13 and ean.is_valid(text) else ean.expand_upce(text)
        return (symbology, full) if full and len(set(full)) > 2 else None
    if symbology == names.ITF:
        return (symbology, text) if text.isdigit() and len(text) % 2 == 0 and len(text) >= ITF_SHORTEST else None
    if symbology == names.CODE39:
        return (symbology, without_identifier(text)) if _CODE39.fullmatch(text) else None
    if symbology in (names.DATABAR, names.DATABAR_EXPANDED):
        return (symbology, text) if len(text) >= 14 else None
    return (symbology, text) if text else None


def _gtin13(text: str) -> tuple[str, str] | None:
    number = text.zfill(13) if len(text) == 12 else text
    if len(number) != 13 or not ean.is_valid(number) or len(set(number[1:])) == 1:
        return None
    return (names.UPCA if number.startswith("0") else names.EAN13), number


def without_identifier(text: str) -> str:
    """A vehicle's number without its data identifier, where its check digit proves that it is one."""
    vehicle = _VEHICLE.fullmatch(text)
    return vehicle.group(1) if vehicle is not None and is_vehicle(vehicle.group(1)) else text


def is_vehicle(number: str) -> bool:
    """Whether it is the number of a vehicle with the check digit of North America."""
    vehicle = _VEHICLE.fullmatch(number)
    if vehicle is None or len(number) != 17:
        return False
    values = [int(_VEHICLE_LETTERS.get(char, char)) for char in number]
    total = sum(value * weight for value, weight in zip(values, _VEHICLE_WEIGHTS, strict=True))
    return "0123456789X"[total % 11] == number[8]
