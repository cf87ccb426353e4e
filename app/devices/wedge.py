"""Tells a scanner that types like a keyboard from a person who types, by the rhythm of the keys alone.

A scanner sends its keys a few milliseconds apart and ends with Enter or Tab. The device itself may be late in the
middle of a code (a redraw blocks the loop), so one long gap does not cut a code; only a silence longer than any
redraw does, and what stood before such a silence is never put in front of the next code. A starved device stretches a
whole code: one with a right check digit may come slower than any other.
"""

import itertools
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from app.devices.scanning import Scan
from core.domain.barcodes import gtin_from, sscc_from

SILENCE_MS = 400
TYPING_GAP_MS = 80
SCANNING_MEDIAN_MS = 60
CHECKED_MEDIAN_MS = 140  # who types 13 digits looks at each of them
SHORTEST_CODE = 3
ECHO_MS = 120
END_KEYS = ("Enter", "Numpad Enter", "Tab")
SILENT_KEYS = ("Shift", "Caps Lock", "Alt Graph", "Num Lock")


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


def _is_checked(code: str) -> bool:
    """A number that is right by its own check digit: a GTIN, or an SSCC as it stands on labels."""
    return gtin_from(code) is not None or sscc_from(code.removeprefix("00") if len(code) == 20 else code) is not None


@dataclass
class WedgeBuffer:
    """Feed it every key press; it answers with a `Scan` at the key that ends one."""

    _keys: list[tuple[str, float]] = field(default_factory=list)
    _last_ms: float = 0.0
    _scanned_ms: float | None = None

    def key(self, name: str, shift: bool, t_ms: float) -> Scan | None:
        """`t_ms` from any monotonic clock."""
        if t_ms - self._last_ms > SILENCE_MS:
            self._keys.clear()
        if name.startswith(SILENT_KEYS):
            return None
        self._last_ms = t_ms
        if name in END_KEYS:
            return self._end(t_ms)
        char = character(name, shift)
        if char is None:
            self._keys.clear()
        else:
            self._keys.append((char, t_ms))
        return None

    def _end(self, end_ms: float) -> Scan | None:
        keys, self._keys = self._keys, []
        times = [t_ms for _, t_ms in keys] + [end_ms]
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        whole = "".join(char for char, _ in keys)
        typed = next((at for at, gap in enumerate(gaps) if gap <= TYPING_GAP_MS), len(gaps))
        code, rhythm = whole[typed:], gaps[typed:]
        if _is_checked(whole) and median(gaps) <= CHECKED_MEDIAN_MS:
            code = whole
        elif len(code) < SHORTEST_CODE or median(rhythm) > SCANNING_MEDIAN_MS:
            return None
        self._scanned_ms = end_ms
        return Scan(code, "wedge")

    def is_scanning(self, t_ms: float) -> bool:
        """Whether a press of a button or a submitted field at `t_ms` is the echo of a scanner's own Enter or space."""
        if self._scanned_ms is not None and t_ms - self._scanned_ms <= ECHO_MS:
            return True
        latest = [pressed_ms for _, pressed_ms in self._keys[-SHORTEST_CODE:]] + [t_ms]
        return len(latest) > SHORTEST_CODE and all(
            later - earlier <= TYPING_GAP_MS for earlier, later in pairwise(latest)
        )
