import pytest

from core.service.network import NO_LIMIT, read_network, read_stock
from core.store.database import Database
from tests.support.core import NOW, build_world


def test_places_and_stock_are_read_as_columns_by_id(database: Database):
    world = build_world(database)
    with database.read() as connection:
        network = read_network(connection, world.division, NOW)
        stock = read_stock(connection, network, ["SKU-1", "unknown"])
    assert network.ids == (world.lille, world.lyon)
    assert network.capacity.tolist() == [NO_LIMIT, NO_LIMIT]
    assert stock["SKU-1"].tolist() == [10, 10]
    assert stock["unknown"].tolist() == [0, 0]


def test_distances_follow_the_globe_in_steps_of_a_hundred_metres(database: Database):
    world = build_world(database)
    with database.read() as connection:
        network = read_network(connection, world.division, NOW)
    metres = network.metres_to(90.0, 0.0)
    assert metres[0] == pytest.approx(10_007_000, rel=0.001)
    assert metres[0] % 100 == 0
    assert network.metres_to(90.0, 0.0) is metres
