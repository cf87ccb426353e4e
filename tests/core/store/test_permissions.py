import pytest
from sqlalchemy import update

from core.store import tables as t
from core.store.permissions import Grants, grants_at, may, may_each
from tests.support.core import build_world, put


@pytest.fixture
def world(database):
    return build_world(database)


def allowed(database, user: str, location: str, permission: str = "pick") -> bool:
    with database.read() as connection:
        return may(connection, user, permission, location)


def test_a_role_counts_where_it_was_given(database, world):
    assert allowed(database, world.ana, world.lille)
    assert allowed(database, world.zoe, world.lyon)
    assert not allowed(database, world.zoe, world.lille)


def test_who_has_no_role_is_unknown_or_left_may_nothing(database, world):
    assert not allowed(database, world.leo, world.lille)
    assert not allowed(database, "nobody", world.lille)
    assert not allowed(database, world.ana, world.lille, "rule_the_world")
    with database.write() as connection:
        connection.execute(update(t.users).where(t.users.c.id == world.ana).values(active=False))
    assert not allowed(database, world.ana, world.lille)


def test_a_role_in_a_division_counts_where_that_division_is_sold(database, world):
    with database.write() as connection:
        put(connection, t.divisions, id="div-x", account_id="acc", code="X", name="X", brand="X", colour="",
            currency="EUR", country="FR", process={}, version=1)  # fmt: skip
        put(connection, t.location_divisions, location_id=world.lyon, division_id="div-x")
        put(connection, t.assignments, id="as-leo", user_id=world.leo, role_id="role-all", division_id="div-x")
    assert allowed(database, world.leo, world.lyon)
    assert not allowed(database, world.leo, world.lille)


def test_permissions_of_several_roles_add_up(database, world):
    with database.write() as connection:
        put(connection, t.roles, id="role-2", account_id="acc", name="Second", permissions=["inspect"])
        put(connection, t.assignments, id="as-2", user_id=world.zoe, role_id="role-2", location_id=world.lyon)
    with database.read() as connection:
        grants = grants_at(connection, world.lyon, [world.zoe, world.leo])
    assert grants == {
        world.zoe: Grants(
            ("Associate", "Second"), ("claim", "collect", "hand_over", "inspect", "pack", "pick", "unpack")
        )
    }


def test_asking_for_many_at_once_answers_as_asking_one_by_one(database, world):
    people, places = (world.ana, world.leo, world.zoe, "nobody"), (world.lille, world.lyon)
    pairs = [(user, place) for user in people for place in places]
    with database.write() as connection:
        inactive = update(t.users).where(t.users.c.id == world.leo)
        connection.execute(inactive.values(active=False))
        one_by_one = {pair for pair in pairs if may(connection, pair[0], "claim", pair[1])}
        assert may_each(connection, "claim", pairs) == one_by_one
        assert may_each(connection, "fly", pairs) == set()
    assert one_by_one == {(world.ana, world.lille), (world.ana, world.lyon), (world.zoe, world.lyon)}
