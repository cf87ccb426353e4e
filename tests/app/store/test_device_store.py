from datetime import timedelta

import pytest

from app.store import attention, catalogue, documents, outbox, references, stock
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract.commands import How, ScanItem, StartRun
from core.contract.sync import Answer, Commit, Delete, Group, Head, PushAnswer, VerdictDocument
from core.domain.lifecycle import FulfilmentState
from core.domain.outcome import Verdict
from core.domain.picking import LineComplete, pick
from core.domain.runs import Method
from sync.errors import InvalidAnswer
from tests.support.device import NOW, apply, database, fulfilment, position, put, stamp, store, variant

__all__ = ["database", "store"]


def scan(database: Database, number: int, line: str = "l1-0", order: str = "f1") -> None:
    with database.write() as connection:
        outbox.submit(connection, ScanItem(order, line, 1, How.WEDGE), stamp(number))


def picked(database: Database, order: str = "f1") -> list[int]:
    with database.read() as connection:
        found = documents.fulfilment(connection, order)
    assert found is not None
    return [line.picked for line in found.lines]


def verdict(number: int, kind: Verdict = Verdict.ACCEPTED, code: str = "picked") -> VerdictDocument:
    return VerdictDocument(f"command-{number}", kind, code, {"surplus": 1}, NOW)


def answers(*numbers: int, verdict: Verdict | None = Verdict.ACCEPTED) -> PushAnswer:
    return PushAnswer(tuple(Answer(f"command-{n}", verdict, after_ms=500) for n in numbers), NOW + timedelta(minutes=2))


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in driver(connection).execute("SELECT state FROM command ORDER BY seq")]


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


@pytest.mark.usefixtures("store")
def test_a_reference_that_is_not_there_yet_is_a_fault(database: Database) -> None:
    with database.read() as connection, pytest.raises(references.Missing):
        references.location(connection, "rome")


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


def test_news_from_the_core_are_rebased_under_what_was_done_here(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    colleague, _ = pick(fulfilment(1), "l1-1", 1)
    apply(store, Group.MAIN, put("fulfilment", colleague, ver=2))
    assert picked(database) == [1, 1]


def test_a_verdict_leaves_later_commands_on_top(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    scan(database, 2)
    first, _ = pick(fulfilment(1), "l1-0", 1)
    apply(store, Group.MAIN, put("fulfilment", first, ver=2), put("verdict", verdict(1)))
    assert picked(database) == [2, 0]
    assert states(database) == ["accepted", "queued"]


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


def test_a_cancelled_order_under_a_pick_asks_for_a_look(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    apply(store, Group.MAIN, put("fulfilment", fulfilment(1, state=FulfilmentState.CANCELLED), ver=2))
    with database.read() as connection:
        assert not documents.fits(connection, ("fulfilment", "f1"))
    apply(store, Group.MAIN, put("verdict", verdict(1, Verdict.ATTENTION, "picked_after_cancel")), cursor="c3")
    with database.write() as connection:
        (item,) = attention.items(connection)
        assert (item.code, item.params, item.command.id) == ("picked_after_cancel", {"surplus": 1}, "command-1")
        assert attention.items(connection, "bob") == []
        assert attention.dismiss(connection, "command-1", "ann", "put back", NOW)
        assert not attention.dismiss(connection, "command-1", "ann", "again", NOW)
        assert attention.count(connection) == 0


def test_a_refused_command_can_be_tried_anew(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    apply(store, Group.MAIN, put("verdict", verdict(1, Verdict.REJECTED, "grant_expired")))
    assert picked(database) == [0, 0]
    scan(database, 2)
    with database.write() as connection:
        assert attention.retry(connection, "command-1", stamp(3)) == LineComplete()
        assert attention.count(connection) == 0
        assert attention.retry(connection, "command-1", stamp(4)) is None


def test_a_cut_stream_leaves_no_trace(database: Database, store: DeviceStore) -> None:
    pull = store.begin_pull(Group.MAIN)
    pull.receive(Head(True))
    pull.receive(put("fulfilment", fulfilment(9)))
    assert pull.finish(NOW) is None
    assert store.cursor(Group.MAIN) == "c1"
    with database.read() as connection:
        assert len(documents.fulfilments(connection)) == 3


def test_frames_out_of_order_or_of_nonsense_are_refused(store: DeviceStore) -> None:
    with pytest.raises(InvalidAnswer):
        store.begin_pull(Group.MAIN).receive(Commit("c"))
    pull = store.begin_pull(Group.MAIN)
    pull.receive(Head(False))
    with pytest.raises(InvalidAnswer):
        pull.receive(put("fulfilment", variant(1)))


def test_a_full_pull_replaces_and_a_delta_deletes(database: Database, store: DeviceStore) -> None:
    apply(store, Group.MAIN, Delete("fulfilment", ("f2",)))
    with database.read() as connection:
        assert [f.id for f in documents.fulfilments(connection)] == ["f1", "f3"]
        assert documents.by_code(connection, "A002") == []
    apply(store, Group.MAIN, put("fulfilment", fulfilment(4)), full=True)
    apply(
        store,
        Group.CATALOGUE,
        put("variant", variant(1, name="Wool scarf", category="scarves")),
        Delete("variant", ("sku2",)),
    )
    apply(store, Group.STOCK, put("position", position(1, on_hand=9), ver=2), Delete("position", ("sku2",)))
    with database.read() as connection:
        assert [f.id for f in documents.fulfilments(connection)] == ["f4"]
        assert [v.id for v in catalogue.search(connection, "scarf")] == ["sku1"]
        assert {v.id for v in catalogue.search(connection, "shirt")} == {"sku0", "sku3", "sku4", "sku5"}
        assert catalogue.by_gtin(connection, "0" * 13 + "2") == []
        found = stock.positions(connection, ["sku1", "sku2"])
    assert {sku: position.on_hand for sku, position in found.items()} == {"sku1": 9}


def test_a_row_that_moves_between_partitions_stays(database: Database, store: DeviceStore) -> None:
    apply(store, Group.MAIN, put("fulfilment", fulfilment(1), ver=2), Delete("fulfilment", ("f1",)))
    assert picked(database) == [0, 0]


def test_a_pick_counts_on_the_shelf_until_the_stock_feed_has_passed_its_verdict(
    database: Database, store: DeviceStore
) -> None:
    def units() -> int:
        with database.read() as connection:
            found = stock.position(connection, "sku0")
        assert found is not None
        return found.picked

    scan(database, 1)
    early = store.begin_pull(Group.STOCK)
    apply(store, Group.MAIN, put("verdict", verdict(1)))
    assert units() == 1
    for frame in (Head(False), Commit("s2")):
        early.receive(frame)
    early.finish(NOW)
    assert units() == 1  # its snapshot may be older than the verdict
    apply(store, Group.STOCK, put("position", position(0, picked=1), ver=2), cursor="s3")
    assert units() == 1
    store.tidy(NOW)
    with database.read() as connection:
        assert driver(connection).execute("SELECT count(*) FROM stock_delta").fetchone() == (0,)


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


def test_a_batch_keeps_order_limit_and_size(database: Database, store: DeviceStore) -> None:
    for number in range(1, 6):
        scan(database, number)
    assert [c.seq for c in store.next_batch(NOW, limit=3)] == [1, 2, 3]
    assert [c.seq for c in store.next_batch(NOW, max_bytes=10)] == [1]
    store.hold(["command-1"], NOW + timedelta(minutes=15))
    assert [c.seq for c in store.next_batch(NOW)] == [2, 3, 4, 5]
    assert store.counts(NOW).queued == 4
    assert [c.seq for c in store.next_batch(NOW + timedelta(minutes=15))] == [1, 2, 3, 4, 5]


def test_an_undecided_answer_stays_queued_and_the_clock_offset_travels(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    told = store.record_answers(answers(1, verdict=None), NOW)
    assert (told.undecided, told.after_ms) == (1, 500)
    assert states(database) == ["queued"]
    scan(database, 2)
    assert store.next_batch(NOW)[1].offset_ms == 120_000


def test_old_final_commands_are_forgotten_but_never_the_last_number(database: Database, store: DeviceStore) -> None:
    scan(database, 1)
    scan(database, 2)
    apply(store, Group.MAIN, put("verdict", verdict(1), verdict(2)))
    store.tidy(NOW + timedelta(days=40))
    scan(database, 3)
    with database.read() as connection:
        assert driver(connection).execute("SELECT seq FROM command ORDER BY seq").fetchall() == [(2,), (3,)]


def test_another_wire_version_fetches_everything_anew(database: Database, store: DeviceStore) -> None:
    assert store.begin_pull(Group.MAIN).request.cursor == "c1"
    assert DeviceStore(database, wire=2).begin_pull(Group.MAIN).request.cursor is None
