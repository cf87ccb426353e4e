"""Where an action is taken: which device, which person, what time it is and what the next thing will be called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from app.state.walks import Walks
from app.store import outbox, references
from app.store.database import Database
from app.store.intents import Stamp
from core.contract.commands import Arguments
from core.domain.calendar import local_day
from core.domain.outcome import Outcome


@dataclass(frozen=True)
class Desk:
    """`clock` gives aware UTC, `new_id` a fresh UUIDv7: both are arguments, so that a test can say what happens."""

    database: Database
    walks: Walks
    location_id: str
    device_number: int
    company_prefix: str
    user_id: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def today(self, connection: Connection) -> date:
        """By the clock on the wall of the store."""
        return local_day(references.location(connection, self.location_id).timezone, self.clock())

    def say(self, connection: Connection, arguments: Arguments, intent: str = "") -> Outcome:
        """Queues one command with its effect, in the caller's transaction. `intent`: of the tap or scan, if any."""
        command_id = self.new_id()
        return outbox.submit(connection, arguments, Stamp(command_id, intent or command_id, self.user_id, self.clock()))

    def tell(self, arguments: Arguments, intent: str = "") -> Outcome:
        """`say` in a transaction of its own; the walks are planned anew afterwards."""
        with self.database.write() as connection:
            outcome = self.say(connection, arguments, intent)
        self.walks.forget()
        return outcome
