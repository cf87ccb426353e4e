from app.store import catalogue, documents, stock
from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.sync import Delete, Group
from tests.support.device import (
    apply,
    database,
    fulfilment,
    picked,
    position,
    put,
    store,
    variant,
)

__all__ = ["database", "store"]


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
