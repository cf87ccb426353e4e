from core.store.keyed import Keyed
from tests.support.core import build_world

LOCATIONS = Keyed("SELECT id FROM location WHERE account_id = {value} AND id {keys} ORDER BY id")


def test_rows_of_many_keys_on_either_database(database):
    world = build_world(database)
    with database.read() as connection:
        keys = (world.lyon, world.lille, "nobody", *(f"other-{number}" for number in range(40_000)))
        found = LOCATIONS.rows(connection, keys, "acc")
        assert [row.id for row in found] == sorted([world.lille, world.lyon])
        assert LOCATIONS.rows(connection, (), "acc") == []
        assert LOCATIONS.rows(connection, keys, "other") == []
