from datetime import timedelta

import pytest

from app.store import catalogue, documents, outbox, references, stock
from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.commands import StartRun
from core.contract.sync import WIRE, Group, Put
from core.domain.picking import pick
from core.domain.runs import Method
from tests.support.device import (
    NOW,
    answers,
    apply,
    database,
    fulfilment,
    picked,
    put,
    scan,
    stamp,
    states,
    store,
    stream,
    verdict,
)

__all__ = ["database", "store"]


@pytest.mark.usefixtures("store")
def test_the_first_pulls_fill_the_store(database: Database) -> None:
    with database.read() as connection:
        assert references.location(connection, "paris").name == "Paris Opéra"
        assert [user.name for user in references.users(connection)] == ["Ann", "Bob"]
        assert [reason.id for reason in references.reasons(connection, "short")] == ["damaged", "not_found"]
        assert [f.id for f in documents.fulfilments(connection)] == ["f1", "f2", "f3"]
        assert catalogue.by_gtin(connection, "0" * 13 + "4") == [catalogue.by_sku(connection, "sku4")]
        assert [v.id for v in catalogue.of_product(connection, "product1")] == ["sku3", "sku4", "sku5"]
        assert {v.id for v in catalogue.search(connection, "lin SHI ecru")} == {f"sku{n}" for n in range(6)}
        assert stock.known_at(connection) == NOW


def test_news_from_the_core_are_rebased_under_what_was_done_here(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    colleague, _ = pick(fulfilment(1), "l1-1", 1)
    apply(store, Group.MAIN, put("fulfilment", colleague, ver=2))
    assert picked(database) == [1, 1]


def test_what_hangs_together_is_folded_together(database: Database, store: DeviceStore) -> None:
    with database.write() as connection:
        outbox.submit(connection, StartRun("r", "R1", "paris", Method.MULTI, ("f1", "f2"), ("ann",)), stamp(1))
    scan(database, 2, "l2-0", "f2")
    apply(store, Group.MAIN, put("fulfilment", fulfilment(1, hold="fraud"), ver=2))
    with database.read() as connection:
        run = documents.run(connection, "r")
        assert run is not None
        assert (run.fulfilment_ids, run.left) == (("f2",), ("f1",))
        assert not documents.fits(connection, ("run", "r"))
    assert picked(database, "f2") == [1, 0]


def test_a_batch_keeps_order_limit_and_size(database: Database, store: DeviceStore) -> None:
    for number in range(1, 6):
        scan(database, number)
    assert [c.seq for c in store.next_batch(NOW, limit=3)] == [1, 2, 3]
    assert [c.seq for c in store.next_batch(NOW, max_bytes=10)] == [1]
    assert [c.seq for c in store.next_batch(NOW)] == [1, 2, 3, 4, 5]


def test_an_undecided_answer_stays_queued_and_the_clock_offset_travels(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    told = store.record_answers(answers(1, verdict=None), NOW)
    assert (told.undecided, told.after_ms) == (1, 500)
    assert states(database) == ["queued"]
    scan(database, 2)
    assert store.next_batch(NOW)[1].offset_ms == 120_000


def test_what_builds_on_a_command_on_hold_waits_with_it_and_other_work_goes_on(
    database: Database, store: DeviceStore
) -> None:
    scan(database, 1)
    scan(database, 2)
    scan(database, 3, "l2-0", "f2")
    store.hold(["command-1"], NOW + timedelta(minutes=15))
    assert [command.id for command in store.next_batch(NOW)] == ["command-3"]
    assert (store.counts(NOW).queued, store.counts(NOW).waiting) == (1, 3)
    assert len(store.next_batch(NOW + timedelta(minutes=16))) == 3


def test_a_clock_that_is_set_back_ends_a_hold(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    store.hold(["command-1"], NOW + timedelta(minutes=15))
    assert store.next_batch(NOW) == ()
    assert len(store.next_batch(NOW - timedelta(days=365))) == 1


def test_a_pull_without_a_cursor_names_what_waits_and_one_that_goes_on_does_not(
    database: Database, store: DeviceStore
) -> None:
    scan(database, 1)
    assert store.begin_pull(Group.MAIN).request.waiting == ()
    store.reset(Group.MAIN, NOW)
    assert store.begin_pull(Group.MAIN).request.waiting == ("command-1",)
    assert store.begin_pull(Group.STOCK).request.waiting == ()


def test_a_tablet_that_was_paired_again_names_what_waits_until_it_was_told_as_the_new_one(database: Database) -> None:
    who = ["d1"]
    store = DeviceStore(database, device_id=lambda: who[0])
    pulled(store)
    scan(database, 1)
    assert store.begin_pull(Group.MAIN).request.waiting == ()
    who[0] = "d2"
    again = store.begin_pull(Group.MAIN).request
    assert (again.cursor, again.waiting) == ("c1", ("command-1",))
    pulled(store, put("verdict", verdict(1)))
    assert states(database) == ["accepted"]
    assert store.begin_pull(Group.MAIN).request.waiting == ()


def test_what_was_asked_for_as_the_former_device_is_not_merged(database: Database) -> None:
    who = ["d1"]
    store = DeviceStore(database, device_id=lambda: who[0])
    pull = store.begin_pull(Group.MAIN)
    who[0] = "d2"
    for frame in stream(put("fulfilment", fulfilment(1)), full=True):
        pull.receive(frame)
    assert pull.finish(NOW) is None
    assert store.cursor(Group.MAIN) is None


def pulled(store: DeviceStore, *more: Put) -> None:
    pull = store.begin_pull(Group.MAIN)
    for frame in stream(put("fulfilment", fulfilment(1)), *more, full=True):
        pull.receive(frame)
    assert pull.finish(NOW) is not None


def test_an_updated_app_asks_for_everything_and_shows_what_it_had_seen(database: Database, store: DeviceStore) -> None:
    """A core that was restored meanwhile is noticed, and has its commands offered again."""
    updated = DeviceStore(database, WIRE + 1)
    request = updated.begin_pull(Group.MAIN).request
    assert (request.cursor, request.seen, updated.seen()) == (None, "c1", "c1")
    store.reset(Group.MAIN, NOW)
    request = updated.begin_pull(Group.MAIN).request
    assert (request.cursor, request.seen, updated.seen()) == (None, "", "")
