from dataclasses import replace

from core.service.cause import office_cause
from core.service.stock_effects import apply_to_stock, positions
from core.store.database import Database
from tests.core.service.office import fulfilments_of, place, stock
from tests.support.core import NOW, build_world


def test_an_assignment_reserves_and_its_leaving_frees(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    elsewhere = replace(fulfilment, id="other", location_id=world.lyon)
    with database.write() as connection:
        apply_to_stock(connection, office_cause(NOW), fulfilment, None)
        apply_to_stock(connection, office_cause(NOW), None, elsewhere)
        apply_to_stock(connection, office_cause(NOW), elsewhere, elsewhere)
        known = positions(connection, world.lyon, ["SKU-1", "SKU-9"])
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)
    assert {sku: position.reserved for sku, position in known.items()} == {"SKU-1": 2}
