"""Timers: once each and on time, with several workers, failures, and a worker process that is killed in its work."""

import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.jobs import queue
from core.jobs.worker import PRUNE, Pace, Worker, running
from core.service.cause import office_cause
from core.service.events import Happening, record
from core.service.later import Job, schedule
from core.store import tables as t
from core.store.database import Database
from tests.core.jobs.deeds import PACE, telling
from tests.support.core import NOW
from tests.support.http import Clock


def plan(database: Database, jobs: list[Job]) -> None:
    with database.write() as connection:
        schedule(connection, office_cause(NOW), jobs)


def told(database: Database) -> Counter[str]:
    with database.read() as connection:
        query = select(t.events.c.subject_id).where(t.events.c.name == "Told")
        return Counter(connection.execute(query).scalars())


def waiting(database: Database) -> int:
    with database.read() as connection:
        query = select(func.count()).where(t.jobs.c.kind == "tell", t.jobs.c.state == "waiting")
        return connection.execute(query).scalar_one()


def test_a_job_is_done_once_and_at_its_time(database):
    clock = Clock(NOW)
    worker = Worker(database, telling(), clock)
    plan(database, [Job("tell", NOW + timedelta(minutes=1), "a")])
    assert worker.turn() == 0
    clock.at += timedelta(minutes=1)
    assert (worker.turn(), worker.turn()) == (1, 0)
    assert told(database) == {"a": 1}


def test_work_that_fails_leaves_nothing_behind_and_does_not_stop_what_stands_beside_it(database):
    def work(connection, cause, job):
        record(connection, cause, [Happening("Told", "deed", job.subject)])
        if job.subject == "bad":
            raise RuntimeError("no paper")

    plan(database, [Job("tell", NOW, "a"), Job("tell", NOW, "bad"), Job("other", NOW, "x"), Job("tell", NOW, "b")])
    Worker(database, {"tell": work}, Clock(NOW)).turn()
    assert told(database) == {"a": 1, "b": 1}
    with database.read() as connection:
        rows = {row.subject: row for row in connection.execute(select(t.jobs))}
    assert (rows["bad"].state, rows["bad"].error) == ("waiting", "RuntimeError: no paper")
    assert "no handler for 'other'" in rows["x"].error
    assert rows["a"].state == "done"


def test_a_broken_transaction_is_taken_apart(database):
    def work(connection, cause, job):
        record(connection, cause, [Happening("Told", "deed", job.subject)])
        if job.subject == "bad":
            connection.exec_driver_sql("SELECT * FROM nowhere")

    plan(database, [Job("tell", NOW, "a"), Job("tell", NOW, "bad"), Job("tell", NOW, "b")])
    Worker(database, {"tell": work}, Clock(NOW)).turn()
    assert told(database) == {"a": 1, "b": 1}


def test_what_was_done_long_ago_is_forgotten_every_night(database):
    clock = Clock(NOW)
    plan(database, [Job("tell", NOW, "a")])
    worker, stop = Worker(database, telling(), clock), threading.Event()
    stop.set()
    worker.turn()
    with database.write() as connection:
        queue.plan(connection, Job(PRUNE, NOW + timedelta(days=8)))
    clock.at += timedelta(days=8)
    worker.turn()
    with database.read() as connection:
        kinds = Counter(connection.execute(select(t.jobs.c.kind).where(t.jobs.c.state == "waiting")).scalars())
        assert connection.execute(select(t.jobs.c.id).where(t.jobs.c.kind == "tell")).all() == []
    assert kinds == {PRUNE: 1}


@pytest.mark.slow
def test_ten_thousand_timers_of_one_minute_each_run_once_and_none_too_early(database):
    """By a clock that the test moves: two workers have one second of work for each second of timers."""
    plan(database, [Job("tell", NOW + timedelta(milliseconds=6 * n), f"s{n}") for n in range(10_000)])
    clock = Clock(NOW)
    at_of: dict[str, timedelta] = {}

    def note(connection, cause, job):
        at_of[job.id] = at_of.get(job.id, timedelta()) + (cause.received_at - job.run_at)

    pace = Pace(batch=100, together=100)
    workers = [Worker(database, {"tell": note}, clock, pace) for _ in range(2)]
    for _ in range(61):
        while sum(worker.turn() for worker in workers):
            pass
        clock.at += timedelta(seconds=1)
    late = sorted(at_of.values())
    assert len(late) == 10_000
    assert timedelta() <= late[0]
    assert late[int(0.95 * len(late))] <= timedelta(seconds=1)
    assert waiting(database) == 0


def test_several_workers_at_once_do_each_job_once(database):
    plan(database, [Job("tell", NOW, f"s{n}") for n in range(400)])
    workers = [Worker(database, telling(), Clock(NOW), Pace(batch=10, together=3, poll_s=0.01)) for _ in range(4)]
    stop = threading.Event()
    threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers]
    for thread in threads:
        thread.start()
    until(lambda: waiting(database) == 0)
    stop.set()
    for thread in threads:
        thread.join()
    assert told(database) == {f"s{n}": 1 for n in range(400)}


@pytest.mark.slow
def test_a_worker_that_is_killed_in_its_work_loses_nothing_and_does_nothing_twice(database):
    plan(database, [Job("tell", NOW, f"s{n}") for n in range(200)])
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.core.jobs.deeds", url, "0.005"]
    for _ in range(2):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        try:
            begun = len(told(database))
            until(lambda begun=begun: len(told(database)) > begun + 10)
        finally:
            process.kill()
            process.communicate()
    assert 0 < waiting(database) < 200
    with running(Worker(database, telling(), lambda: datetime.now(UTC), PACE)):
        until(lambda: waiting(database) == 0)
    assert told(database) == {f"s{n}": 1 for n in range(200)}


def until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
