import pytest

from app.store import catalogue
from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.sync import Group
from tests.support.device import apply, database, gtin, put, store, variant

__all__ = ["database", "store"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("text", ["", "  ", '"', "* OR NOT", "a AND", "NEAR(", "''; DROP TABLE variant"])
def test_any_text_may_be_searched_for(database: Database, text: str) -> None:
    with database.read() as connection:
        assert catalogue.search(connection, text) == []


@pytest.mark.usefixtures("store")
def test_a_search_needs_every_word_from_its_beginning(database: Database) -> None:
    with database.read() as connection:
        assert [v.id for v in catalogue.search(connection, "LINEN 4")] == ["sku4"]
        assert catalogue.search(connection, "inen 4") == []
        assert len(catalogue.search(connection, "linen", limit=2)) == 2


def test_a_barcode_of_two_articles_gives_both(database: Database, store: DeviceStore) -> None:
    apply(store, Group.CATALOGUE, put("variant", variant(4, gtins=(gtin(4), gtin(5))), ver=2))
    with database.read() as connection:
        assert [v.id for v in catalogue.by_gtin(connection, gtin(5))] == ["sku4", "sku5"]
        assert catalogue.by_gtin(connection, gtin(99)) == []
        found = catalogue.by_sku(connection, "sku4")
    assert found == variant(4, gtins=(gtin(4), gtin(5)))
