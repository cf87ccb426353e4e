"""Codes that a shop prints itself, at the scale or for a bundle: an item number and how much of it, in one EAN or UPC.

What stands where is a rule of the division (`process.store_codes`): `21{ppppp}{wwwww}{check}` is an item number of five
digits and its weight. Without a rule such a number is what it is, an article number of the house.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from core.domain.barcodes import Gtin, check_digit

Means = Literal["weight", "price", "count"]
MEANS: Final[Mapping[str, Means]] = {"w": "weight", "m": "price", "n": "count"}
USUAL_DECIMALS: Final[Mapping[Means, int]] = {"weight": 3, "price": 2, "count": 0}
LENGTHS: Final = (13, 12)
_PARTS = re.compile(r"\{(p+|w+|m+|n+|x+|v|check)\}|([0-9]+)")
# EAN 20 to 29, and UPC 2 and 4, also with the zero that makes a UPC an EAN: other prefixes are of real articles.
_HOUSE: Final = {13: ("2", "02", "04"), 12: ("2", "4")}


@dataclass(frozen=True, slots=True)
class StoreCodeRule:
    """`pattern`: digits as they stand, then `{ppp}` item number, `{www}` weight, `{mmm}` money or `{nnn}` count, `{v}`
    the check digit of the measure, `{xx}` anything, `{check}` last. `decimals`: of kilograms or of the currency."""

    pattern: str
    decimals: int

    @property
    def means(self) -> Means:
        return _compiled(self.pattern)[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """`amount`: grams, minor units of the store's currency, or pieces."""

    item: str
    means: Means
    amount: int
    rule: StoreCodeRule


def rule_of(settings: object) -> StoreCodeRule:
    """From `{"pattern": ..., "decimals": ...}`. ValueError says what is wrong."""
    if not isinstance(settings, Mapping) or not set(settings) <= {"pattern", "decimals"}:
        raise ValueError("a pattern and its decimals")
    pattern: Any = settings.get("pattern")
    if not isinstance(pattern, str):
        raise ValueError("a pattern such as 2{ppppp}{wwwww}{check}")
    means = _compiled(pattern)[1]
    decimals = settings.get("decimals", USUAL_DECIMALS[means])
    if not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= USUAL_DECIMALS[means]:
        raise ValueError(f"0 to {USUAL_DECIMALS[means]} decimals for a {means}")
    return StoreCodeRule(pattern, decimals)


def measured(code: Gtin, rules: Sequence[StoreCodeRule]) -> Measured | None:
    """What the first rule that fits says of a number. None: no rule fits, or its inner check digit is wrong."""
    for rule in rules:
        expression, means, length = _compiled(rule.pattern)
        if code.value14[: 14 - length].strip("0"):
            continue
        found = expression.fullmatch(code.value14[14 - length :])
        if found is None:
            continue
        digits, inner = found.group("measure"), found.groupdict().get("inner")
        if inner is not None and inner != inner_check_digit(digits):
            continue
        return Measured(found.group("item"), means, int(digits) * 10 ** (USUAL_DECIMALS[means] - rule.decimals), rule)
    return None


def is_of(found: Measured, sku: str, gtins: Sequence[str]) -> bool:
    """Whether an article is the one of this item number: by its own number, or by a code of the house it is kept under,
    which is the same code with any measure."""
    if sku.lstrip("0") == found.item.lstrip("0") != "":
        return True
    others = (measured(Gtin(gtin), (found.rule,)) for gtin in gtins)
    return any(other is not None and other.item == found.item for other in others)


def without_measure(code: Gtin, found: Measured) -> Gtin:
    """The number such an article is usually kept under: all digits of the measure are zero."""
    expression, _means, length = _compiled(found.rule.pattern)
    number = code.value14[14 - length :]
    match = expression.fullmatch(number)
    if match is None:
        return code
    for part in ("measure", "inner"):
        if part in match.re.groupindex:
            first, after = match.span(part)
            number = number[:first] + "0" * (after - first) + number[after:]
    return Gtin((number[:-1] + check_digit(number[:-1])).zfill(14))


# GS1 General Specifications 7.9: each digit of a price or weight is weighted by what these make of it.
_TWO_MINUS: Final = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE: Final = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS: Final = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS: Final = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)


def inner_check_digit(digits: str) -> str:
    """Of the four or five digits of a measure. "" for another length, which has none."""
    if len(digits) == 4:
        tables = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
        return str(3 * sum(table[int(digit)] for table, digit in zip(tables, digits, strict=True)) % 10)
    if len(digits) == 5:
        tables_5 = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)
        total = sum(table[int(digit)] for table, digit in zip(tables_5, digits, strict=True))
        # The digit whose weighted value makes the sum full.
        return str(_FIVE_MINUS.index(-total % 10))
    return ""


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], Means, int]:
    """(expression, what is measured, length). ValueError where no such code can be printed."""
    expression, length, means, at = "", 0, None, 0
    for part in _PARTS.finditer(pattern):
        if part.start() != at:
            break
        at, name, width = part.end(), part.group(1) or "", len(part.group(1) or part.group(2))
        width = 1 if name == "check" else width
        length += width
        if name[:1] in MEANS and name != "check":
            means = MEANS[name[0]]
        expression += part.group(2) or f"{_GROUPS.get(name[0], '(?:')}[0-9]{{{width}}})"
    try:
        compiled = re.compile(expression)
    except re.error:
        raise ValueError("each part once") from None
    whole = at == len(pattern) and pattern.endswith("{check}") and pattern.count("{check}") == 1
    if not whole or length not in LENGTHS or means is None or not {"item", "measure"} <= compiled.groupindex.keys():
        raise ValueError("12 or 13 digits: an item number, one measure, and {check} last")
    if not pattern.startswith(_HOUSE[length]):
        raise ValueError("a prefix of the house: " + ", ".join(_HOUSE[length]))
    return compiled, means, length


_GROUPS: Final = {"p": "(?P<item>", "w": "(?P<measure>", "m": "(?P<measure>", "n": "(?P<measure>", "v": "(?P<inner>"}
