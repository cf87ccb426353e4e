"""The core confirms who signs in on a tablet, for as long as the person may go without it; money needs it."""

from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from core.contract.commands import TakeCash
from core.contract.grants import PairingCode, UserGrant
from core.contract.sync import Enrolment
from core.domain.outcome import Verdict
from core.service import device_keys, devices, inbox, user_grants
from core.service.refusal import Refusal
from core.service.sessions import hash_secret
from core.store import tables as t
from tests.support.core import NOW, Sender, build_world, put_device

PIN = "2468"


@pytest.fixture
def world(database):
    made = build_world(database)
    with database.write() as connection:
        connection.execute(t.users.update().values(pin_hash=hash_secret(PIN)))
        connection.execute(t.users.update().where(t.users.c.id == made.zoe).values(offline_hours=4))
    return made


@pytest.fixture
def device(database, world):
    return replace(put_device(database, world.lyon), public_key="ab" * 32)


def granted(database, device, user_id: str, at=NOW) -> UserGrant:
    found = user_grants.sign_in(database, device, user_id, PIN, at)
    assert isinstance(found, UserGrant)
    return found


def test_a_grant_is_for_one_person_on_one_device_and_as_long_as_the_person_may(database, world, device):
    zoe, ana = granted(database, device, world.zoe), granted(database, device, world.ana)
    assert (zoe.location_id, zoe.roles) == (world.lyon, ("Associate",))
    assert (zoe.expires_at - NOW, ana.expires_at - NOW) == (timedelta(hours=4), timedelta(hours=72))
    with database.read() as connection:
        public = device_keys.private_key(connection).public_key()
        claims = jwt.decode(zoe.token, public, algorithms=["EdDSA"], options={"verify_exp": False, "verify_iat": False})
        assert (claims["sub"], claims["dev"], claims["loc"]) == (world.zoe, device.id, world.lyon)

        def covered(user_id: str, after: timedelta, on=device) -> bool:
            return user_grants.covers(connection, on, user_id, NOW + after)

        assert covered(world.zoe, timedelta())
        assert covered(world.zoe, timedelta(hours=3))
        assert not covered(world.zoe, timedelta(hours=4))
        assert not covered(world.zoe, timedelta(hours=-1))
        assert not covered(world.leo, timedelta())
        assert not covered(world.zoe, timedelta(), replace(device, id="dev-2"))
        assert covered(world.leo, timedelta(), replace(device, public_key=""))


def test_who_has_no_role_there_or_left_is_not_let_in(database, world, device):
    refused = user_grants.sign_in(database, device, world.leo, PIN, NOW)
    assert refused == user_grants.MAY_NOT
    with database.write() as connection:
        connection.execute(t.users.update().where(t.users.c.id == world.zoe).values(active=False))
    assert user_grants.sign_in(database, device, world.zoe, PIN, NOW) == user_grants.MAY_NOT
    assert user_grants.sign_in(database, device, "nobody", PIN, NOW) == user_grants.WRONG_PIN


def test_five_wrong_pins_lock_the_person_out_of_that_device(database, world, device):
    for _ in range(5):
        assert user_grants.sign_in(database, device, world.zoe, "0000", NOW) == user_grants.WRONG_PIN
    locked = user_grants.sign_in(database, device, world.zoe, PIN, NOW)
    assert isinstance(locked, Refusal)
    assert locked.code == "sign_in_locked"
    granted(database, device, world.ana)
    granted(database, replace(device, id=put_device(database, world.lyon, 2).id), world.zoe)
    granted(database, device, world.zoe, NOW + timedelta(minutes=16))


def test_money_that_nobody_confirmed_is_kept_for_head_office(database, world, device):
    with database.write() as connection:
        connection.execute(t.roles.update().values(permissions=["collect"]))
    sender = Sender(device, world.zoe)

    def take(at) -> tuple[Verdict | None, str]:
        command = sender.command(TakeCash("col-1", "p-1", 500), at=at)
        answer = inbox.receive(database, device, command, at)
        return answer.verdict, answer.code

    assert take(NOW) == (Verdict.ATTENTION, "grant_expired")
    granted(database, device, world.zoe)
    assert take(NOW + timedelta(hours=1))[1] != "grant_expired"
    assert take(NOW + timedelta(hours=5)) == (Verdict.ATTENTION, "grant_expired")
    with database.read() as connection:
        kept = connection.execute(select(t.quarantine.c.id).where(t.quarantine.c.code == "grant_expired")).all()
    assert len(kept) == 2


def test_a_manager_who_was_confirmed_gets_codes_for_their_store_and_nobody_else(database, world, device):
    zoe = granted(database, device, world.zoe)

    def ask(token: str, on=device, at=NOW) -> object:
        with database.write() as connection:
            return user_grants.pairing_code(connection, on, token, at)

    assert ask(zoe.token) == user_grants.NOT_PERMITTED
    with database.write() as connection:
        connection.execute(t.roles.update().values(permissions=["manage_devices"]))
    made = ask(zoe.token)
    assert isinstance(made, PairingCode)
    enrolled = devices.enrol(database, devices.Applicant(made.code), NOW)
    assert isinstance(enrolled, Enrolment)
    assert (enrolled.location_id, made.payload) == (world.lyon, f"comptoir:enrol:{made.code}")
    forged = jwt.encode({"sub": world.zoe, "dev": device.id, "exp": 2**33}, "x" * 32, "HS256")
    for token, on, at in (
        (zoe.token, replace(device, id="dev-2"), NOW),
        (zoe.token, device, NOW + timedelta(hours=4)),
        (forged, device, NOW),
        ("", device, NOW),
    ):
        assert ask(token, on, at) == user_grants.NOT_PERMITTED
