"""What a scanner meant whose keyboard is not the tablet's: `&é"'` of a French tablet are 1234 of an American scanner.

A scanner sends places of keys, not characters, and the tablet writes what its own layout has there. In a browser
Flutter names some keys by their place again and others by their character, so that 6 alone comes wrong on a French
layout; what it names them was read off Chromium key by key. A text is translated back by its places, never by guessing
characters.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Final, Literal

Keyboard = Literal["us", "fr", "de"]
# "auto": by what passes its own check; "same": as the tablet writes it; else the tablet's layout and the scanner's.
Keyboards = Literal["auto", "same", "fr-us", "us-fr", "de-us", "us-de"]
KEYBOARDS: Final[tuple[Keyboards, ...]] = ("auto", "same", "fr-us", "us-fr", "de-us", "us-de")
# Flet's name of a key with one character, and whether Shift was held; None: the character itself, of no layout's key.
Press = tuple[str, bool | None]
Pair = tuple[Keyboard, Keyboard]

# One key per column, without and with Shift: digits, then three rows of letters.
_WRITTEN: Final[dict[Keyboard, tuple[str, str]]] = {
    "us": ("`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./", '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>?'),
    "fr": ("²&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!", "²1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µWXCVBN?./§"),
    "de": ("^1234567890ß´qwertzuiopü+asdfghjklöä#yxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'YXCVBNM;:_"),
}
_IN_BROWSER: Final[dict[Keyboard, tuple[str, str]]] = {
    "us": ("`1234567890-=QWERTYUIOP[]ASDFGHJKL;'\\ZXCVBNM,./", '~1234567*90_+QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>?'),
    "fr": ("`12345-7890)=AZERTYUIOP^$QSDFGHJKLM'*WXCVBN,;:!", "`1234567890-+AZERTYUIOP[]QSDFGHJKLM%\\WXCVBN?.//"),
    "de": ("^1234567890-=QWERTZUIOP[+ASDFGHJKL;'#YXCVBNM,.-", "`123456/890?`QWERTZUIOP[*ASDFGHJKL;''YXCVBNM;:_"),
}
_PAIRS: Final[tuple[Pair, ...]] = (
    ("us", "us"), ("fr", "us"), ("us", "fr"), ("de", "us"), ("us", "de"), ("fr", "fr"), ("de", "de"), ("fr", "de"),
    ("de", "fr"),
)  # fmt: skip


def readings(presses: Sequence[Press], keyboards: Keyboards = "auto") -> Iterator[tuple[Pair, str]]:
    """Every text that a scanner of another layout may have meant, the likeliest first, each once."""
    seen: set[str] = set()
    for pair in _PAIRS if keyboards in ("auto", "same") else (pair_of(keyboards), *_PAIRS):
        for text in translations(presses, pair):
            if text not in seen:
                seen.add(text)
                yield pair, text


def pair_of(keyboards: Keyboards) -> Pair:
    """(the tablet's layout, the scanner's) of a chosen setting."""
    return next((pair for pair in _PAIRS if "-".join(pair) == keyboards), ("us", "us"))


def translations(presses: Sequence[Press], pair: Pair) -> Iterator[str]:
    """What these keys of one layout are on the other. Nothing where the tablet's layout cannot have written them."""
    tablet, scanner = pair
    rows = _WRITTEN[scanner]
    layout = [press if press[1] is None or press[0] == " " else (_capital(press[0]), press[1]) for press in presses]
    keys = {press for press in layout if press[1] is not None and press[0] != " "}
    for places in _places(tablet):
        if not keys <= places.keys():
            continue
        doubtful = sorted(key for key in keys if len(places[key]) > 1)
        for chosen in product(*(places[key] for key in doubtful)):
            place_of = {key: places[key][0] for key in keys} | dict(zip(doubtful, chosen, strict=True))
            yield "".join(rows[bool(press[1])][place_of[press]] if press in place_of else press[0] for press in layout)


@cache
def _places(tablet: Keyboard) -> tuple[dict[Press, tuple[int, ...]], ...]:
    """Columns by key name, in a browser and elsewhere. In a browser several keys may have one name."""
    found: list[dict[Press, tuple[int, ...]]] = []
    for rows in (_IN_BROWSER[tablet], _WRITTEN[tablet]):
        places: dict[Press, tuple[int, ...]] = {}
        for shift, row in enumerate(rows):
            for place, name in enumerate(row):
                key = (_capital(name), bool(shift))
                places[key] = (*places.get(key, ()), place)
        found.append(places)
    return tuple(found)


def _capital(name: str) -> str:
    # A key is named by its capital letter; that of ß would be two.
    return name.upper() if len(name.upper()) == 1 else name
