import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain.stock_rules import Rule, RuleKind, Scope
from core.jobs.handlers import HANDLERS
from core.jobs.worker import Pace, Worker
from core.service import adjustments, atp_remake, stock_rules
from core.service.atp import available
from core.service.atp_projection import differences
from core.service.cause import office_cause
from core.service.stock_book import book_of
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World
from tests.support.stock_world import build

LEASE = timedelta(seconds=30)


class Killed(BaseException):
    """Not an Exception: nobody answers it, as nobody answers a signal."""


@pytest.fixture
def world(database, monkeypatch):
    """One article a job, after a change that concerns all of them."""
    world = build(database)
    monkeypatch.setattr(atp_remake, "POSITIONS_AT_ONCE", 0)
    monkeypatch.setattr(atp_remake, "ARTICLES_AT_ONCE", 1)
    change(database, 3)
    return world


def change(database: Database, units: int) -> None:
    with database.write() as connection:
        rule = Rule("", RuleKind.SAFETY, Scope(category=f"Shirts{units}"), units=units)
        assert isinstance(stock_rules.put_rule(connection, office_cause(NOW), rule), dict)


def worker(database: Database, later: timedelta = timedelta(), handlers=HANDLERS) -> Worker:
    return Worker(database, handlers, lambda: NOW + later, Pace(batch=1, together=1, lease=LEASE))


def made(database: Database) -> tuple[int, bool]:
    """Rows that the rules of now have made, and whether those are all."""
    with database.read() as connection:
        book = book_of(connection)
        assert differences(connection) == []
        rows = connection.execute(select(t.atp.c.sku).where(t.atp.c.generation == book.generation)).all()
        return len(rows), book.whole


def most(database: Database, world: World) -> dict[str, int]:
    with database.read() as connection:
        return dict(available(connection, world.division, "web", world.skus).most)


def test_a_worker_makes_the_rows_again_some_articles_a_job(database, world):
    before = most(database, world)
    assert made(database) == (0, False)
    one = worker(database)
    seen = []
    while one.turn():
        seen.append(made(database))
        assert most(database, world) == before
    assert seen == [(2, False), (4, False), (6, False), (6, True)]
    with database.read() as connection:
        told = connection.execute(select(t.events.c.data).where(t.events.c.name == "AvailabilityRemade")).scalars()
        assert list(told) == [{"articles": 3}]
        progress = atp_remake.progress(connection)
    assert (progress.articles_done, progress.articles, progress.done_at) == (3, 3, NOW)


def test_how_far_it_has_come_can_be_read(database, world):
    worker(database).turn()
    with database.read() as connection:
        progress = atp_remake.progress(connection)
    assert (progress.articles_done, progress.articles, progress.begun_at, progress.done_at) == (1, 3, NOW, None)


def test_what_a_killed_worker_had_begun_another_one_does(database, world):
    def remake_and_die(connection, cause, job):
        HANDLERS[job.kind](connection, cause, job)
        raise Killed

    worker(database).turn()
    with pytest.raises(Killed):
        worker(database, handlers={atp_remake.REMAKE: remake_and_die}).turn()
    assert made(database) == (2, False)
    assert worker(database).turn() == 0  # the dead one's lease
    other = worker(database, later=LEASE)
    while other.turn():
        pass
    assert made(database) == (6, True)
    with database.read() as connection:
        assert connection.execute(select(t.atp_remakes.c.articles)).scalar_one() == 3


def test_several_workers_make_every_article_once(database, world):
    def work() -> None:
        one = worker(database)
        while not made(database)[1]:
            one.turn()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made(database) == (6, True)
    with database.read() as connection:
        assert connection.execute(select(t.atp_remakes.c.articles)).scalar_one() == 3


def test_a_second_change_begins_anew_and_the_first_ones_job_does_nothing(database, world):
    one = worker(database)
    one.turn()
    change(database, 4)
    assert made(database) == (0, False)
    while one.turn():
        pass
    assert made(database) == (6, True)
    with database.read() as connection:
        names = connection.execute(select(t.events.c.id).where(t.events.c.name == "AvailabilityRemade")).all()
        assert connection.execute(select(t.atp_remakes.c.articles)).scalar_one() == 3
    assert len(names) == 1


def test_a_sale_makes_its_article_again_at_once(database, world):
    with database.write() as connection:
        wanted = adjustments.Adjustment(world.lille, "SKU-2", on_hand=50)
        adjustments.adjust(connection, office_cause(NOW), wanted)
    assert made(database) == (2, False)


def test_a_rule_of_one_article_needs_no_job(database, world):
    one = worker(database)
    while one.turn():
        pass
    with database.write() as connection:
        rule = Rule("", RuleKind.SAFETY, Scope(sku="SKU-1"), units=1)
        assert isinstance(stock_rules.put_rule(connection, office_cause(NOW), rule), dict)
    assert made(database) == (6, True)
    assert one.turn() == 0
