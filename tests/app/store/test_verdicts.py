from dataclasses import replace
from datetime import timedelta

from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract.sync import Commit, Group, Head
from core.domain.picking import pick
from tests.support.device import (
    NOW,
    answers,
    apply,
    database,
    fulfilment,
    picked,
    put,
    scan,
    states,
    store,
    verdict,
)

__all__ = ["database", "store"]


def test_a_push_answer_is_a_badge_and_the_feed_is_final(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    told = store.record_answers(answers(1), NOW)
    assert (told.decided, told.undecided) == (1, 0)
    assert states(database) == ["answered"]
    assert store.counts(NOW).waiting == 1
    now_there, _ = pick(fulfilment(1), "l1-0", 1)
    apply(store, Group.MAIN, put("fulfilment", now_there, ver=2), put("verdict", verdict(1)))
    assert states(database) == ["accepted"]
    assert picked(database) == [1, 0]
    with database.read() as connection:
        assert driver(connection).execute("SELECT count(*) FROM local_document").fetchone() == (0,)
        assert driver(connection).execute("SELECT count(*) FROM touch").fetchone() == (0,)


def test_an_answer_that_the_feed_never_confirms_is_offered_again(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    before = store.begin_pull(Group.MAIN)
    store.record_answers(answers(1), NOW)
    for frame in (Head(False), Commit("c2")):
        before.receive(frame)
    before.finish(NOW)
    assert states(database) == ["answered"]  # that pull began before the answer
    apply(store, Group.MAIN, cursor="c3")
    assert states(database) == ["queued"]


def test_a_verdict_leaves_later_commands_on_top(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    scan(database, 2)
    first, _ = pick(fulfilment(1), "l1-0", 1)
    apply(store, Group.MAIN, put("fulfilment", first, ver=2), put("verdict", verdict(1)))
    assert picked(database) == [2, 0]
    assert states(database) == ["accepted", "queued"]


def test_after_a_reset_the_old_base_stays_and_everything_kept_is_offered_again(
    database: Database, store: DeviceStore
) -> None:
    scan(database, 1)
    now_there, _ = pick(fulfilment(1), "l1-0", 1)
    apply(store, Group.MAIN, put("fulfilment", now_there, ver=2), put("verdict", verdict(1)))
    scan(database, 2)
    store.reset(Group.MAIN, NOW)
    assert store.refreshing(Group.MAIN)
    assert store.begin_pull(Group.MAIN).request.cursor is None
    assert [command.id for command in store.next_batch(NOW)] == ["command-1", "command-2"]
    assert picked(database) == [2, 0]  # shown once, though both are queued
    apply(store, Group.MAIN, put("fulfilment", fulfilment(1)), full=True)  # the restored core lost both
    assert picked(database) == [2, 0]
    assert not store.refreshing(Group.MAIN)
    both, _ = pick(fulfilment(1), "l1-0", 2)
    apply(store, Group.MAIN, put("fulfilment", both, ver=2), put("verdict", verdict(1), verdict(2)))
    assert picked(database) == [2, 0]
    assert states(database) == ["accepted", "accepted"]


def test_old_final_commands_are_forgotten_by_the_days_of_the_core_but_never_the_last_number(
    database: Database, store: DeviceStore
) -> None:
    scan(database, 1)
    apply(store, Group.MAIN, put("verdict", verdict(1)))
    scan(database, 2)
    store.tidy(NOW + timedelta(days=4000))  # a clock that jumps ten years makes nothing old
    assert states(database) == ["accepted", "queued"]
    apply(store, Group.MAIN, put("verdict", replace(verdict(2), decided_at=NOW + timedelta(days=40))))
    store.tidy(NOW)
    scan(database, 3)
    with database.read() as connection:
        assert driver(connection).execute("SELECT seq FROM command ORDER BY seq").fetchall() == [(2,), (3,)]


def test_what_was_built_on_a_forgotten_command_waits_for_none_when_it_is_offered_again(
    database: Database, store: DeviceStore
) -> None:
    scan(database, 1)
    apply(store, Group.MAIN, put("verdict", verdict(1)))
    scan(database, 2)
    with database.write() as connection:
        driver(connection).execute("UPDATE command SET prev = 'command-0' WHERE seq = 1")
        driver(connection).execute("UPDATE command SET prev = 'command-1' WHERE seq = 2")
    store.reset(Group.MAIN, NOW)
    assert [command.prev for command in store.next_batch(NOW)] == ["", "command-1"]
