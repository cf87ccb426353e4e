"""Asks the payment provider to charge a card and to give money back. After silence it first asks what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Table, update

from core.adapters.payment import (
    AUTHORISED,
    CAPTURED,
    DECLINED,
    REFUNDED,
    UNKNOWN,
    Charge,
    Provider,
    ProviderAway,
    Told,
)
from core.jobs.outside import pause
from core.service import payments
from core.service.cause import Cause
from core.store import tables as t

# A customer stands at the till.
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=5)
NO_ANSWER: Final = "the payment provider has not answered yet"
# By then the customer stands at the till in vain, and head office should know.
LONG: Final = timedelta(minutes=2)
UNDECIDED: Final = "the payment provider has not said for two minutes whether it took the money"
AWAY: Final = Told("away")


@dataclass(frozen=True, slots=True)
class Errand:
    id: str
    payment_id: str
    amount_minor: int
    currency: str
    is_first: bool


class _Money:
    """Both ways. A row that is not being asked for any more is left as it is."""

    table: Table
    lease = timedelta(minutes=2)

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def prepare(self, connection: Connection, cause: Cause, row: Any) -> Errand | None:
        if row.state == "asking":
            payment_id = getattr(row, "payment_id", row.id)
            return Errand(row.id, payment_id, row.amount_minor, row.currency, row.tries == 1)
        connection.execute(update(self.table).where(self.table.c.id == row.id).values(due_at=None))
        return None

    def ask(self, errand: Errand) -> Told:
        try:
            known = Told(UNKNOWN) if errand.is_first else self._provider.status(errand.id)
            return self._go_on(errand, known)
        except ProviderAway:
            return AWAY

    def _go_on(self, errand: Errand, known: Told) -> Told:
        raise NotImplementedError

    def _again(self, connection: Connection, row: Any, at: datetime) -> None:
        """Nobody knows yet, and nobody is told anything but that."""
        due_at = at + pause(row.tries, FIRST_PAUSE, LONGEST_PAUSE)
        query = update(self.table).where(self.table.c.id == row.id)
        error = UNDECIDED if at - row.asked_at >= LONG else NO_ANSWER
        connection.execute(query.values(due_at=due_at, error=error))


class CardDesk(_Money):
    name = "payment"
    table = t.payments

    def _go_on(self, errand: Errand, known: Told) -> Told:
        told = known
        if told.state == UNKNOWN:
            told = self._provider.authorise(Charge(errand.id, errand.amount_minor, errand.currency))
        return self._provider.capture(errand.id, errand.amount_minor) if told.state == AUTHORISED else told

    def settle(self, connection: Connection, cause: Cause, row: Any, told: Told) -> None:
        if told.state == CAPTURED:
            payments.paid(connection, cause, row, told.reference)
        elif told.state == DECLINED:
            payments.declined(connection, cause, row, told.reason)
        else:
            if cause.received_at - row.asked_at >= LONG and row.error != UNDECIDED:
                payments.undecided(connection, cause, row)
            self._again(connection, row, cause.received_at)


class RefundDesk(_Money):
    name = "refund"
    table = t.refunds

    def _go_on(self, errand: Errand, known: Told) -> Told:
        if known.state == UNKNOWN:
            return self._provider.refund(errand.id, errand.payment_id, errand.amount_minor)
        return known

    def settle(self, connection: Connection, cause: Cause, row: Any, told: Told) -> None:
        if told.state in (REFUNDED, DECLINED):
            payments.refunded(connection, cause, row, "" if told.state == REFUNDED else told.reason)
        else:
            self._again(connection, row, cause.received_at)
