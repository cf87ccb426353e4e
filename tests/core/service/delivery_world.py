"""The two stores of the small world with a warehouse, hours, carriers and the six methods of the demo."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from core.demo import delivery
from core.store import tables as t
from core.store.database import Database
from tests.support.core import World, build_world, put

DEPOT = "loc-depot"
POINTS = {"loc-lille": (50.633, 3.0586), "loc-lyon": (45.7485, 4.8467)}


def build_delivery_world(database: Database, hours: Mapping[str, Any] = delivery.HOURS["store"]) -> World:
    world = build_world(database)
    with database.write() as connection:
        for id, (latitude, longitude) in POINTS.items():
            place = update(t.locations).where(t.locations.c.id == id)
            postcode = "69002" if id == world.lyon else "59800"
            connection.execute(
                place.values(latitude=latitude, longitude=longitude, hours=dict(hours), postcode=postcode)
            )
        put(connection, t.locations, id=DEPOT, account_id="acc", code="DEPOT", name="Depot", kind="warehouse",
            street="1 rue", postcode="45100", town="Orléans", country="FR", timezone="Europe/Paris", zones=["A"],
            process={}, phone="", latitude=47.9, longitude=1.9, demo=False, active=True, priority=0, version=1,
            hours=delivery.HOURS["warehouse"])  # fmt: skip
        put(connection, t.location_divisions, location_id=DEPOT, division_id=world.division)
        for code, pickup in (("colis-hexa", "17:00"), ("velopost", "18:30")):
            put(connection, t.carriers, id=code, account_id="acc", code=code, name=code, services=["express"],
                pickup_time=pickup, gs1_prefix="", active=True, version=1)  # fmt: skip
        connection.execute(insert(t.carrier_services), list(delivery.SERVICES))
        connection.execute(insert(t.delivery_methods), [{**m, "account_id": "acc"} for m in delivery.METHODS])
    return world


def put_stock(database: Database, location_id: str, sku: str, units: int) -> None:
    p = t.positions.c
    with database.write() as connection:
        query = update(t.positions).where(p.location_id == location_id, p.sku == sku)
        if connection.execute(query.values(on_hand=units)).rowcount == 0:
            put(connection, t.positions, location_id=location_id, sku=sku, on_hand=units, reserved=0, picked=0,
                unavailable=0, safety=0, zone="A", place="", version=1)  # fmt: skip
