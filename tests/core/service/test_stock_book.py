from sqlalchemy import insert, update

from core.service.stock_book import book_of, categories_of, step
from core.store import tables as t
from tests.support.core import build_world
from tests.support.stock_world import OTHER_BRAND, build


def test_the_book_is_read_once_per_change(database):
    build(database)
    with database.read() as connection:
        book = book_of(connection)
        assert book_of(connection) is book
    with database.write() as connection:
        assert step(connection) is not book
    with database.read() as connection:
        assert book_of(connection) is not book


def test_only_active_locations_are_sold_from(database):
    world = build(database)
    with database.write() as connection:
        connection.execute(update(t.locations).where(t.locations.c.id == world.lyon).values(active=False))
        book = step(connection)
    assert {catalogue.locations for catalogue in book.catalogues.values()} == {frozenset({world.lille})}
    assert book.catalogue(OTHER_BRAND, "shop").locations == {world.lille}
    assert set(book.by_location) == {world.lille}


def test_a_new_location_gets_a_place_of_its_own_for_good(database):
    world = build_world(database)
    with database.write() as connection:
        before = dict(step(connection).slots)
        place = {"id": "a-new-one", "account_id": "acc", "code": "NEW", "name": "New", "kind": "store"}
        connection.execute(insert(t.locations), [place])
        after = step(connection)
    assert before == {world.lille: 0, world.lyon: 1}
    assert after.slots == {**before, "a-new-one": 2}
    assert list(after.location_of_slot) == [world.lille, world.lyon, "a-new-one"]


def test_categories_are_told_from_the_own_one_up(database):
    build(database)
    with database.write() as connection:
        of = {"division_id": "div-nord", "position": 0}
        rows = [{"id": "c-shirts", "name": "Shirts", "parent_id": "c-all"}, {"id": "c-all", "name": "All"}]
        connection.execute(insert(t.categories), [of | {"parent_id": ""} | row for row in rows])
        connection.execute(update(t.products).values(category_id="c-shirts"))
        found = categories_of(connection, book_of(connection), ["SKU-1"])
    assert found == {"SKU-1": ("c-shirts", "Shirts", "c-all", "All")}
