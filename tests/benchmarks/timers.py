"""`timers`: 10,000 timers due within one minute, two worker processes, one of them killed in the middle; on both
databases.

A timer's work is one event that says when it was done; it is late by that less the time it was due at, all of it seen
in the database afterwards. The killed worker (SIGKILL) is replaced at once, as a supervisor would; what it had leased
is due again when the lease ends.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, select

from core.jobs.queue import Taken
from core.jobs.worker import Pace, Worker
from core.service.cause import Cause, office_cause
from core.service.events import Happening, record
from core.service.later import Job, schedule
from core.store import tables as t
from core.store.database import Database
from tests.benchmarks.disk import probe_fdatasync_ms
from tests.benchmarks.orders import postgres
from tests.benchmarks.report import Budget, Report, quantile

TIMERS, WITHIN_S, WORKERS = 10_000, 60.0, 2
KIND, FIRED = "bench_timer", "TimerFired"
PLAN_S = 6.0  # from planning to the first one: workers have started by then
LONGEST_WAIT_S = 90.0
BUDGETS = {
    f"{name}_{database}": budget
    for database in ("sqlite", "postgres")
    for name, budget in {
        "p95_late_s": Budget(at_most=1.0),
        "fired_per_timer_min": Budget(at_least=1, at_most=1),
        "fired_per_timer_max": Budget(at_least=1, at_most=1),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Size:
    timers: int = TIMERS
    within_s: float = WITHIN_S


def run(size: Size | None = None, on_postgres: bool = True) -> Report:
    size = size or Size()
    figures: dict[str, Any] = {"timers": size.timers, "within_s": size.within_s, "workers": WORKERS, "killed": 1}
    ratios: dict[str, float] = {}
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        figures |= probe_fdatasync_ms(Path(folder))
        figures["load_before"] = round(os.getloadavg()[0], 2)
        _add(measure(f"sqlite:///{Path(folder) / 'core.db'}", size), "sqlite", ratios, figures)
    if on_postgres:
        with postgres() as url:
            _add(measure(url, size), "postgres", ratios, figures)
    return Report("timers", figures, ratios, BUDGETS)


def _add(late_s: dict[str, list[float]], name: str, ratios: dict[str, float], figures: dict[str, Any]) -> None:
    """`late_s`: by timer, of each time that it fired."""
    samples = [one for some in late_s.values() for one in some]
    times = Counter({timer: len(some) for timer, some in late_s.items()}).values()
    ratios[f"p95_late_s_{name}"] = round(quantile(samples, 0.95), 3) if samples else float("nan")
    ratios[f"fired_per_timer_min_{name}"] = min(times)
    ratios[f"fired_per_timer_max_{name}"] = max(times)
    if samples:
        figures[f"median_late_s_{name}"] = round(quantile(samples, 0.5), 3)
        figures[f"most_late_s_{name}"] = round(max(samples), 3)


def measure(url: str, size: Size) -> dict[str, list[float]]:
    database = Database(url)
    database.upgrade()
    due = plan(database, size)
    first = min(due.values())
    with working(url) as pids:
        time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()) + size.within_s / 2)
        os.kill(pids()[0], signal.SIGKILL)
        _wait(database, first + timedelta(seconds=size.within_s + LONGEST_WAIT_S))
    late_s: dict[str, list[float]] = {timer: [] for timer in due}
    e = t.events.c
    with database.read() as connection:
        for timer, at in connection.execute(select(e.subject_id, e.at).where(e.name == FIRED)):
            late_s[timer].append((at - due[timer]).total_seconds())
    database.close()
    return late_s


def plan(database: Database, size: Size) -> dict[str, datetime]:
    """When each timer is due: evenly, from some seconds after now on."""
    now = datetime.now(UTC)
    cause, gap_s = office_cause(now), size.within_s / size.timers
    due = {f"timer-{n}": now + timedelta(seconds=PLAN_S + n * gap_s) for n in range(size.timers)}
    with database.write() as connection:
        schedule(connection, cause, [Job(KIND, at, timer) for timer, at in due.items()])
    return due


@contextmanager
def working(url: str) -> Iterator[Callable[[], Sequence[int]]]:
    """WORKERS processes; one that dies is replaced at once. Gives their process ids of now."""
    processes = multiprocessing.get_context("spawn")
    crew = [processes.Process(target=work, args=(url,), daemon=True) for _ in range(WORKERS)]
    for one in crew:
        one.start()
    over = threading.Event()

    def replace_the_dead() -> None:
        while not over.wait(0.1):
            for index, one in enumerate(crew):
                if not one.is_alive():
                    crew[index] = processes.Process(target=work, args=(url,), daemon=True)
                    crew[index].start()

    supervisor = threading.Thread(target=replace_the_dead)
    supervisor.start()
    try:
        yield lambda: [one.pid for one in crew if one.pid]
    finally:
        over.set()
        supervisor.join()
        for one in crew:
            one.kill()
            one.join()


def work(url: str) -> None:
    """A worker process as the core runs it, by its usual pace."""
    Worker(Database(url), {KIND: fire}, lambda: datetime.now(UTC), Pace()).run(threading.Event())


def fire(connection: Connection, cause: Cause, job: Taken) -> None:
    record(connection, cause, [Happening(FIRED, "timer", job.subject)])


def _wait(database: Database, until: datetime) -> None:
    j = t.jobs.c
    waiting = select(j.id).where(j.kind == KIND, j.state == "waiting").limit(1)
    while datetime.now(UTC) < until:
        with database.read() as connection:
            if connection.execute(waiting).first() is None:
                return
        time.sleep(0.5)
