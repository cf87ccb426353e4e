from app.store import stock
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract.sync import Commit, Group, Head
from tests.support.device import (
    NOW,
    apply,
    database,
    position,
    put,
    scan,
    store,
    verdict,
)

__all__ = ["database", "store"]


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
