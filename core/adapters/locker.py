"""How lockers are asked: the interface, and a sandbox that is full, slow and has not every size."""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

FULL, NO_SUCH_SIZE = "locker_full", "locker_size"


class LockerAway(Exception):
    """No answer came: nobody knows yet whether it was done."""


@dataclass(frozen=True, slots=True)
class Compartment:
    """`drop_code` opens it for who fills it."""

    name: str
    drop_code: str


class Locker(Protocol):
    """Each may raise LockerAway, and does the same thing once however often it is asked under one `stay_id`."""

    def reserve(self, stay_id: str, location_id: str, size: str) -> Compartment | str:
        """A compartment that nobody else gets; FULL or NO_SUCH_SIZE."""

    def dropped(self, stay_id: str, location_id: str, compartment: str) -> str:
        """The code with which the customer opens it."""

    def end(self, stay_id: str) -> None:
        """It is not needed any more; its codes open nothing."""


SIZES: Final = {"s": 2, "m": 1}  # compartments of each location in the sandbox; none is large
_BOOK: Final = "CREATE TABLE IF NOT EXISTS stay (id TEXT PRIMARY KEY, place TEXT, size TEXT, name TEXT, code INTEGER)"


class SandboxLocker:
    """Two small compartments and a middle one at each location, in a file. `answers` False: it acts and is silent."""

    def __init__(self, book: Path) -> None:
        book.parent.mkdir(parents=True, exist_ok=True)
        self._book = sqlite3.connect(book, check_same_thread=False, isolation_level=None)
        self._book.execute("PRAGMA busy_timeout = 5000")
        self._book.execute(_BOOK)
        self._lock, self.answers = threading.Lock(), True

    def close(self) -> None:
        self._book.close()

    def reserve(self, stay_id: str, location_id: str, size: str) -> Compartment | str:
        if size not in SIZES:
            return NO_SUCH_SIZE
        with self._lock:
            query = "SELECT name FROM stay WHERE place = ? AND size = ? AND id <> ?"
            taken = {name for (name,) in self._book.execute(query, (location_id, size, stay_id))}
            free = [name for n in range(SIZES[size]) if (name := f"{size.upper()}{n + 1}") not in taken]
            if not free:
                return FULL
            name = self._keep(stay_id, location_id, size, free[0])
        self._maybe_silent()
        return Compartment(name, f"{_number(stay_id, 7):06}")

    def dropped(self, stay_id: str, location_id: str, compartment: str) -> str:
        with self._lock:
            self._keep(stay_id, location_id, "", compartment)
        self._maybe_silent()
        return f"{_number(stay_id, 13):06}"

    def end(self, stay_id: str) -> None:
        with self._lock:
            self._book.execute("DELETE FROM stay WHERE id = ?", (stay_id,))
        self._maybe_silent()

    def taken(self) -> list[str]:
        with self._lock:
            return [name for (name,) in self._book.execute("SELECT name FROM stay ORDER BY name")]

    def _keep(self, stay_id: str, place: str, size: str, name: str) -> str:
        self._book.execute("INSERT OR IGNORE INTO stay VALUES (?, ?, ?, ?, 0)", (stay_id, place, size, name))
        (kept,) = self._book.execute("SELECT name FROM stay WHERE id = ?", (stay_id,)).fetchone()
        return str(kept)

    def _maybe_silent(self) -> None:
        if not self.answers:
            raise LockerAway


def _number(text: str, seed: int) -> int:
    return sum(ord(letter) * int(seed**place) for place, letter in enumerate(text[-12:])) % 1_000_000
