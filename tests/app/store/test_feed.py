from app.store import documents
from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.sync import Group, Head
from tests.support.device import (
    NOW,
    database,
    fulfilment,
    put,
    store,
)

__all__ = ["database", "store"]


def test_a_cut_stream_leaves_no_trace(database: Database, store: DeviceStore) -> None:
    pull = store.begin_pull(Group.MAIN)
    pull.receive(Head(True))
    pull.receive(put("fulfilment", fulfilment(9)))
    assert pull.finish(NOW) is None
    assert store.cursor(Group.MAIN) == "c1"
    with database.read() as connection:
        assert len(documents.fulfilments(connection)) == 3


def test_another_wire_version_fetches_everything_anew(database: Database, store: DeviceStore) -> None:
    assert store.begin_pull(Group.MAIN).request.cursor == "c1"
    assert DeviceStore(database, wire=2).begin_pull(Group.MAIN).request.cursor is None
