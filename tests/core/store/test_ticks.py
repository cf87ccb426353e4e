import threading
from datetime import timedelta

from sqlalchemy import delete, func, select

from core.store import feed, ticks
from core.store import tables as t
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


def test_a_tick_stands_for_who_sees_it_and_nothing_that_came_later(database):
    tick = ticks.prove(database, NOW)
    with database.read() as connection:
        seen = feed.current_snapshot(connection)
        assert ticks.standing(database, connection, seen, NOW) == (tick if database.is_sqlite else "")
        assert ticks.standing(database, connection, seen, NOW + timedelta(days=1)) == ""
    with database.write() as connection:
        feed.mark(connection, feed.ORG, "reason", "r")
    with database.read() as connection:
        assert ticks.standing(database, connection, feed.current_snapshot(connection), NOW) == ""


def test_a_tick_that_a_restore_took_away_stands_for_nobody(database):
    ticks.prove(database, NOW)
    with database.write() as connection:
        connection.execute(delete(t.sync_ticks))
    with database.read() as connection:
        assert ticks.standing(database, connection, feed.current_snapshot(connection), NOW) == ""
