"""What is asked of somebody outside (a mail server, a bank, a locker), without a transaction open meanwhile.

A row is taken under a lease, the question asked, and the answer written with all that follows from it:

    due --take--> leased --ask (outside)--> settle: nothing more to do, or due again later

Who dies in between leaves the lease, and somebody asks again when it ends: so each question carries an id by which the
other side knows it. An answer counts only for the newest lease: `tries` only ever grows, and who changes what is asked
counts one more.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.exc import DBAPIError

from core.service.cause import Cause, office_cause
from core.store.database import Database

log = logging.getLogger(__name__)
MOST_TURNS: Final = 4
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)


class Desk(Protocol):
    """`table`: with id, due_at, tries and error. `lease`: longer than asking ever takes."""

    name: str
    table: Table
    lease: timedelta

    def prepare(self, connection: Connection, cause: Cause, row: Any) -> Any:
        """All that is needed to ask. None: nothing is asked any more, and the row says so."""

    def ask(self, errand: Any) -> Any:
        """Outside; may take seconds, and may have been asked before."""

    def settle(self, connection: Connection, cause: Cause, row: Any, told: Any) -> None:
        """Writes the answer, and `due_at`: None, or when to ask again."""


class Outside:
    """One desk's worker. `now`: the core's clock."""

    def __init__(self, database: Database, desk: Desk, now: Callable[[], datetime], poll_s: float = 0.25) -> None:
        self._database, self._desk, self._now, self._poll_s = database, desk, now, poll_s

    def turn(self) -> bool:
        """Does what is due first; False where nothing was."""
        row = self._take()
        if row is None:
            return False
        try:
            with self._database.write() as connection:
                errand = self._desk.prepare(connection, self._cause(), row)
            if errand is not None:
                self._settle(row, self._desk.ask(errand))
        except DBAPIError:
            raise
        except Exception as fault:
            # Its text and its traceback may hold an address or a code.
            log.error("%s %s failed, try %d: %s", self._desk.name, row.id, row.tries, type(fault).__name__)
            self._put_off(row, type(fault).__name__)
        return True

    def run(self, stop: threading.Event) -> None:
        """Until `stop`. A database that is away is waited for."""
        while not stop.is_set():
            try:
                if not self.turn():
                    stop.wait(self._poll_s)
            except DBAPIError as fault:
                log.error("%s waits for the database: %s", self._desk.name, type(fault).__name__)
                stop.wait(20 * self._poll_s)

    def _take(self) -> Any:
        c, at = self._desk.table.c, self._now()
        due = select(c.id).where(c.due_at <= at).order_by(c.due_at, c.id).limit(1)
        with self._database.read() as connection:
            if connection.execute(due).first() is None:
                return None
        with self._database.write() as connection:
            id = connection.execute(due.with_for_update(skip_locked=True)).scalar()
            mine = update(self._desk.table).where(c.id == id, c.due_at <= at)
            leased = mine.values(due_at=at + self._desk.lease, tries=c.tries + 1).returning(self._desk.table)
            return connection.execute(leased).first()

    def _settle(self, row: Any, told: Any) -> None:
        """Whatever the database does, what was answered is not asked for again."""
        for turn in range(MOST_TURNS):
            try:
                with self._database.write() as connection:
                    c = self._desk.table.c
                    mine = select(c.id).where(c.id == row.id, c.tries == row.tries, c.due_at.is_not(None))
                    if connection.execute(mine.with_for_update()).first() is not None:
                        self._desk.settle(connection, self._cause(), row, told)
                return
            except DBAPIError:
                if turn == MOST_TURNS - 1:
                    raise

    def _put_off(self, row: Any, error: str) -> None:
        c = self._desk.table.c
        with self._database.write() as connection:
            query = update(self._desk.table).where(c.id == row.id, c.tries == row.tries)
            connection.execute(query.values(due_at=self._now() + pause(row.tries), error=error))

    def _cause(self) -> Cause:
        return replace(office_cause(self._now()), because=self._desk.name)


def pause(tries: int, first: timedelta = FIRST_PAUSE, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """After so many in vain; doubles."""
    return min(longest, first * (1 << min(tries - 1, 20)))


@contextmanager
def running(workers: Sequence[Outside]) -> Iterator[None]:
    """Each in a thread of its own, so that a slow mail server keeps no customer waiting at the till."""
    stop = threading.Event()
    threads = [threading.Thread(target=one.run, args=(stop,), name="outside", daemon=True) for one in workers]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join, 15)
        stack.callback(stop.set)
        yield
