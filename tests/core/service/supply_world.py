"""The delivery world with a web channel that promises stock announced for the next 14 days."""

from datetime import datetime, timedelta
from typing import Any

from core.service import inbound, stock_rules
from core.service.cause import office_cause
from core.service.inbound import Expected
from core.service.promise_network import forget
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT, build_delivery_world, put_stock
from tests.support.core import NOW, World

ARRIVES = NOW + timedelta(days=3)


def build_supply_world(database: Database) -> World:
    """Nobody has SKU-1."""
    world = build_delivery_world(database)
    for location_id in (world.lille, world.lyon, DEPOT):
        put_stock(database, location_id, "SKU-1", 0)
    with database.write() as connection:
        stock_rules.put_catalogue(
            connection, office_cause(NOW), stock_rules.NewCatalogue(world.division, "web", "Web", (), 0, 14)
        )
        forget(connection)
    return world


def announce(database: Database, units: int, at: datetime = ARRIVES, location_id: str = DEPOT) -> str:
    """Its id."""
    with database.write() as connection:
        row: Any = inbound.expect(connection, office_cause(NOW), Expected(location_id, "SKU-1", units, at))
    return str(row["id"])
