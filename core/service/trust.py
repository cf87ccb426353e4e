"""Whose a token or a key is, remembered for a moment: tablets and integrators ask hundreds of times a second.

What was withdrawn opens nothing any more within TRUSTED_S, whichever process withdrew it.
"""

import time
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

TRUSTED_S: Final = 1.0
MOST_TRUSTED: Final = 5_000

T = TypeVar("T")


class Trust(Generic[T]):
    """By database and secret (or its hash): whose it is."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Engine, dict[str, tuple[float, T]]] = WeakKeyDictionary()

    def whose(self, engine: Engine, secret: str) -> T | None:
        """None: look it up."""
        looked_up_s, found = self._known.get(engine, {}).get(secret, (float("-inf"), None))
        return found if time.monotonic() - looked_up_s < TRUSTED_S else None

    def keep(self, engine: Engine, secret: str, whose: T) -> None:
        known = self._known.setdefault(engine, {})
        if len(known) >= MOST_TRUSTED:
            known.clear()
        known[secret] = time.monotonic(), whose

    def forget(self, engine: Engine) -> None:
        """After something was withdrawn."""
        self._known.pop(engine, None)
