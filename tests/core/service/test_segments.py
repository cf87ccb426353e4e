from core.service import segments
from core.service.stock_book import book_of
from tests.support.stock_world import OTHER_BRAND, build


def test_what_a_brand_holds_adds_up(database):
    world = build(database)
    key = (world.lille, "SKU-1")
    with database.write() as connection:
        segments.hold(connection, {(*key, OTHER_BRAND): 3, (*key, world.division): 1})
        segments.hold(connection, {(*key, OTHER_BRAND): -1, (*key, world.division): 0})
        assert segments.brand_reserved(connection, key, OTHER_BRAND) == 2
        assert segments.brand_reserved(connection, key, "nobody") == 0
        held = segments.holdings(connection, book_of(connection), [key, (world.lyon, "SKU-1")])
    assert held == {(*key, OTHER_BRAND): 2, (*key, world.division): 1}
