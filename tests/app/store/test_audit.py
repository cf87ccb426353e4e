"""When a device compares what its rows say; what comes of it: tests/core/service/test_audit.py, with a real core."""

from app.store import audit
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract import audits
from core.contract.sync import Commit, Group, Head
from tests.support.device import NOW, database, store

__all__ = ["database", "store"]


def test_a_core_that_says_nothing_is_asked_again_and_nothing_is_doubted(store: DeviceStore, database: Database) -> None:
    for number in range(2):
        pull = store.begin_pull(Group.STOCK)
        assert pull.request.audit == audits.place_on(NOW.date())
        assert pull.request.form == audits.form_of(Group.STOCK)
        pull.receive(Head(False))
        pull.receive(Commit(f"older-{number}"))
        done = pull.finish(NOW)
        assert done is not None
        assert done.doubt == 0
    with database.read() as connection:
        assert audit.state_of(driver(connection), Group.STOCK) == audit.State()


def test_who_begins_has_nothing_to_compare(database: Database) -> None:
    for group in Group:
        assert DeviceStore(database).begin_pull(group).request.audit is None
