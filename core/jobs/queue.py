"""The rows of work for later: taken in batches under a lease, finished or failed by who holds the lease, once.

    waiting, due --take--> leased (due again when the lease ends) --finish--> done
                                                                   --fail----> waiting, due later, or set aside

A lease is numbered by `tries`. `finish` stands in the transaction of the work and counts only for the newest lease: a
worker that slept through its own can neither do the work twice nor undo what another did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.service.later import Job
from core.store import tables as t

MOST_TRIES = 6
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ERROR = 2_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A job under lease number `tries`."""

    id: str
    kind: str
    subject: str
    arguments: Mapping[str, Any]
    run_at: datetime
    tries: int


def take(connection: Connection, at: datetime, limit: int, lease: timedelta) -> list[Taken]:
    """What is due, soonest first; for others it is due again after the lease.

    What was taken too often without any answer (its worker died each time) is set aside instead.
    """
    j = t.jobs.c
    due = select(j.id, j.tries, j.due_at).where(j.state == "waiting", j.due_at <= at).order_by(j.due_at, j.id)
    rows = connection.execute(due.limit(limit).with_for_update(skip_locked=True)).all()
    worn = [row.id for row in rows if row.tries >= MOST_TRIES]
    if worn:
        told = {"state": "set_aside", "error": t.jobs.c.error + "; the worker died of it"}
        connection.execute(update(t.jobs).where(j.id.in_(worn)).values(told))
    ids = [row.id for row in rows if row.tries < MOST_TRIES]
    if not ids:
        return []
    # The condition stands here again: where the database locks no rows, this update alone decides.
    mine = update(t.jobs).where(j.id.in_(ids), j.state == "waiting", j.due_at <= at)
    columns = (j.id, j.kind, j.subject, j.arguments, j.run_at, j.tries)
    leased = connection.execute(mine.values(due_at=at + lease, tries=j.tries + 1).returning(*columns)).all()
    return sorted((Taken(*row) for row in leased), key=lambda job: (job.run_at, job.id))


def finish(connection: Connection, job: Taken, at: datetime) -> bool:
    """False where another worker has the job by now: the caller must not do its work."""
    return connection.execute(_mine(job).values(state="done", done_at=at, error="")).rowcount == 1


def fail(connection: Connection, job: Taken, error: str, at: datetime) -> None:
    """Due again after a pause that doubles; after MOST_TRIES a person must look at it."""
    state = "set_aside" if job.tries >= MOST_TRIES else "waiting"
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (job.tries - 1))
    told = error.replace("\0", "")[:LONGEST_ERROR]
    connection.execute(_mine(job).values(state=state, due_at=at + pause, error=told))


def _mine(job: Taken) -> Any:
    j = t.jobs.c
    return update(t.jobs).where(j.id == job.id, j.state == "waiting", j.tries == job.tries)


def next_due_at(connection: Connection) -> datetime | None:
    """When something is due next."""
    j = t.jobs.c
    query = select(j.due_at).where(j.state == "waiting").order_by(j.due_at).limit(1)
    return connection.execute(query).scalar_one_or_none()


def plan(connection: Connection, job: Job) -> None:
    """A job that every worker plans and that exists once: its id is its kind and its time."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    id = f"{job.kind}@{job.run_at:%Y-%m-%dT%H:%M}"
    values: dict[str, Any] = {"id": id, "kind": job.kind, "subject": job.subject, "arguments": dict(job.arguments)}
    values |= {"run_at": job.run_at, "due_at": job.run_at, "state": "waiting", "tries": 0, "error": ""}
    connection.execute(dialect.insert(t.jobs).values(values).on_conflict_do_nothing())


def retry(connection: Connection, id: str, at: datetime) -> bool:
    """Head office lets a job that was set aside run again. False: there is none."""
    j = t.jobs.c
    query = update(t.jobs).where(j.id == id, j.state == "set_aside")
    return connection.execute(query.values(state="waiting", due_at=at, tries=0)).rowcount == 1


def prune(connection: Connection, before: datetime) -> int:
    """Forgets what was done before this time."""
    j = t.jobs.c
    return connection.execute(delete(t.jobs).where(j.state == "done", j.done_at < before)).rowcount
