"""Facts beside each other in one line, each read in its own direction: a number goes with its word, whoever stands
before it. Unicode would draw "1 unit" after an Arabic name as "1", the name, "unit".
"""

import unicodedata

SEPARATOR = " · "
# Unicode's First Strong Isolate, Left-to-Right Isolate and the end of either.
ISOLATE, LEFT_TO_RIGHT, END = "\u2068", "\u2066", "\u2069"
RIGHT_TO_LEFT = ("R", "AL")


def beside(*facts: str) -> str:
    """Empty ones are left out."""
    said = [fact for fact in facts if fact]
    if len({_is_rtl(fact) for fact in said}) > 1:
        said = [f"{ISOLATE}{fact}{END}" for fact in said]
    return SEPARATOR.join(said)


def from_left(code: str) -> str:
    """Of a number in groups or an identifier with signs: an Arabic page would draw its last part first."""
    return f"{LEFT_TO_RIGHT}{code}{END}"


def _is_rtl(fact: str) -> bool:
    """By its first letter; what has none is not."""
    kinds = (unicodedata.bidirectional(char) for char in fact)
    return next((kind for kind in kinds if kind in ("L", *RIGHT_TO_LEFT)), "L") in RIGHT_TO_LEFT
