"""What an EAN or UPC looks like: digit patterns, layouts, parities and check digits (ISO/IEC 15420).

Arrays here hold modules, 1 for a bar and 0 for a space.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from app.devices.codes.symbols import EAN8, EAN13, UPCA, UPCE
from core.domain import barcodes

_ODD = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
# Which of the six left digits are even (G) tells the first digit of an EAN-13, and the check digit of a UPC-E.
FIRST_DIGIT = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")
UPCE_CHECK = ("111000", "110100", "110010", "110001", "101100", "100110", "100011", "101010", "101001", "100101")


@dataclass(frozen=True)
class Layout:
    """`left` and `right`: the module at which each digit begins. `bars`: (first module, pattern) of the guards, with
    the quiet zones beside them."""

    symbology: str
    modules: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    bars: tuple[tuple[int, str], ...]

    @property
    def fixed(self) -> tuple[tuple[int, str], ...]:
        """What is the same in every number: the guards, and that between two digits a bar ends (left) or begins."""
        between = [(at - 1, "10") for at in self.left[1:]] + [(at - 1, "01") for at in self.right[1:]]
        return self.bars + tuple(between)

    @property
    def digits(self) -> int:
        return len(self.left) + len(self.right)


EAN13_LAYOUT = Layout(
    EAN13, 95, tuple(range(3, 45, 7)), tuple(range(50, 92, 7)), ((-4, "00001010"), (44, "1010101"), (91, "01010000"))
)
EAN8_LAYOUT = Layout(
    EAN8, 67, tuple(range(3, 31, 7)), tuple(range(36, 64, 7)), ((-4, "00001010"), (30, "1010101"), (63, "01010000"))
)
UPCE_LAYOUT = Layout(UPCE, 51, tuple(range(3, 45, 7)), (), ((-5, "000001010"), (44, "1010101"), (51, "00000")))


@cache
def patterns() -> Any:
    """30 x 7: ten left odd (L), ten left even (G), ten right (R) digits."""
    import numpy as np

    odd = np.array([[int(module) for module in digit] for digit in _ODD], dtype=np.float32)
    right = 1 - odd
    return np.concatenate([odd, right[:, ::-1], right])


def check_digit(digits: str) -> int:
    """Of a number without its check digit."""
    return int(barcodes.check_digit(digits))


def is_valid(number: str) -> bool:
    return barcodes.has_valid_check_digit(number)


def expand_upce(number: str) -> str | None:
    """The 13 digits of a UPC-E of 8 digits (number system, six digits, check digit); None for no such number."""
    if len(number) != 8 or not (number.isascii() and number.isdigit()) or number[0] not in "01":
        return None
    system, a, b, c, d, e, last, check = list(number)
    if last in "012":
        body = a + b + last + "0000" + c + d + e
    elif last == "3":
        body = a + b + c + "00000" + d + e
    elif last == "4":
        body = a + b + c + d + "00000" + e
    else:
        body = a + b + c + d + e + "0000" + last
    full = "0" + system + body
    return full + check if check_digit(full) == int(check) else None


def modules_of(symbology: str, number: str) -> str | None:
    """The modules of a number of 13 (EAN-13, UPC-A) or 8 digits (EAN-8), guards included; None for others."""
    if symbology in (EAN13, UPCA) and len(number) == 13:
        parity = FIRST_DIGIT[int(number[0])]
        left = "".join(_left(digit, even == "1") for digit, even in zip(number[1:7], parity, strict=True))
        return "101" + left + "01010" + "".join(_right(digit) for digit in number[7:]) + "101"
    if symbology == EAN8 and len(number) == 8:
        left = "".join(_left(digit, False) for digit in number[:4])
        return "101" + left + "01010" + "".join(_right(digit) for digit in number[4:]) + "101"
    return None


def _left(digit: str, even: bool) -> str:
    return _right(digit)[::-1] if even else _ODD[int(digit)]


def _right(digit: str) -> str:
    return "".join("0" if module == "1" else "1" for module in _ODD[int(digit)])
