import pytest
from sqlalchemy import func, insert, select, update

from core.service import atp_projection, promise_stock, stock_book
from core.service.promise_network import network_of
from core.service.promise_stock import articles_of, shelf_of
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import build_delivery_world, put_stock
from tests.support.core import NOW


@pytest.mark.parametrize("catalogue", [False, True])
def test_units_are_those_of_every_place_with_and_without_a_projection(database: Database, catalogue: bool):
    world = build_delivery_world(database)
    put_stock(database, world.lyon, "SKU-1", 3)
    if catalogue:
        with database.write() as connection:
            row = {"id": "web", "division_id": world.division, "code": "web", "threshold": 12}
            connection.execute(insert(t.virtual_catalogues), [row])
            atp_projection.rebuild(connection, stock_book.step(connection))
    with database.read() as connection:
        network = network_of(connection, world.division, NOW)
        assert network is not None
        found = articles_of(connection, ["SKU-1", "SKU-2", "SKU-9"], network, "web")
    assert sorted(found) == ["SKU-1", "SKU-2"]
    lille, lyon = network.index[world.lille], network.index[world.lyon]
    # The catalogue keeps 12 of 13 units back: what one place may give is within what all may.
    assert [int(found["SKU-1"].units[place]) for place in (lille, lyon)] == ([1, 1] if catalogue else [10, 3])
    assert (found["SKU-1"].weight_g, found["SKU-1"].price_minor) == (200, 1990)
    shelf = shelf_of(network, {"SKU-1": 1, "SKU-2": 4}, found)
    assert shelf.enough == ((1 << lille | 1 << lyon), (1 << lille | 1 << lyon))


def test_what_was_made_with_other_rules_is_computed(database: Database):
    world = build_delivery_world(database)
    with database.write() as connection:
        row = {"id": "web", "division_id": world.division, "code": "web", "threshold": 1}
        connection.execute(insert(t.virtual_catalogues), [row])
        atp_projection.rebuild(connection, stock_book.step(connection))
        connection.execute(update(t.virtual_catalogues).values(threshold=15))
        stock_book.step(connection, all_rows=True)
    with database.read() as connection:
        network = network_of(connection, world.division, NOW)
        assert network is not None
        found = articles_of(connection, ["SKU-1"], network, "web")
    assert max(found["SKU-1"].units) == stock_of(database) - 15
    assert promise_stock.glance_at(database, ["SKU-1"], network, "web") is None
    with database.write() as connection:
        atp_projection.rebuild(connection, stock_book.book_of(connection))
    seen = promise_stock.glance_at(database, ["SKU-1"], network, "web")
    if database.is_sqlite:
        assert seen is not None
        assert max(seen["SKU-1"].units) == max(found["SKU-1"].units)


def stock_of(database: Database) -> int:
    p = t.positions.c
    with database.read() as connection:
        return int(connection.execute(select(func.sum(p.on_hand)).where(p.sku == "SKU-1")).scalar_one())


def test_an_article_that_is_not_sold_any_more_is_unknown(sqlite_database: Database):
    world = build_delivery_world(sqlite_database)
    with sqlite_database.write() as connection:
        connection.execute(update(t.variants).where(t.variants.c.id == "SKU-1").values(active=False))
    with sqlite_database.read() as connection:
        network = network_of(connection, world.division, NOW)
        assert network is not None
        assert articles_of(connection, ["SKU-1"], network, "web") == {}


def test_articles_are_found_by_their_key_however_many_the_division_has(sqlite_database: Database):
    with sqlite_database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {promise_stock._SQLITE}", ("web", "d", "[]")).all()
    told = " ".join(row[3] for row in plan)
    assert "SEARCH v USING INDEX sqlite_autoindex_variant_1 (id=?)" in told
    assert "SCAN v" not in told
