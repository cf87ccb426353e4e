from datetime import UTC, datetime

import pytest

from app.store import documents, outbox, stock
from app.store.database import Database, driver
from app.store.intents import AlreadySubmitted, Asked
from core.contract.commands import Arguments, ClaimOffer, CloseParcel, How, OpenParcel, PackItem, ScanItem, StartRun
from core.contract.rules import DocumentMissing
from core.domain.picking import FulfilmentComplete, LineComplete, Picked
from core.domain.runs import Method, RunStarted
from tests.support.device import database, stamp, store

__all__ = ["database", "store"]


def scan(line: str = "l1-0", fulfilment: str = "f1") -> ScanItem:
    return ScanItem(fulfilment, line, 1, How.WEDGE)


@pytest.mark.usefixtures("store")
def test_a_scan_is_kept_together_with_its_effect(database: Database) -> None:
    with database.write() as connection:
        assert outbox.submit(connection, scan(), stamp(1)) == Picked(1)
    with database.write() as connection:
        assert outbox.submit(connection, scan(), stamp(2)) == LineComplete()
        assert outbox.submit(connection, scan("l1-1"), stamp(3)) == FulfilmentComplete()
    with database.read() as connection:
        kept = documents.fulfilment(connection, "f1")
        assert kept is not None
        assert [line.picked for line in kept.lines] == [2, 1]
        assert outbox.waiting(connection) == 3
        rows = driver(connection).execute("SELECT seq, id, prev FROM command").fetchall()
    assert rows == [(1, "command-1", ""), (2, "command-2", "command-1"), (3, "command-3", "command-2")]


@pytest.mark.usefixtures("store")
def test_a_double_tap_makes_one_command(database: Database) -> None:
    with database.write() as connection:
        outbox.submit(connection, scan(), stamp(1))
    with database.write() as connection:
        assert outbox.submit(connection, scan(), stamp(1)) == AlreadySubmitted()
    with database.read() as connection:
        assert outbox.waiting(connection) == 1
        kept = documents.fulfilment(connection, "f1")
        assert kept is not None
        assert kept.lines[0].picked == 1


@pytest.mark.usefixtures("store")
def test_a_failed_transaction_leaves_nothing_and_its_number_is_used_again(
    database: Database,
) -> None:
    def torn() -> None:
        with database.write() as connection:
            outbox.submit(connection, scan(), stamp(1))
            raise RuntimeError("battery")

    with pytest.raises(RuntimeError):
        torn()
    with database.write() as connection:
        assert outbox.waiting(connection) == 0
        assert outbox.submit(connection, scan(), stamp(2)) == Picked(1)
        assert driver(connection).execute("SELECT seq FROM command").fetchall() == [(1,)]


@pytest.mark.usefixtures("store")
def test_a_run_made_here_is_found_by_its_number_and_its_orders_by_the_run(database: Database) -> None:
    start = StartRun("run-1", "R7", "paris", Method.MULTI, ("f1", "f2"), ("ann",))
    with database.write() as connection:
        assert outbox.submit(connection, start, stamp(1)) == RunStarted(2)
    with database.read() as connection:
        assert [f.id for f in documents.fulfilments(connection, documents.Where(run_id="run-1"))] == ["f1", "f2"]
        assert documents.by_code(connection, "R7") == [documents.run(connection, "run-1")]


@pytest.mark.usefixtures("store")
def test_a_parcel_closed_here_is_found_by_its_sscc(database: Database) -> None:
    steps: tuple[Arguments, ...] = (
        scan(), scan(), scan("l1-1"), OpenParcel("f1", "p1", "box_s"), PackItem("f1", "p1", "l1-0", 2, How.TAP),
        CloseParcel("f1", "p1", "3" * 18, "colissimo", 500),
    )  # fmt: skip
    with database.write() as connection:
        for number, step in enumerate(steps):
            outbox.submit(connection, step, stamp(number))
    with database.read() as connection:
        assert documents.by_code(connection, "3" * 18) == [documents.fulfilment(connection, "f1")]
        assert documents.by_code(connection, "unknown") == []


@pytest.mark.usefixtures("store")
def test_a_fact_about_unknown_work_is_kept_for_the_core_to_judge(database: Database) -> None:
    with database.write() as connection:
        assert outbox.submit(connection, scan(fulfilment="gone"), stamp(1)) == DocumentMissing()
        assert outbox.state_of(connection, "command-1") == "queued"
        assert outbox.state_of(connection, "never made") is None


@pytest.mark.usefixtures("store")
def test_a_claim_is_asked_and_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        assert outbox.submit(connection, ClaimOffer("offer-1"), stamp(1)) == Asked()
        assert driver(connection).execute("SELECT count(*) FROM local_document").fetchone() == (0,)


@pytest.mark.usefixtures("store")
def test_a_pick_leaves_the_shelf_at_once(database: Database) -> None:
    with database.write() as connection:
        outbox.submit(connection, scan(), stamp(1))
        found = stock.position(connection, "sku0")
        assert found is not None
        assert (found.on_hand, found.picked) == (5, 1)


@pytest.mark.usefixtures("store")
def test_every_statement_of_a_scan_uses_an_index(database: Database) -> None:
    seen: list[str] = []
    with database.write() as connection:
        raw = driver(connection)
        raw.set_trace_callback(seen.append)
        outbox.submit(connection, scan(), stamp(1))
        raw.set_trace_callback(None)
        plans = [
            row[3]
            for statement in seen
            if statement.split()[0] in ("SELECT", "INSERT", "UPDATE")
            for row in raw.execute("EXPLAIN QUERY PLAN " + statement)
        ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN") and "CONSTANT ROW" not in plan]


def test_times_are_kept_in_utc(database: Database, store: object) -> None:
    del store
    with database.write() as connection:
        outbox.submit(connection, scan(), stamp(1))
        at = driver(connection).execute("SELECT at FROM command").fetchone()[0]
    assert datetime.fromisoformat(at).tzinfo is UTC
