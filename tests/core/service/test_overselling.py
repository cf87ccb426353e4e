"""Never oversell (ST5): clients that are processes of their own, on SQLite and on PostgreSQL, the same test."""

import pytest
from sqlalchemy import func, select

from core.service.atp_projection import differences
from core.store import tables as t
from core.store.database import Database
from tests.support.buyers import buy_at_once
from tests.support.core import build_world
from tests.support.stock_world import START, books, build

pytestmark = pytest.mark.slow


def sold(database: Database, sku: str) -> tuple[int, int]:
    """(units that fulfilments hold, units that positions have reserved)."""
    with database.read() as connection:
        lines, p = t.fulfilment_lines.c, t.positions.c
        held = connection.execute(select(func.sum(lines.quantity)).where(lines.sku == sku)).scalar() or 0
        reserved = connection.execute(select(func.sum(p.reserved)).where(p.sku == sku)).scalar() or 0
        assert differences(connection) == []
        for location_id, name, (on_hand, taken, picked, unavailable), ledger in books(connection):
            assert (on_hand, taken, picked, unavailable) == ledger, (location_id, name)
            assert 0 <= taken <= on_hand, (location_id, name)
    return int(held), int(reserved)


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_baskets_that_share_an_article_never_sell_it_twice(database: Database):
    world = build_world(database)
    basket = [("SKU-1", 1), ("SKU-2", 1), ("SKU-1", 2)]
    missing = buy_at_once(url_of(database), world.division, basket, {"buyers": 4, "orders": 5})
    assert sold(database, "SKU-1") == (2 * START, 2 * START)
    assert sold(database, "SKU-2") == (20, 20)
    assert missing == 20 * 4 - 40


def test_many_orders_for_the_last_unit_sell_it_once(database: Database):
    world = build_world(database)
    first = buy_at_once(url_of(database), world.division, [("SKU-3", 19)], {"buyers": 1, "orders": 1})
    assert (first, sold(database, "SKU-3")) == (0, (19, 19))
    missing = buy_at_once(url_of(database), world.division, [("SKU-3", 1)], {"buyers": 5, "orders": 2})
    assert (missing, sold(database, "SKU-3")) == (9, (20, 20))


def test_what_the_rules_protect_is_never_sold_either(database: Database):
    world = build(database)
    basket = [("SKU-1", 1), ("SKU-2", 1), ("SKU-1", 1)]
    buy_at_once(url_of(database), world.division, basket, {"buyers": 4, "orders": 4})
    held, reserved = sold(database, "SKU-1")
    # Ten per cent are kept in Lille and two units in Lyon.
    assert held == reserved <= 17
    with database.read() as connection:
        p = t.positions.c
        rows = connection.execute(select(p.location_id, p.reserved).where(p.sku == "SKU-1"))
        taken = {row.location_id: row.reserved for row in rows}
    assert taken[world.lille] <= 9
    assert taken[world.lyon] <= 8
