"""Tells a scanner that types like a keyboard from a person who types, by the rhythm of the keys alone.

A scanner sends its keys a few milliseconds apart and ends with Enter, Tab, a suffix of its own or nothing. The device
itself may be late in the middle of a code (a redraw blocks the loop), so one long gap does not cut a code; only a
silence longer than any redraw does, and what stood before such a silence is never put in front of the next code. A
starved device stretches a whole code: one that is right by its own check may come slower than any other.

A text is right by its own check where it is an article, a parcel or a code of ours. Such a text goes before every
other reading of the same keys; what no reading makes right stays as the tablet wrote it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final, Literal, NamedTuple

from app.devices.keypad import CONTROL_KEYS, END, START, from_alt_digits
from app.devices.layouts import Keyboards, Pair, Press, pair_of, readings, translations
from app.devices.scanning import Scan
from core.domain.barcodes import Gtin, OwnCode, ShelfCode, Sscc, normalise
from core.domain.gs1 import GROUP_SEPARATOR

SILENCE_MS = 400
TYPING_GAP_MS = 80
SCANNING_MEDIAN_MS = 60
CHECKED_MEDIAN_MS = 140  # who types 13 digits looks at each of them
SHORTEST_CODE = 3
ECHO_MS = 120
PAUSE_MS = 150  # a code without an end key is over after this; longer than most redraws
LEFTOVER_MS = 100  # between what was left of one code and a whole one
TAIL_MS = 20  # no scanner begins its next code so soon after the end of one
END_KEYS = ("Enter", "Numpad Enter", "Tab")
SILENT_KEYS = ("Shift", "Caps Lock", "Alt", "Num Lock", "Control")

_FUNCTION_KEY = re.compile(r"F[1-9][0-9]?")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# What these say of the text after them is needed to understand it: GS1, and an article with an add-on.
_TELLING: Final = ("]c1", "]d2", "]e0", "]e3", "]j1", "]q3")
_LONGEST_CHECKED_BY_CHANCE: Final = 8  # digits: one in ten numbers of the house is right by chance


@dataclass(frozen=True, slots=True)
class WedgeSettings:
    """How this tablet's scanner is set up. `ends`: with a key, or with a pause ("pause": only texts that are right by
    their own check). `prefix`, `suffix`: texts, or one function key each ("F7")."""

    keyboards: Keyboards = "auto"
    prefix: str = ""
    suffix: str = ""
    ends: Literal["key", "pause"] = "key"


class Key(NamedTuple):
    """`name`: one character as Flet names its key. `shift` None: a character that no layout changes. `alt`: a digit of
    a number that was typed while Alt was held."""

    name: str
    shift: bool | None
    t_ms: float
    alt: bool = False


def character(key: str, shift: bool) -> str | None:
    """The character of a Flet key name: "A" is "a" without shift, "Numpad 1" is "1". None when it writes nothing."""
    name = key.removeprefix("Numpad ")
    if key == " " or name == "Space":
        return " "
    named = {"Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "Decimal": "."}
    if key != name and name in named:
        return named[name]
    if len(name) != 1:
        return None
    return name if shift or not name.isalpha() else name.lower()


def is_right(text: str) -> bool:
    """Whether a text is right by its own check: an article, a parcel, a code of ours."""
    return isinstance(normalise(text), Gtin | Sscc | OwnCode | ShelfCode)


@dataclass
class WedgeBuffer:
    """Feed it every key press; it answers with a `Scan` at the key that ends one."""

    settings: WedgeSettings = WedgeSettings()
    is_sure: bool = False  # the last scan was right by its own check
    began_ms: float = 0.0  # when its first key was pressed
    written: int = 0  # keys it had, the last one not counted
    presses: int = 0  # of keys that write or end something, ever
    _keys: list[Key] = field(default_factory=list)
    _last_ms: float = 0.0
    _ended_ms: float | None = None
    _scanned_ms: float | None = None
    _alt_graph: bool = False
    _proven: Pair | None = None
    _rejected: bool = False

    def key(self, name: str, shift: bool, t_ms: float, ctrl: bool = False, alt: bool = False) -> Scan | None:
        """`t_ms` from any monotonic clock."""
        if t_ms - self._last_ms > SILENCE_MS:
            self._keys.clear()
            self._rejected = False
        if name.startswith(SILENT_KEYS):
            self._alt_graph = name == "Alt Graph"
            return None
        # Windows reports AltGr as Ctrl and Alt together.
        composed, self._alt_graph = self._alt_graph or (ctrl and alt), False
        meant = CONTROL_KEYS.get(name.upper()) if ctrl and not composed else None
        if ctrl and not composed and meant is None:
            return None
        self._last_ms = t_ms
        self.presses += 1
        if name in END_KEYS or meant == END or name == self.settings.suffix:
            return self._end(t_ms)
        if meant == START or (name == self.settings.prefix and self._keys):
            self._keys.clear()
            return None
        self._press(meant or name, shift, t_ms, alt and not composed)
        return None

    def _press(self, name: str, shift: bool, t_ms: float, alt: bool) -> None:
        if name == GROUP_SEPARATOR or _FUNCTION_KEY.fullmatch(name):
            self._keys.append(Key(GROUP_SEPARATOR, None, t_ms))
            return
        char = character(name, True)
        if char is None or (alt and not char.isdigit()):
            self._keys.clear()
        else:
            self._keys.append(Key(char, None if name.startswith("Numpad") else shift, t_ms, alt))

    def pause(self, t_ms: float) -> Scan | None:
        """Nothing was pressed for a while: a scanner without an end key may be through."""
        if self.settings.ends != "pause" or not self._keys or t_ms - self._last_ms < PAUSE_MS:
            return None
        gaps = [later.t_ms - earlier.t_ms for earlier, later in pairwise(self._keys)]
        if len(self._keys) < SHORTEST_CODE or median(gaps) > SCANNING_MEDIAN_MS or not self._read(self._keys)[1]:
            return None
        return self._end(self._last_ms)

    def _end(self, end_ms: float) -> Scan | None:
        keys, self._keys = self._keys, []
        before, self._ended_ms = self._ended_ms, end_ms
        times = [key.t_ms for key in keys] + [end_ms]
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        rejected, self._rejected = self._rejected, False
        if not keys or rejected:
            return None
        whole, right = self._read(keys)
        if right and median(gaps) <= CHECKED_MEDIAN_MS:
            return self._scan(whole, True, keys, end_ms)
        typed = next((at for at, gap in enumerate(gaps) if gap <= TYPING_GAP_MS), len(gaps))
        keys, gaps = keys[typed:], gaps[typed:]
        if len(keys) < SHORTEST_CODE or median(gaps) > SCANNING_MEDIAN_MS:
            return None
        keys, code, right = self._without_leftovers(keys, gaps)
        # Two scanners at once: the second half of the mixture follows the end of the first at once.
        if not right and before is not None and keys[0].t_ms - before < TAIL_MS:
            return None
        return self._scan(code, right, keys, end_ms) if len(code) >= SHORTEST_CODE else None

    def _without_leftovers(self, keys: list[Key], gaps: list[float]) -> tuple[list[Key], str, bool]:
        """(keys, text, whether it is right): what a broken scan left in front is no part of a text that is right."""
        code, right = self._read(keys)
        if right:
            return keys, code, right
        for at in sorted(range(1, len(keys)), key=lambda at: -gaps[at - 1]):
            if gaps[at - 1] < LEFTOVER_MS:
                break
            tail, tail_right = self._read(keys[at:])
            if tail_right and len(tail) > _LONGEST_CHECKED_BY_CHANCE:
                return keys[at:], tail, True
        return keys, code, right

    def _scan(self, code: str, right: bool, keys: Sequence[Key], end_ms: float) -> Scan:
        self._scanned_ms, self.is_sure = end_ms, right
        self.began_ms, self.written = keys[0].t_ms, len(keys)
        return Scan(code, "wedge")

    def _read(self, keys: Sequence[Key]) -> tuple[str, bool]:
        """(text, whether it is right) of these keys, on whichever layout makes it right."""
        presses = tuple(_presses(keys))
        plain = self._bared(
            "".join(name if shift is None else character(name, shift) or name for name, shift in presses)
        )
        chosen = self.settings.keyboards
        if chosen == "same" or (is_right(plain) and chosen == "auto"):
            self._doubt(presses, plain)
            return plain, is_right(plain)
        for pair, text in readings(presses, chosen):
            if is_right(bared := self._bared(text)):
                self._proven = pair if bared != plain else self._proven
                return bared, True
        if is_right(plain):
            return plain, True
        known = self._proven if chosen == "auto" else pair_of(chosen)
        text = next(translations(presses, known), "") if known else ""
        return self._bared(text) or plain, False

    def _doubt(self, presses: Sequence[Press], plain: str) -> None:
        """A text that is right as it stands, and would not be when translated, is of a scanner like the tablet."""
        if self._proven and plain not in map(self._bared, translations(presses, self._proven)):
            self._proven = None

    def _bared(self, text: str) -> str:
        """Without prefix, suffix, and what only names the kind of bars."""
        prefix, suffix = self.settings.prefix, self.settings.suffix
        if prefix and len(prefix) < len(text) and prefix in text:
            text = text.partition(prefix)[2]
        if suffix:
            text = text.removesuffix(suffix)
        text = text.rstrip(GROUP_SEPARATOR)
        bare = text.lstrip(GROUP_SEPARATOR)
        if bare != text and GROUP_SEPARATOR not in bare and (is_right(bare) or not is_right(text)):
            text = bare
        kind = _SYMBOLOGY.match(text)
        return text[3:] if kind and kind.group().lower() not in _TELLING else text

    def is_scanning(self, t_ms: float) -> bool:
        """Whether a press of a button or a submitted field at `t_ms` is the echo of a scanner's own Enter or space."""
        if self._scanned_ms is not None and t_ms - self._scanned_ms <= ECHO_MS:
            return True
        latest = [key.t_ms for key in self._keys[-SHORTEST_CODE:]] + [t_ms]
        return len(latest) > SHORTEST_CODE and all(
            later - earlier <= TYPING_GAP_MS for earlier, later in pairwise(latest)
        )

    def reject(self) -> None:
        """What is being typed is the rest of a mixture: it is no code, whatever it looks like."""
        self._keys.clear()
        self._rejected = True


def _presses(keys: Sequence[Key]) -> Iterator[Press]:
    for is_alt, group in itertools.groupby(keys, key=lambda key: key.alt):
        if is_alt:
            yield from ((char, None) for char in from_alt_digits("".join(key.name for key in group)))
        else:
            yield from ((key.name, key.shift) for key in group)
