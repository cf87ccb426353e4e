from datetime import timedelta

from sqlalchemy import select, update

from core.service import sessions
from core.service.refusal import Refusal
from core.service.sessions import Principal, Session
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World, build_world


def with_password(database: Database) -> World:
    world = build_world(database)
    with database.write() as connection:
        people = update(t.users).where(t.users.c.id.in_([world.ana, world.zoe]))
        connection.execute(people.values(password_hash=sessions.hash_secret("correct horse")))
    return world


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else ""


def test_a_role_at_one_store_opens_nothing_at_head_office(database: Database):
    with_password(database)
    everywhere = sessions.sign_in(database, "ana", "correct horse", NOW)
    one_store = sessions.sign_in(database, "zoe", "correct horse", NOW)
    assert isinstance(everywhere, Session)
    assert isinstance(one_store, Session)
    assert "pick" in everywhere.permissions
    assert one_store.permissions == ()


def test_only_hashes_of_tokens_are_kept(database: Database):
    with_password(database)
    made = sessions.sign_in(database, "ana", "correct horse", NOW)
    assert isinstance(made, Session)
    with database.read() as connection:
        row = connection.execute(select(t.office_sessions)).one()
    assert made.token not in str(row)


def test_a_session_ends_by_time_by_signing_out_and_with_its_user(database: Database):
    world = with_password(database)
    made = [sessions.sign_in(database, "ana", "correct horse", NOW) for _ in range(2)]
    first, second = (one.token for one in made if isinstance(one, Session))
    assert isinstance(sessions.identify(database, first, NOW), Principal)
    assert code(sessions.identify(database, first, NOW + timedelta(hours=12))) == "token_expired"
    with database.write() as connection:
        sessions.sign_out(connection, first, NOW)
    assert code(sessions.identify(database, first, NOW)) == "token_invalid"
    with database.write() as connection:
        connection.execute(update(t.users).where(t.users.c.id == world.ana).values(active=False))
    assert code(sessions.identify(database, second, NOW)) == "token_invalid"
    assert code(sessions.sign_in(database, "ana", "correct horse", NOW)) == "credentials_wrong"


def test_a_person_without_a_password_cannot_sign_in(database: Database):
    with_password(database)
    assert code(sessions.sign_in(database, "leo", "", NOW)) == "credentials_wrong"


def test_the_lock_opens_again(database: Database):
    with_password(database)
    answers = [code(sessions.sign_in(database, "ana", "wrong", NOW)) for _ in range(6)]
    assert answers == ["credentials_wrong"] * 5 + ["sign_in_locked"]
    assert isinstance(sessions.sign_in(database, "ana", "correct horse", NOW + timedelta(minutes=15)), Session)


def test_a_key_works_until_it_is_revoked(database: Database):
    with_password(database)
    maker = Principal("u", "U", "u", "acc", frozenset({"read_orders"}))
    with database.write() as connection:
        made = sessions.create_key(connection, maker, "shop", ["read_orders"], NOW)
        assert not isinstance(made, Refusal)
        refused = sessions.create_key(connection, maker, "shop", ["fly"], NOW)
        assert not sessions.revoke_key(connection, "nobody", NOW)
    assert code(refused) == "permission_unknown"
    id, key = made
    found = sessions.identify(database, key, NOW)
    assert isinstance(found, Principal)
    assert found.permissions == {"read_orders"}
    with database.write() as connection:
        assert sessions.revoke_key(connection, id, NOW)
    assert code(sessions.identify(database, key, NOW)) == "token_invalid"
