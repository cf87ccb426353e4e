import threading
from datetime import timedelta

from sqlalchemy import func, select

from core.store import tables as t
from core.store import ticks
from tests.support.core import NOW


def count(database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(t.sync_ticks)).scalar_one()


def test_a_tick_is_known_to_the_history_that_wrote_it(database):
    tick = ticks.prove(database, NOW)
    with database.read() as connection:
        assert ticks.is_known(connection, tick)
        assert not ticks.is_known(connection, "another")


def test_pulls_that_come_together_share_a_tick_that_was_begun_after_all_of_them(database):
    found: list[str] = []
    pulls = [threading.Thread(target=lambda: found.append(ticks.prove(database, NOW))) for _ in range(20)]
    with database.write():  # on SQLite nobody else gets a turn meanwhile
        pulls[0].start()
        for pull in pulls[1:]:
            pull.start()
    for pull in pulls:
        pull.join()
    assert len(found) == 20
    assert len(set(found)) == count(database)
    if database.is_sqlite:
        assert count(database) <= 3


def test_a_tick_is_never_one_that_was_written_before_it_was_asked_for(database):
    assert ticks.prove(database, NOW) != ticks.prove(database, NOW)


def test_old_ticks_go_and_a_cursor_that_names_one_is_no_alarm(database):
    old = ticks.prove(database, NOW)
    later = NOW + ticks.KEPT + timedelta(days=1)
    ticks.prove(database, later)
    assert count(database) == 1
    assert ticks.is_older(old, ticks.KEPT, later)
    assert ticks.is_older("", ticks.KEPT, later)
    assert not ticks.is_older(old, ticks.KEPT, NOW)
