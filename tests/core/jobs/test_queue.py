from datetime import timedelta

import pytest
from sqlalchemy import select

from core.jobs import queue
from core.service.cause import office_cause
from core.service.later import Job, schedule
from core.store import tables as t
from tests.support.core import NOW

LEASE = timedelta(seconds=30)


@pytest.fixture
def job_id(database) -> str:
    return planned(database, NOW)[0]


def planned(database, *times) -> list[str]:
    with database.write() as connection:
        return schedule(connection, office_cause(NOW), [Job("tell", at, f"s{n}") for n, at in enumerate(times)])


def take(database, at, limit=10) -> list[queue.Taken]:
    with database.write() as connection:
        return queue.take(connection, at, limit, LEASE)


def row(database, id: str):
    with database.read() as connection:
        return connection.execute(select(t.jobs).where(t.jobs.c.id == id)).one()


def test_what_is_due_is_taken_soonest_first_and_the_rest_waits(database):
    late, soon, future = planned(database, NOW, NOW - timedelta(hours=1), NOW + timedelta(seconds=1))
    assert [job.id for job in take(database, NOW)] == [soon, late]
    assert take(database, NOW) == []
    assert [job.id for job in take(database, NOW + timedelta(seconds=1))] == [future]


def test_a_lease_that_ended_is_taken_again_and_the_first_holder_may_not_finish(database, job_id):
    (first,) = take(database, NOW)
    assert take(database, NOW + LEASE - timedelta(seconds=1)) == []
    (second,) = take(database, NOW + LEASE)
    with database.write() as connection:
        assert not queue.finish(connection, first, NOW)
        queue.fail(connection, first, "too late to complain", NOW)
        assert queue.finish(connection, second, NOW)
        assert not queue.finish(connection, second, NOW)
    assert (row(database, job_id).state, row(database, job_id).error) == ("done", "")


def test_a_failure_waits_longer_each_time_and_is_set_aside_in_the_end(database, job_id):
    at, pauses = NOW, []
    for _ in range(queue.MOST_TRIES):
        (job,) = take(database, at)
        with database.write() as connection:
            queue.fail(connection, job, "no paper", at)
        pauses.append((row(database, job_id).due_at - at).total_seconds())
        at = row(database, job_id).due_at
    assert pauses == [5, 10, 20, 40, 80, 160]
    assert (row(database, job_id).state, row(database, job_id).error) == ("set_aside", "no paper")
    assert take(database, at + timedelta(days=1)) == []
    with database.write() as connection:
        assert queue.retry(connection, job_id, at)
        assert not queue.retry(connection, job_id, at)
    assert [job.tries for job in take(database, at)] == [1]


def test_what_kills_its_worker_each_time_is_set_aside(database, job_id):
    at = NOW
    for _ in range(queue.MOST_TRIES):
        assert len(take(database, at)) == 1
        at += LEASE
    assert take(database, at) == []
    assert row(database, job_id).state == "set_aside"


def test_two_transactions_never_take_the_same_job(postgres_database):
    ids = planned(postgres_database, *[NOW] * 10)
    with postgres_database.write() as one, postgres_database.write() as other:
        first = queue.take(one, NOW, 6, LEASE)
        second = queue.take(other, NOW, 6, LEASE)
    assert (len(first), len(second)) == (6, 4)
    assert {job.id for job in (*first, *second)} == set(ids)


def test_the_next_time_is_known_and_what_is_done_is_forgotten_later(database, job_id):
    with database.write() as connection:
        assert queue.next_due_at(connection) == NOW
        (job,) = queue.take(connection, NOW, 1, LEASE)
        queue.finish(connection, job, NOW)
        assert queue.next_due_at(connection) is None
        assert queue.prune(connection, NOW) == 0
        assert queue.prune(connection, NOW + timedelta(seconds=1)) == 1


def test_a_plan_of_several_workers_is_one_job(database):
    for _ in range(3):
        with database.write() as connection:
            queue.plan(connection, Job("sweep", NOW))
    assert [job.id for job in take(database, NOW)] == ["sweep@2026-05-04T09:00"]
