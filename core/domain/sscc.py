"""Parcel numbers (SSCC) that a device gives out offline and that no other device can give out.

An SSCC is an extension digit, the retailer's GS1 company prefix, a serial reference and a check digit: 18 digits. The
extension digit and the serial reference together are ours. Their first four digits are the device's number range, the
rest counts parcels. A range that is used up is refused, never reused: the core then lends the device another one.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.domain.barcodes import Sscc, check_digit, sscc_from
from core.domain.outcome import Outcome, Verdict

SHORTEST_PREFIX: Final = 6
LONGEST_PREFIX: Final = 10
_DEVICE_DIGITS: Final = 4
LAST_DEVICE_NUMBER: Final = 10**_DEVICE_DIGITS - 1


@dataclass(frozen=True, slots=True)
class SsccRangeExhausted(Outcome):
    """Every number of this device's range is given out. `range_size`: how many it had."""

    device_number: int
    range_size: int
    code: ClassVar[str] = "sscc_range_exhausted"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class CompanyPrefixInvalid(Outcome):
    """The retailer's GS1 company prefix is not 6 to 10 digits."""

    company_prefix: str
    code: ClassVar[str] = "company_prefix_invalid"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class DeviceNumberInvalid(Outcome):
    """There is no such number range: they go from 0 to 9999."""

    device_number: int
    code: ClassVar[str] = "device_number_invalid"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class ForeignSscc(Outcome):
    """Not a parcel number of this retailer: another prefix, or no SSCC at all."""

    text: str
    code: ClassVar[str] = "sscc_foreign"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class SsccOrigin:
    """Which device gave a number out, and as its how-manieth parcel (from 0)."""

    device_number: int
    counter: int


def is_company_prefix(text: str) -> bool:
    """Whether this is a GS1 company prefix that leaves room for number ranges: 6 to 10 ASCII digits."""
    return SHORTEST_PREFIX <= len(text) <= LONGEST_PREFIX and text.isascii() and text.isdigit()


def range_size(company_prefix: str) -> int:
    """How many parcels one device's range holds: 1,000,000 for a prefix of 7 digits, 1,000 for one of 10."""
    return int(10 ** (17 - _DEVICE_DIGITS - len(company_prefix)))


def make_sscc(
    company_prefix: str, device_number: int, counter: int
) -> Sscc | SsccRangeExhausted | CompanyPrefixInvalid | DeviceNumberInvalid:
    """The parcel number for the device's `counter`-th parcel (from 0). A negative counter is a bug and raises."""
    if counter < 0:
        raise ValueError(f"a parcel counter is never negative: {counter}")
    if not is_company_prefix(company_prefix):
        return CompanyPrefixInvalid(company_prefix)
    if not 0 <= device_number <= LAST_DEVICE_NUMBER:
        return DeviceNumberInvalid(device_number)
    size = range_size(company_prefix)
    if counter >= size:
        return SsccRangeExhausted(device_number, size)
    ours = f"{device_number * size + counter:0{17 - len(company_prefix)}}"
    body = ours[0] + company_prefix + ours[1:]
    return Sscc(body + check_digit(body))


def parse_sscc(digits: str, company_prefix: str) -> SsccOrigin | ForeignSscc | CompanyPrefixInvalid:
    """Who gave this number out. `digits`: the 18 digits alone; `normalise` takes them from any scan."""
    if not is_company_prefix(company_prefix):
        return CompanyPrefixInvalid(company_prefix)
    if sscc_from(digits) is None or not digits[1:].startswith(company_prefix):
        return ForeignSscc(digits[:64])
    ours = digits[0] + digits[1 + len(company_prefix) : -1]
    return SsccOrigin(*divmod(int(ours), range_size(company_prefix)))
