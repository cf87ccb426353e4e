"""Characters that scanners send without a key of their own: Ctrl with a letter, Alt with digits of the number pad."""

from typing import Final

from core.domain.gs1 import GROUP_SEPARATOR

START: Final = "\x02"  # what came before is no part of the code
END: Final = "\r"

# By the key pressed with Ctrl. FNC1 is Ctrl and the key right of P and its neighbour: ] in America, $ in France, + in
# Germany. STX begins a code; ETX, line feed, return and tab end it.
CONTROL_KEYS: Final = {
    "]": GROUP_SEPARATOR, "$": GROUP_SEPARATOR, "+": GROUP_SEPARATOR, "B": START, "C": END, "J": END, "M": END,
    "I": END,
}  # fmt: skip


def from_alt_digits(digits: str) -> str:
    """The characters of the numbers typed while Alt was held, run together: 0052, 052 and 52 are all "4".

    Two digits that are no character are left out: the text is then wrong by its check, as it should be.
    """
    text = ""
    while digits:
        length = _length(digits)
        number = int(digits[:length])
        text += chr(number) if 32 <= number < 127 or number == ord(GROUP_SEPARATOR) else ""
        digits = digits[length:]
    return text


def _length(digits: str) -> int:
    """How many digits the first number has; no character below 10 or above 126 is ever sent."""
    if digits.startswith("0"):
        # 0029 to 0126 with four digits, 029 to 099 with three.
        return 4 if digits[1:2] in ("0", "1") else 3
    return 3 if digits.startswith("1") else 2
