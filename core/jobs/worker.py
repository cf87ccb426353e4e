"""A worker: takes what is due, does it in short transactions, and goes on. Any number of them may run, anywhere.

The work of a job and its end are one transaction: a worker that is killed leaves either all of it or nothing, and the
lease brings what it held to another one. So a handler that writes to this database alone takes effect exactly once.
One that speaks to the outside world may be called again and must be idempotent there.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.jobs import queue
from core.jobs.queue import Taken
from core.service.cause import Cause, office_cause
from core.service.later import Job
from core.store.database import Database

log = logging.getLogger(__name__)

Handler = Callable[[Connection, Cause, Taken], None]
Nightly = Callable[[Connection, datetime], object]
PRUNE = "prune_jobs"
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Pace:
    """`together`: jobs of one transaction, so that they share its commit. `lease`: longer than a batch ever takes."""

    batch: int = 60
    together: int = 12
    lease: timedelta = timedelta(seconds=30)
    poll_s: float = 0.2


USUAL = Pace()


class Worker:
    """`handlers` by kind. `now`: the core's clock. `nightly`: done once a night, when old jobs are forgotten."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        now: Callable[[], datetime],
        pace: Pace = USUAL,
        nightly: Sequence[Nightly] = (),
    ) -> None:
        self._database, self._handlers, self._now, self._pace = database, handlers, now, pace
        self._nightly = nightly

    def turn(self) -> int:
        """Takes one batch and does it; how many there were."""
        with self._database.write() as connection:
            taken = queue.take(connection, self._now(), self._pace.batch, self._pace.lease)
        for start in range(0, len(taken), self._pace.together):
            self._do(taken[start : start + self._pace.together])
        return len(taken)

    def run(self, stop: threading.Event) -> None:
        """Until `stop`. A database that is away is waited for."""
        planned = False
        while not stop.is_set():
            try:
                if not planned:
                    self._plan()
                    planned = True
                if self.turn() == 0:
                    stop.wait(self._pause_s())
            except DBAPIError:
                log.exception("the jobs wait for the database")
                stop.wait(5 * self._pace.poll_s)

    def _do(self, jobs: Sequence[Taken]) -> None:
        """All in one transaction; where that one fails as a whole, each in its own."""
        try:
            with self._database.write() as connection:
                for job in jobs:
                    self._attempt(connection, job)
        except DBAPIError as fault:
            if len(jobs) > 1:
                for job in jobs:
                    self._do([job])
                return
            with self._database.write() as connection:
                self._failed(connection, jobs[0], fault)

    def _attempt(self, connection: Connection, job: Taken) -> None:
        at = self._now()
        savepoint = connection.begin_nested()
        try:
            if queue.finish(connection, job, at):
                self._handle(connection, job, at)
            savepoint.commit()
        except Exception as fault:
            savepoint.rollback()
            if isinstance(fault, DBAPIError):
                raise
            self._failed(connection, job, fault)

    def _handle(self, connection: Connection, job: Taken, at: datetime) -> None:
        if job.kind == PRUNE:
            queue.prune(connection, at - timedelta(days=KEPT_DAYS))
            for work in self._nightly:
                work(connection, at)
            self._plan_prune(connection, at)
            return
        handler = self._handlers.get(job.kind)
        if handler is None:
            raise LookupError(f"no handler for {job.kind!r}")
        handler(connection, replace(office_cause(at), because=job.kind), job)

    def _failed(self, connection: Connection, job: Taken, fault: Exception) -> None:
        log.error("job %s (%s) failed, try %d", job.id, job.kind, job.tries, exc_info=fault)
        queue.fail(connection, job, f"{type(fault).__name__}: {fault}", self._now())

    def _pause_s(self) -> float:
        with self._database.read() as connection:
            due_at = queue.next_due_at(connection)
        if due_at is None:
            return self._pace.poll_s
        return min(self._pace.poll_s, max(0.0, (due_at - self._now()).total_seconds()))

    def _plan(self) -> None:
        with self._database.write() as connection:
            self._plan_prune(connection, self._now())

    def _plan_prune(self, connection: Connection, at: datetime) -> None:
        tomorrow = at.replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=1)
        queue.plan(connection, Job(PRUNE, tomorrow))


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """The worker in a thread of its own, for as long as the block lasts; what it has begun is ended."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
