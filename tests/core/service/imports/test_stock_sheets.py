import numpy as np

from core.service.cause import office_cause
from core.service.imports import stock_sheets
from core.service.imports.stock_blocks import blocks_of
from core.service.imports.stock_sheets import UNKNOWN, Draft
from core.service.stock import Delta, Movement, move
from core.store import feed
from core.store.database import Database
from tests.support.core import NOW, World, build_world


def draft(world: World) -> Draft:
    blocks = blocks_of(b"SKU-1,S,10\nSKU-2,S,10\nSKU-3,S,10\n", b",", (0, 1, 2), 2)
    assert blocks is not None
    return Draft(blocks[0].words, blocks[0].on_hand.astype("<i4"))


def sell(database: Database, world: World, sku: str) -> None:
    with database.write() as connection:
        move(connection, office_cause(NOW), [Movement(world.lille, sku, "sale", Delta(on_hand=-1))])


def test_what_changed_since_is_looked_at_again(database):
    world = build_world(database)
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    with database.write() as connection:
        stock_sheets.keep(connection, {world.lille: draft(world), world.lyon: draft(world)}, since)
    sell(database, world, "SKU-2")
    with database.read() as connection:
        sheets = stock_sheets.read(connection)
    assert {id: sheet.changed for id, sheet in sheets.items()} == {world.lille: {"SKU-2"}, world.lyon: set()}
    assert sheets[world.lille].on_hand.tolist() == [10, 10, 10]
    assert stock_sheets.places_of(sheets[world.lyon].words, ["SKU-3", "SKU-9", "A" * 40]) == {"SKU-3": 2}


def test_what_changed_while_the_file_was_read_is_not_known(database):
    world = build_world(database)
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    sell(database, world, "SKU-3")
    with database.write() as connection:
        stock_sheets.keep(connection, {world.lille: draft(world)}, since)
    with database.read() as connection:
        assert stock_sheets.read(connection)[world.lille].on_hand.tolist() == [10, 10, UNKNOWN]


def test_articles_in_the_same_order_are_kept_once(database):
    world = build_world(database)
    with database.write() as connection:
        since = feed.current_snapshot(connection)
        stock_sheets.keep(connection, {world.lille: draft(world), world.lyon: draft(world)}, since)
        other = Draft(np.array([[1]], "<u8"), np.array([4], "<i4"))
        stock_sheets.keep(connection, {world.lille: other, world.lyon: other}, since)
        sheets = stock_sheets.read(connection)
        rows = connection.exec_driver_sql("SELECT count(*) FROM stock_sheet").scalar()
    assert rows == 3
    assert sheets[world.lyon].on_hand.tolist() == [4]
