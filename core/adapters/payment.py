"""How card payments are asked for: the interface of a payment provider, and a sandbox that behaves like one.

The id of a payment or refund is its idempotency key: asked twice under one id, money moves once.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

AUTHORISED, CAPTURED, REFUNDED = "authorised", "captured", "refunded"
DECLINED, PENDING, UNKNOWN = "declined", "pending", "unknown"


class ProviderAway(Exception):
    """No answer came: nobody knows yet whether the money moved."""


@dataclass(frozen=True, slots=True)
class Charge:
    payment_id: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Told:
    """`state`: one of the six above; pending: it will say so later. `reason`: why it declined."""

    state: str
    reason: str = ""
    reference: str = ""


class Provider(Protocol):
    """Each may raise ProviderAway; `status` then says what became of it."""

    def authorise(self, charge: Charge) -> Told:
        """authorised, declined or pending"""

    def capture(self, payment_id: str, amount_minor: int) -> Told:
        """captured or declined"""

    def refund(self, refund_id: str, payment_id: str, amount_minor: int) -> Told:
        """refunded, declined or pending"""

    def status(self, id: str) -> Told:
        """Of a payment or a refund; unknown where none of this id was ever asked for."""


DECLINES: Final = {51: "insufficient_funds", 54: "expired_card", 5: "do_not_honour"}
AWAY_ON_AUTHORISE, PENDS, AWAY_ON_CAPTURE, REFUND_DECLINED = 91, 92, 93, 94
_BOOK: Final = """
CREATE TABLE IF NOT EXISTS entry (
    id TEXT PRIMARY KEY, payment_id TEXT, amount_minor INTEGER, state TEXT, reason TEXT, pending_until REAL
)"""


class Sandbox:
    """A provider in a file. The last two digits of an amount say what it does:

    05, 51, 54 decline; 91 authorises but its answer is lost; 92 answers only after `late_s`; 93 captures but its answer
    is lost; 94 takes the money and does not give it back. Every other amount is paid at once.
    """

    def __init__(self, book: Path, late_s: float = 5.0, now: Callable[[], float] = time.time) -> None:
        book.parent.mkdir(parents=True, exist_ok=True)
        self._book = sqlite3.connect(book, check_same_thread=False, isolation_level=None)
        self._book.execute("PRAGMA busy_timeout = 5000")
        self._book.execute(_BOOK)
        self._late_s, self._now, self._lock = late_s, now, threading.Lock()

    def close(self) -> None:
        self._book.close()

    def authorise(self, charge: Charge) -> Told:
        rule = charge.amount_minor % 100
        until = self._now() + self._late_s if rule == PENDS else 0.0
        state, reason = (DECLINED, DECLINES[rule]) if rule in DECLINES else (AUTHORISED, "")
        told, is_new = self._once(charge.payment_id, charge.payment_id, charge.amount_minor, (state, reason, until))
        if is_new and rule == AWAY_ON_AUTHORISE:
            raise ProviderAway
        return told

    def capture(self, payment_id: str, amount_minor: int) -> Told:
        query = "UPDATE entry SET state = ? WHERE id = ? AND state = ? AND amount_minor >= ?"
        with self._lock:
            done = self._book.execute(query, (CAPTURED, payment_id, AUTHORISED, amount_minor)).rowcount
        if done and amount_minor % 100 == AWAY_ON_CAPTURE:
            raise ProviderAway
        return self.status(payment_id)

    def refund(self, refund_id: str, payment_id: str, amount_minor: int) -> Told:
        paid = self.status(payment_id)
        sums = "SELECT coalesce(sum(amount_minor), 0) FROM entry WHERE payment_id = ? AND id {} AND state = ?"
        with self._lock:
            (taken,) = self._book.execute(sums.format("= payment_id"), (payment_id, CAPTURED)).fetchone()
            (back,) = self._book.execute(sums.format("<> payment_id"), (payment_id, REFUNDED)).fetchone()
        if paid.state != CAPTURED or taken % 100 == REFUND_DECLINED or back + amount_minor > taken:
            known = self.status(refund_id)
            return known if known.state == REFUNDED else Told(DECLINED, "refund_not_possible")
        told, _ = self._once(refund_id, payment_id, amount_minor, (REFUNDED, "", 0.0))
        return told

    def status(self, id: str) -> Told:
        query = "SELECT state, reason, pending_until FROM entry WHERE id = ?"
        with self._lock:
            row = self._book.execute(query, (id,)).fetchone()
        if row is None:
            return Told(UNKNOWN)
        return Told(PENDING) if row[2] > self._now() else Told(row[0], row[1], f"sandbox-{id}")

    def moved(self) -> list[tuple[str, int, str]]:
        """(id, amount, state) of all it ever did, for who checks its books."""
        with self._lock:
            return list(self._book.execute("SELECT id, amount_minor, state FROM entry ORDER BY rowid"))

    def _once(self, id: str, payment_id: str, amount: int, made: tuple[str, str, float]) -> tuple[Told, bool]:
        with self._lock:
            values = (id, payment_id, amount, *made)
            done = self._book.execute("INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?, ?)", values).rowcount
        return self.status(id), done == 1
