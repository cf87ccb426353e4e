from argon2 import PasswordHasher
from sqlalchemy import insert, select

from core.service import sessions, users
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.users import NewAssignment, NewUser
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world

CAUSE = office_cause(NOW, "usr-ana")


def test_a_pin_is_kept_as_a_hash_only(database: Database):
    build_world(database)
    with database.write() as connection:
        assert users.change(connection, CAUSE, "usr-zoe", 1, {"pin": "4711"}) is None
        row = connection.execute(select(t.users).where(t.users.c.id == "usr-zoe")).one()
        assert PasswordHasher().verify(row.pin_hash, "4711")
        assert users.change(connection, CAUSE, "usr-zoe", 2, {"pin": ""}) is None
        row = connection.execute(select(t.users).where(t.users.c.id == "usr-zoe")).one()
        events = connection.execute(select(t.events.c.data)).scalars().all()
    assert (row.pin_hash, row.version) == ("", 3)
    assert "4711" not in str(events)


def test_a_person_is_on_the_tablets_of_where_a_role_is(database: Database):
    world = build_world(database)
    with database.write() as connection:
        id = users.create(connection, CAUSE, "acc", NewUser("max", "Max"))
        assert isinstance(id, str)
        assert users.places_of(connection, id) == []
        at_store = users.assign(connection, CAUSE, id, NewAssignment("role-all", location_id=world.lille))
        assert users.places_of(connection, id) == [world.lille]
        users.assign(connection, CAUSE, id, NewAssignment("role-all", division_id=world.division))
        assert users.places_of(connection, id) == [world.lille, world.lyon]
        assert users.withdraw(connection, CAUSE, id, str(at_store)) is None
        assert users.places_of(connection, id) == [world.lille, world.lyon]


def test_what_does_not_exist_is_refused_by_name(database: Database):
    build_world(database)
    with database.write() as connection:
        refusals = [
            users.create(connection, CAUSE, "acc", NewUser("ana", "Ana")),
            users.change(connection, CAUSE, "nobody", 1, {}),
            users.change(connection, CAUSE, "usr-zoe", 9, {"name": "Z"}),
            users.assign(connection, CAUSE, "usr-zoe", NewAssignment("king")),
            users.withdraw(connection, CAUSE, "usr-zoe", "nothing"),
        ]
    codes = [refused.code for refused in refusals if isinstance(refused, Refusal)]
    assert codes == ["login_taken", "user_unknown", "stale_version", "role_unknown", "assignment_unknown"]


def test_who_is_locked_out_loses_all_sessions(database: Database):
    build_world(database)
    with database.write() as connection:
        row = {"id": "s", "user_id": "usr-zoe", "token_hash": "h", "issued_at": NOW, "expires_at": NOW}
        connection.execute(insert(t.office_sessions), [row])
        assert users.change(connection, CAUSE, "usr-zoe", 1, {"active": False}) is None
        assert connection.execute(select(t.office_sessions.c.revoked_at)).scalar() == NOW


def test_a_role_that_is_given_or_taken_counts_at_the_next_request(database: Database):
    build_world(database)
    with database.write() as connection:
        assert users.change(connection, CAUSE, "usr-zoe", 1, {"password": "a long password"}) is None
    session = sessions.sign_in(database, "zoe", "a long password", NOW)
    assert isinstance(session, sessions.Session)

    def permissions() -> frozenset[str]:
        found = sessions.identify(database, session.token, NOW)
        assert isinstance(found, sessions.Principal)
        return found.permissions

    assert not permissions()
    with database.write() as connection:
        given = users.assign(connection, CAUSE, "usr-zoe", NewAssignment("role-all"))
    assert permissions()
    with database.write() as connection:
        assert users.withdraw(connection, CAUSE, "usr-zoe", str(given)) is None
    assert not permissions()
