"""Work for later: a row in the transaction of its cause, so that both happen or neither does. `core.jobs` runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from core.service.cause import Cause
from core.store import tables as t
from core.store.rows import insert_each


@dataclass(frozen=True, slots=True)
class Job:
    """`subject`: what it is about, so that it can be called off. `arguments`: JSON."""

    kind: str
    run_at: datetime
    subject: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


def schedule(connection: Connection, cause: Cause, jobs: Sequence[Job]) -> list[str]:
    """Their ids. Each runs once at its time or soon after it, whatever dies in between."""
    return schedule_each(connection, [(cause, job) for job in jobs])


def schedule_each(connection: Connection, signed: Sequence[tuple[Cause, Job]]) -> list[str]:
    """As `schedule`, where each has a cause of its own."""
    rows = [
        {
            "id": cause.new_id(),
            "kind": job.kind,
            "subject": job.subject,
            "arguments": dict(job.arguments),
            "run_at": job.run_at,
            "due_at": job.run_at,
        }
        for cause, job in signed
    ]
    insert_each(connection, t.jobs, rows)
    return [str(row["id"]) for row in rows]


def call_off(connection: Connection, kind: str, subject: str, at: datetime) -> None:
    """Those of this kind about this subject that have not run. One that is running now must see for itself."""
    j = t.jobs.c
    query = update(t.jobs).where(j.subject == subject, j.kind == kind, j.state == "waiting", j.tries == 0)
    connection.execute(query.values(state="done", done_at=at))
