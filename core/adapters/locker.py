"""How lockers are asked: the interface, and a sandbox that is full, late and has not every size."""

import sqlite3
import threading
import time
from collections.abc import Callable
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
        """A compartment that nobody else gets; FULL or NO_SUCH_SIZE. A stay that was ended gets none."""

    def dropped(self, stay_id: str, location_id: str, compartment: str) -> str:
        """It lies in this one, whichever was reserved: the code with which the customer opens it."""

    def end(self, stay_id: str) -> None:
        """It is not needed any more; its codes open nothing, whatever of this stay is still on its way."""


SIZES: Final = {"s": 2, "m": 1}  # compartments of each location in the sandbox; none is large
LATE: Final = "M"
_BOOK: Final = """
CREATE TABLE IF NOT EXISTS held (id TEXT PRIMARY KEY, place TEXT, name TEXT, ended INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS answer (id TEXT, question TEXT, said_at REAL, PRIMARY KEY (id, question))"""


class SandboxLocker:
    """Two small compartments and a middle one at each location, in a file.

    It does at once what it is asked, but what is asked about a middle one is answered only `late_s` after it was first
    asked: who asks before, or while `answers` is False, hears nothing.
    """

    def __init__(self, book: Path, late_s: float = 5.0, now: Callable[[], float] = time.time) -> None:
        book.parent.mkdir(parents=True, exist_ok=True)
        self._book = sqlite3.connect(book, check_same_thread=False, isolation_level=None)
        self._book.execute("PRAGMA busy_timeout = 5000")
        self._book.executescript(_BOOK)
        self._late_s, self._now = late_s, now
        self._lock, self.answers = threading.Lock(), True

    def close(self) -> None:
        self._book.close()

    def reserve(self, stay_id: str, location_id: str, size: str) -> Compartment | str:
        if size not in SIZES:
            return NO_SUCH_SIZE
        with self._lock:
            name = self._held(stay_id) or self._free(location_id, size)
            if not name or self._is_over(stay_id):
                return FULL
            self._hold(stay_id, location_id, name)
        self._say(stay_id, "reserve", name)
        return Compartment(name, f"{_number(stay_id, 7):06}")

    def dropped(self, stay_id: str, location_id: str, compartment: str) -> str:
        with self._lock:
            self._hold(stay_id, location_id, compartment)
        self._say(stay_id, "dropped", compartment)
        return f"{_number(stay_id, 13):06}"

    def end(self, stay_id: str) -> None:
        with self._lock:
            name = self._held(stay_id)
            over = "INSERT INTO held VALUES (?, '', '', 1) ON CONFLICT DO UPDATE SET ended = 1"
            self._book.execute(over, (stay_id,))
        self._say(stay_id, "end", name)

    def taken(self) -> list[str]:
        with self._lock:
            return [name for (name,) in self._book.execute("SELECT name FROM held WHERE NOT ended ORDER BY name")]

    def _held(self, stay_id: str) -> str:
        row = self._book.execute("SELECT name FROM held WHERE id = ?", (stay_id,)).fetchone()
        return str(row[0]) if row else ""

    def _is_over(self, stay_id: str) -> bool:
        return self._book.execute("SELECT 1 FROM held WHERE id = ? AND ended", (stay_id,)).fetchone() is not None

    def _free(self, place: str, size: str) -> str:
        query = "SELECT name FROM held WHERE place = ? AND NOT ended"
        taken = {name for (name,) in self._book.execute(query, (place,))}
        names = (f"{size.upper()}{n + 1}" for n in range(SIZES[size]))
        return next((name for name in names if name not in taken), "")

    def _hold(self, stay_id: str, place: str, name: str) -> None:
        moved = "INSERT INTO held VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET name = excluded.name"
        self._book.execute(moved, (stay_id, place, name))

    def _say(self, stay_id: str, question: str, compartment: str) -> None:
        """All is done; what is left is whether anybody hears of it."""
        with self._lock:
            at = self._now() + (self._late_s if compartment.startswith(LATE) else 0.0)
            self._book.execute("INSERT OR IGNORE INTO answer VALUES (?, ?, ?)", (stay_id, question, at))
            query = "SELECT said_at FROM answer WHERE id = ? AND question = ?"
            (said_at,) = self._book.execute(query, (stay_id, question)).fetchone()
        if not self.answers or said_at > self._now():
            raise LockerAway


def _number(text: str, seed: int) -> int:
    return sum(ord(letter) * int(seed**place) for place, letter in enumerate(text[-12:])) % 1_000_000
