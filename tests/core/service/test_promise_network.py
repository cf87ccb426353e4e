from sqlalchemy import update

from core.service.promise_network import forget, known_network, network_of, point_of, public_holidays
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW


def test_places_that_work_alike_share_a_rhythm_and_a_bit_is_a_place(sqlite_database: Database):
    world = build_delivery_world(sqlite_database)
    with sqlite_database.read() as connection:
        network = network_of(connection, world.division, NOW)
        assert network is network_of(connection, world.division, NOW)
    assert network is not None
    assert network is known_network(sqlite_database.engine, world.division)
    standard = network.plans[0]
    assert len(standard.entries) == 2  # shops, and the depot
    assert sum(entry.places for entry in standard.entries) == 0b111
    lyon = point_of("Lyon", "FR")[0]
    assert lyon is not None
    assert [store.id for store in network.stores_near(lyon, 30)] == [world.lyon]
    assert network.near(lyon, 30) == 1 << network.index[world.lyon]
    metres = network.distances_to(lyon).metres[network.index[world.lille]]
    assert 540_000 < metres < 570_000


def test_a_change_is_seen_by_its_version(database: Database):
    world = build_delivery_world(database)
    with database.read() as connection:
        before = network_of(connection, world.division, NOW)
    with database.write() as connection:
        place = update(t.locations).where(t.locations.c.id == world.lyon)
        connection.execute(place.values(active=False, version=t.locations.c.version + 1))
        forget(connection)
    with database.read() as connection:
        after = network_of(connection, world.division, NOW)
    assert before is not None
    assert after is not None
    assert set(before.location_ids) - set(after.location_ids) == {world.lyon}


def test_hours_nobody_can_keep_and_a_zone_nobody_knows_are_assumed_and_flagged(sqlite_database: Database):
    world = build_delivery_world(sqlite_database)
    with sqlite_database.write() as connection:
        place = update(t.locations).where(t.locations.c.id == world.lyon)
        connection.execute(place.values(hours={"week": "always"}, timezone="Mars/Base", country="ZZ"))
    with sqlite_database.read() as connection:
        network = network_of(connection, world.division, NOW)
    assert network is not None
    rhythm = network.plans[0].rhythms[network.index[world.lyon]]
    assert rhythm.flags == ("timezone_unknown", "hours_unknown", "holidays_unknown")


def test_towns_and_holidays_that_nobody_knows_are_said_to_be_unknown():
    assert point_of("Lyon", "") == (None, False, "")
    assert point_of("Atlantis", "FR")[1:] == (False, "Europe/Paris")
    assert public_holidays("ZZ", "", 2026) is None
    assert public_holidays("FR", "", 2026)
