from app.store import attention, documents
from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.sync import Group
from core.domain.lifecycle import FulfilmentState
from core.domain.outcome import Verdict
from core.domain.picking import LineComplete
from tests.support.device import NOW, apply, database, fulfilment, picked, put, scan, stamp, store, verdict

__all__ = ["database", "store"]


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
