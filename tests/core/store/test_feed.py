import threading
from contextlib import suppress

import pytest
from sqlalchemy import text

from core.store import feed
from core.store.database import Database, NestedWrite
from tests.support.core import build_world

PART = "store:x"


def snapshot(database: Database) -> str:
    with database.read() as connection:
        return feed.current_snapshot(connection)


def seen(database: Database, since: str | None, parts=(PART,)) -> dict[str, tuple[int, bool]]:
    with database.read() as connection:
        return {change.id: (change.ver, change.deleted) for change in feed.changes(connection, parts, since)}


def mark(database: Database, *ids: str, deleted: bool = False) -> None:
    with database.write() as connection:
        feed.mark_many(connection, PART, "run", ids, deleted)


def mark_in_vain(database: Database) -> None:
    with suppress(Interrupted), database.write() as connection:
        feed.mark(connection, PART, "run", "a")
        raise Interrupted


class Interrupted(Exception):
    pass


def test_only_what_a_snapshot_has_not_seen_comes(database):
    mark(database, "a")
    since = snapshot(database)
    mark(database, "b")
    assert seen(database, since) == {"b": (1, False)}
    assert seen(database, None) == {"a": (1, False), "b": (1, False)}


def test_a_version_grows_with_every_change_over_deletion_and_return(database):
    mark(database, "a")
    mark(database, "a", deleted=True)
    since = snapshot(database)
    mark(database, "a")
    assert seen(database, since) == {"a": (3, False)}


def test_a_tombstone_is_sent_to_who_knew_the_row_and_to_nobody_else(database):
    mark(database, "a")
    since = snapshot(database)
    mark(database, "a", deleted=True)
    assert seen(database, since) == {"a": (2, True)}
    assert seen(database, None) == {}


def test_a_move_is_a_deletion_there_and_a_row_here(database):
    mark(database, "a")
    since = snapshot(database)
    with database.write() as connection:
        feed.move(connection, "run", "a", PART, "store:y")
    assert seen(database, since) == {"a": (2, True)}
    assert seen(database, since, ("store:y",)) == {"a": (1, False)}


def test_what_is_rolled_back_was_never_there(database):
    since = snapshot(database)
    mark_in_vain(database)
    mark(database, "b")
    assert seen(database, since) == {"b": (1, False)}


def test_a_mark_in_a_savepoint_that_is_rolled_back_does_not_hide_the_next_one(database):
    since = snapshot(database)
    with database.write() as connection:
        savepoint = connection.begin_nested()
        feed.mark(connection, PART, "run", "a")
        savepoint.rollback()
        feed.mark(connection, PART, "run", "b")
    assert seen(database, since) == {"b": (1, False)}


def test_a_read_stays_at_its_moment_while_others_write(database):
    mark(database, "a")
    with database.read() as connection:
        before = feed.current_snapshot(connection)
        mark(database, "b")
        assert [change.id for change in feed.changes(connection, (PART,), None)] == ["a"]
        assert feed.current_snapshot(connection) == before
    assert seen(database, before) == {"b": (1, False)}


def test_listeners_hear_the_parts_of_a_commit_and_nothing_of_a_rollback(database):
    heard: list[frozenset[str]] = []
    database.commits.append(heard.append)
    mark(database, "a")
    mark_in_vain(database)
    with database.write() as connection:
        connection.execute(text("SELECT 1"))
    assert heard == [frozenset({PART})]


def test_changed_parts_are_told_since_a_snapshot(database):
    mark(database, "a")
    since = snapshot(database)
    with database.write() as connection:
        feed.mark(connection, "store:y", "run", "b")
    with database.read() as connection:
        assert feed.changed_parts(connection, (PART, "store:y", "store:z"), since) == {"store:y"}


def test_nothing_is_lost_when_the_transaction_that_started_first_commits_last(postgres_database):
    database = postgres_database
    early, late = database.engine.connect(), database.engine.connect()
    try:
        early.begin()
        feed.mark(early, PART, "run", "early")
        late.begin()
        feed.mark(late, PART, "run", "late")
        late.commit()
        since = snapshot(database)
        assert seen(database, None) == {"late": (1, False)}
        early.commit()
        assert seen(database, since) == {"early": (1, False)}
        assert seen(database, snapshot(database)) == {}
    finally:
        early.close()
        late.close()


def test_no_cut_of_history_shows_half_a_transaction(postgres_database):
    """Writers mark pairs; a device that follows by cursor never holds one half newer than the other."""
    database, stop, failures = postgres_database, threading.Event(), []

    def write(number: int) -> None:
        while not stop.is_set():
            with database.write() as connection:
                connection.execute(text("SELECT pg_current_xact_id(), pg_sleep(0.001 * :n)"), {"n": number})
                # Both halves in one statement order, so that writers do not wait for each other in a ring.
                feed.mark_many(connection, PART, "run", ["pair-a", "pair-b"])

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    cursor: str | None = None
    held: dict[str, int] = {}
    try:
        for _ in range(150):
            with database.read() as connection:
                new = feed.current_snapshot(connection)
                held |= {change.id: change.ver for change in feed.changes(connection, (PART,), cursor)}
            cursor = new
            if held and held.get("pair-a") != held.get("pair-b"):
                failures.append(dict(held))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not failures
    held |= {id: ver for id, (ver, _) in seen(database, cursor).items()}
    assert held == {id: ver for id, (ver, _) in seen(database, None).items()}
    assert held["pair-a"] > 20


def test_a_write_inside_a_write_is_told_instead_of_waiting_for_itself(sqlite_database):
    with pytest.raises(NestedWrite), sqlite_database.write(), sqlite_database.write():
        pass


def test_a_world_marks_what_it_puts(database):
    world = build_world(database)
    with database.read() as connection:
        part = feed.store_part(world.lille)
        found = {(change.entity, change.id) for change in feed.changes(connection, (feed.ORG, part), None)}
    assert {("division", world.division), ("location", world.lille), ("user", world.ana)} <= found
