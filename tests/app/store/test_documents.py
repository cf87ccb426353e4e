import pytest

from app.store import documents
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.documents import Where
from core.contract.sync import Group
from core.domain.lifecycle import FulfilmentState
from core.domain.picking import pick
from tests.support.device import NOW, apply, database, fulfilment, put, scan, store

__all__ = ["database", "store"]


def test_work_is_sorted_by_target_and_filtered_across_both_tables(database: Database, store: DeviceStore) -> None:
    scan(database, 1, "l3-0", "f3")
    apply(store, Group.MAIN, put("fulfilment", fulfilment(9, target_at=NOW, location_id="rome")))
    with database.read() as connection:
        assert [f.id for f in documents.fulfilments(connection)] == ["f9", "f1", "f2", "f3"]
        found = documents.fulfilments(connection, Where(is_open=True, location_id="paris", states=("picking",)))
        assert [f.id for f in found] == ["f3"]
        assert [f.id for f in documents.fulfilments(connection, Where(states=("open",), run_id=""))] == [
            "f9",
            "f1",
            "f2",
        ]


def test_a_cancelled_order_is_work_until_everything_is_back_on_the_shelf(
    database: Database, store: DeviceStore
) -> None:
    cancelled = fulfilment(1, state=FulfilmentState.CANCELLED)
    held, _ = pick(fulfilment(2), "l2-0", 1)
    apply(store, Group.MAIN, put("fulfilment", cancelled, held.after("cancel"), ver=2))
    with database.read() as connection:
        assert [f.id for f in documents.fulfilments(connection, Where(is_open=True))] == ["f2", "f3"]


@pytest.mark.usefixtures("store")
def test_an_id_of_another_kind_is_not_found(database: Database) -> None:
    with database.read() as connection:
        assert documents.run(connection, "f1") is None
        assert documents.manifest(connection, "f1") is None
        assert documents.get(connection, ("fulfilment", "f1")) == fulfilment(1)
        assert documents.fits(connection, ("fulfilment", "f1"))


@pytest.mark.usefixtures("store")
def test_the_work_list_reads_an_index(database: Database) -> None:
    seen: list[str] = []
    with database.read() as connection:
        raw = driver(connection)
        raw.set_trace_callback(seen.append)
        documents.fulfilments(connection, Where(is_open=True))
        documents.fulfilments(connection, Where(run_id="r1"))
        raw.set_trace_callback(None)
        plans = [row[3] for sql in seen for row in raw.execute("EXPLAIN QUERY PLAN " + sql)]
    assert not [plan for plan in plans if plan.startswith("SCAN")]
    assert sum("_run " in plan for plan in plans) == 2
