"""Asks lockers: for a compartment, for the customer's code, and to be done with it. Asked again under the same id."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Table, update

from core.adapters.locker import Compartment, Locker, LockerAway
from core.jobs.outside import pause
from core.service import lockers
from core.service.cause import Cause
from core.store import tables as t

FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=5)
AWAY: Final = LockerAway("the locker has not answered yet")
ASKS: Final = ("asking", "dropped", "ending")


class LockerDesk:
    name = "locker"
    table: Table = t.locker_stays
    lease = timedelta(minutes=2)

    def __init__(self, locker: Locker) -> None:
        self._locker = locker

    def prepare(self, connection: Connection, cause: Cause, row: Any) -> Any:
        return row if row.state in ASKS else None

    def ask(self, errand: Any) -> Compartment | str | LockerAway | None:
        try:
            if errand.state == "asking":
                return self._locker.reserve(errand.id, errand.location_id, errand.size)
            if errand.state == "dropped":
                return self._locker.dropped(errand.id, errand.location_id, errand.compartment)
            self._locker.end(errand.id)
            return None
        except LockerAway:
            return AWAY

    def settle(self, connection: Connection, cause: Cause, row: Any, told: Any) -> None:
        if told is AWAY:
            due_at = cause.received_at + pause(row.tries, FIRST_PAUSE, LONGEST_PAUSE)
            query = update(self.table).where(self.table.c.id == row.id)
            connection.execute(query.values(due_at=due_at, error=str(AWAY)))
        elif isinstance(told, Compartment):
            lockers.reserved(connection, cause, row, told.name, told.drop_code)
        elif row.state == "asking":
            lockers.refused(connection, row, told)
        elif row.state == "dropped":
            lockers.opens_with(connection, cause, row, told)
        else:
            lockers.ended(connection, row)
