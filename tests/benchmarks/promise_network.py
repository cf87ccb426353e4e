"""A retailer of 300 locations with six delivery methods and stock as shops have it: deep in depots, thin in stores."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from core.demo import delivery, network, reference
from core.demo.scale import Scale
from core.service import atp_projection, sessions, stock_book
from core.service.sessions import Principal
from core.store import tables as t
from core.store.database import Database

CREATED = datetime(2026, 1, 5, tzinfo=UTC)
DIVISION = "bench"
_SHALLOW = (0, 0, 0, 1, 1, 2, 3)


def sku_of(number: int) -> str:
    return f"SKU{number:05d}"


def fill(database: Database, locations: int, skus: int, seed: int = 1) -> str:
    """Returns an integrator's key that may read stock."""
    rng = random.Random(seed)
    places = network.places(Scale("bench", locations - 3, 3, 0, 0, 0))
    rows = network.location_rows(rng, places)
    with database.write() as connection:
        _put(connection, t.accounts, [{"id": network.ACCOUNT, "name": "Bench", "created_at": CREATED}])
        division = {"id": DIVISION, "account_id": network.ACCOUNT, "code": "B", "name": "Bench", "brand": "Bench"}
        _put(connection, t.divisions, [division])
        _put(connection, t.locations, rows)
        _put(connection, t.location_divisions, [{"location_id": r["id"], "division_id": DIVISION} for r in rows])
        owned = {"account_id": network.ACCOUNT}
        carriers = [
            {"id": c.id, "code": c.code, "name": c.name, "services": list(c.services)} for c in reference.CARRIERS
        ]
        _put(connection, t.carriers, [carrier | owned for carrier in carriers])
        _put(connection, t.carrier_services, list(delivery.SERVICES))
        _put(connection, t.delivery_methods, [method | owned for method in delivery.METHODS])
        _put(connection, t.products, [{"id": "P", "division_id": DIVISION, "name": "Article"}])
        _put(connection, t.variants, [_variant(rng, number) for number in range(skus)])
        for row in rows:
            _put(connection, t.positions, list(_positions(rng, row, skus)))
        _put(connection, t.virtual_catalogues, [{"id": "web", "division_id": DIVISION, "code": "web"}])
        atp_projection.rebuild(connection, stock_book.step(connection))
        owner = Principal("bench", "Bench", "", network.ACCOUNT, frozenset({"read_stock"}))
        made = sessions.create_key(connection, owner, "bench", ["read_stock"], CREATED)
    assert isinstance(made, tuple)
    return made[1]


def baskets(count: int, skus: int, lines: int = 3, seed: int = 2) -> Iterator[dict[str, Any]]:
    """Different articles, mostly one unit of each, to towns where customers live."""
    rng = random.Random(seed)
    towns = network.places(Scale("towns", 40, 0, 0, 0, 0))
    for _ in range(count):
        town = rng.choice(towns).town
        yield {
            "division_id": DIVISION,
            "destination": {"country": town.country, "postcode": town.postcode, "town": town.name},
            "lines": [
                {"sku": sku_of(number), "quantity": rng.choice((1, 1, 1, 1, 2))}
                for number in rng.sample(range(skus), lines)
            ],
        }


def _variant(rng: random.Random, number: int) -> dict[str, Any]:
    sides = {side: rng.randint(50, 400) for side in ("length_mm", "width_mm", "height_mm")}
    return {
        "id": sku_of(number), "product_id": "P", "division_id": DIVISION, "price_minor": 2990,
        "weight_g": rng.randint(100, 2_500), **sides,
    }  # fmt: skip


def _positions(rng: random.Random, place: dict[str, Any], skus: int) -> Iterator[dict[str, Any]]:
    for number in range(skus):
        # One article in twelve is sold out in the depots: stores have it, one here and two there.
        deep = place["kind"] == "warehouse" and number % 12
        units = rng.randint(5, 60) if deep else 0 if place["kind"] == "warehouse" else rng.choice(_SHALLOW)
        yield {"location_id": place["id"], "sku": sku_of(number), "on_hand": units}


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(table), rows)
