"""Whose a token or a key is, remembered for a moment: tablets and integrators ask hundreds of times a second.

What was withdrawn opens nothing any more within TRUSTED_S, whichever process withdrew it.
"""

import time
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

TRUSTED_S: Final = 1.0
MOST_TRUSTED: Final = 5_000

T = TypeVar("T")


@dataclass(slots=True)
class _Entry(Generic[T]):
    """`asked`: again since it was looked up."""

    whose: T
    looked_up_s: float
    asked: bool = False


class Trust(Generic[T]):
    """By database and secret (or its hash): whose it is."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Engine, dict[str, _Entry[T]]] = WeakKeyDictionary()

    def whose(self, engine: Engine, secret: str) -> T | None:
        """None: look it up."""
        entry = self._known.get(engine, {}).get(secret)
        if entry is None or time.monotonic() - entry.looked_up_s >= TRUSTED_S:
            return None
        entry.asked = True
        return entry.whose

    def outdated(self, engine: Engine, secret: str) -> dict[str, T]:
        """Everybody whose moment is over and who asked in it, if `secret` was known at all: one look renews them all.

        Those who did not ask are forgotten.
        """
        known = self._known.get(engine, {})
        if secret not in known:
            return {}
        over_s = time.monotonic() - TRUSTED_S
        old = [(one, entry) for one, entry in list(known.items()) if entry.looked_up_s <= over_s]
        for one, entry in old:
            if not entry.asked and one != secret:
                known.pop(one, None)
        return {one: entry.whose for one, entry in old if entry.asked or one == secret}

    def keep(self, engine: Engine, secret: str, whose: T) -> None:
        known = self._known.setdefault(engine, {})
        if len(known) >= MOST_TRUSTED and secret not in known:
            known.clear()
        known[secret] = _Entry(whose, time.monotonic())

    def forget(self, engine: Engine) -> None:
        """After something was withdrawn."""
        self._known.pop(engine, None)
