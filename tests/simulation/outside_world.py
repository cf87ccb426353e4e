"""Whom the core asks outside on a simulated day: a bank, lockers and a mail server, with moods of their own.

They keep the books of what really happened: money that moved, compartments that are taken, letters that were posted.
Each may act and be silent about it, as if its answer had been lost.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from random import Random

from core.adapters.locker import FULL, Compartment, LockerAway
from core.adapters.mail import MailDelayed
from core.adapters.payment import AUTHORISED, CAPTURED, DECLINED, REFUNDED, UNKNOWN, Charge, ProviderAway, Told

SILENT = 0.15
DECLINES = 0.15
SMALL = ("S1", "S2")


@dataclass
class Bank:
    rng: Random
    calm: bool = False
    state: dict[str, str] = field(default_factory=dict)  # by id of a payment or refund
    amounts: dict[str, int] = field(default_factory=dict)
    refunded: Counter[str] = field(default_factory=Counter)  # minor units that went back, by payment

    def authorise(self, charge: Charge) -> Told:
        if charge.payment_id not in self.state:
            self.state[charge.payment_id] = DECLINED if self.rng.random() < DECLINES else AUTHORISED
            self.amounts[charge.payment_id] = charge.amount_minor
        return self._say(charge.payment_id)

    def capture(self, payment_id: str, amount_minor: int) -> Told:
        if self.state.get(payment_id) == AUTHORISED and self.amounts[payment_id] >= amount_minor:
            self.state[payment_id] = CAPTURED
        return self._say(payment_id)

    def refund(self, refund_id: str, payment_id: str, amount_minor: int) -> Told:
        if refund_id not in self.state:
            self.state[refund_id], self.amounts[refund_id] = REFUNDED, amount_minor
            self.refunded[payment_id] += amount_minor
        return self._say(refund_id)

    def status(self, id: str) -> Told:
        return self._say(id)

    def captured(self) -> dict[str, int]:
        return {id: self.amounts[id] for id, state in self.state.items() if state == CAPTURED}

    def _say(self, id: str) -> Told:
        if not self.calm and self.rng.random() < SILENT:
            raise ProviderAway
        return Told(self.state.get(id, UNKNOWN), "insufficient_funds" if self.state.get(id) == DECLINED else "")


@dataclass
class Lockers:
    rng: Random
    calm: bool = False
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)  # (place, compartment) by stay

    def reserve(self, stay_id: str, location_id: str, size: str) -> Compartment | str:
        if stay_id not in self.taken:
            held = {name for place, name in self.taken.values() if place == location_id}
            free = [name for name in SMALL if name not in held]
            if not free:
                return FULL
            self.taken[stay_id] = location_id, free[0]
        self._mood()
        return Compartment(self.taken[stay_id][1], "111111")

    def dropped(self, stay_id: str, location_id: str, compartment: str) -> str:
        self.taken[stay_id] = location_id, compartment
        self._mood()
        return "222222"

    def end(self, stay_id: str) -> None:
        self.taken.pop(stay_id, None)
        self._mood()

    def _mood(self) -> None:
        if not self.calm and self.rng.random() < SILENT:
            raise LockerAway


@dataclass
class Mailbox:
    """`posted`: how often each letter was taken, by its Message-ID."""

    rng: Random
    calm: bool = False
    posted: Counter[str] = field(default_factory=Counter)

    def send(self, message: EmailMessage) -> None:
        if not self.calm and self.rng.random() < SILENT:
            raise MailDelayed("greylisted")
        self.posted[str(message["Message-ID"])] += 1


@dataclass
class OutsideWorld:
    rng: Random
    bank: Bank = field(init=False)
    lockers: Lockers = field(init=False)
    mail: Mailbox = field(init=False)

    def __post_init__(self) -> None:
        self.bank, self.lockers, self.mail = Bank(self.rng), Lockers(self.rng), Mailbox(self.rng)

    def calm_down(self) -> None:
        for one in self._all():
            one.calm = True

    def _all(self) -> Iterator[Bank | Lockers | Mailbox]:
        yield from (self.bank, self.lockers, self.mail)
