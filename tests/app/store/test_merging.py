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


def test_the_index_is_told_what_is_called_otherwise_and_nothing_else(database: Database, store: DeviceStore) -> None:
    def found(text: str) -> set[str]:
        with database.read() as connection:
            return {article.id for article in catalogue.search(connection, text)}

    apply(store, Group.CATALOGUE, put("variant", variant(1, price_minor=1), variant(2, name="Silk scarf"), ver=2))
    silk, gone = put("variant", variant(3), variant(77, name="Silk tie"), ver=3), Delete("variant", ("sku4",))
    apply(store, Group.CATALOGUE, silk, gone)
    assert found("silk") == {"sku2", "sku77"}
    assert found("linen") == {"sku0", "sku1", "sku3", "sku5"}
    with database.merging(Group.CATALOGUE) as connection:
        check = "INSERT INTO catalogue.variant_search (variant_search, rank) VALUES ('integrity-check', 1)"
        connection.exec_driver_sql(check)
        size = "SELECT count(*) FROM catalogue.variant_search_data"
        before = connection.exec_driver_sql(size).scalar_one()
    apply(store, Group.CATALOGUE, put("variant", variant(1, price_minor=2), variant(0, price_minor=3), ver=4))
    with database.merging(Group.CATALOGUE) as connection:
        connection.exec_driver_sql(check)
        assert connection.exec_driver_sql(size).scalar_one() == before


def test_an_article_of_another_product_with_other_barcodes_is_found_as_what_it_is_now(
    database: Database, store: DeviceStore
) -> None:
    before, other = variant(1), variant(2)
    after = variant(1, product_id="moved", gtins=("09999999999994", other.gtins[0]), price_minor=5)
    apply(store, Group.CATALOGUE, put("variant", after, variant(3, price_minor=7), ver=2))
    with database.read() as connection:
        assert catalogue.by_sku(connection, "sku1") == after
        assert catalogue.of_product(connection, "moved") == [after]
        assert after.id not in {one.id for one in catalogue.of_product(connection, before.product_id)}
        assert catalogue.by_gtin(connection, before.gtins[0]) == []
        assert catalogue.by_gtin(connection, "09999999999994") == [after]
        assert {one.id for one in catalogue.by_gtin(connection, other.gtins[0])} == {"sku1", "sku2"}
        assert [one.price_minor for one in catalogue.by_gtin(connection, variant(3).gtins[0])] == [7]
    with database.merging(Group.CATALOGUE) as connection:
        assert connection.exec_driver_sql("PRAGMA catalogue.integrity_check").scalar_one() == "ok"
