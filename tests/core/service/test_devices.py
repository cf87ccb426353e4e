from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from core.contract.sync import Enrolment
from core.service import devices, trust
from core.service.devices import Applicant, Device
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def code(database, world):
    return devices.create_code(database, world.lille, NOW)


@pytest.fixture
def enrolled(database, code) -> Enrolment:
    return enrol(database, code)


def enrol(database, code: str, at=NOW, **more: str) -> Enrolment:
    found = devices.enrol(database, Applicant(code, "Till", **more), at)
    assert isinstance(found, Enrolment)
    return found


def identify(database: Database, access_token: str, at: datetime) -> Device | Refusal:
    """As the core does with every request of a tablet."""
    found, unseen = devices.recognise(database, access_token, at)
    if unseen and isinstance(found, Device):
        devices.note_seen(database, [found], at)
    return found


def test_a_code_makes_a_device_of_its_store(database, world, code):
    enrolment = enrol(database, code)
    assert (enrolment.location_id, enrolment.device_number, enrolment.company_prefix) == (world.lille, 0, "3760123")
    found = identify(database, enrolment.access_token, NOW)
    assert found == devices.Device(enrolment.device_id, 0, world.lille, "Till")


def test_a_code_may_be_typed_in_small_letters_and_groups(database, code):
    assert enrol(database, f" {code[:4].lower()}-{code[4:].lower()} ")


def test_every_device_has_its_own_number(database, world):
    made = [enrol(database, devices.create_code(database, world.lille, NOW)) for _ in range(3)]
    assert [enrolment.device_number for enrolment in made] == [0, 1, 2]


def test_a_wrong_code_is_unknown(database, world):
    assert devices.enrol(database, Applicant("WRONG"), NOW) == devices.CODE_UNKNOWN


def test_a_code_works_once(database, code, enrolled):
    assert devices.enrol(database, Applicant(code), NOW) == devices.CODE_USED


def test_a_code_works_ten_minutes(database, code):
    assert devices.enrol(database, Applicant(code), NOW + timedelta(minutes=10)) == devices.CODE_EXPIRED


def test_a_demo_code_works_again_and_again(database, world):
    code = devices.create_code(database, world.lille, NOW, reusable=True)
    assert enrol(database, code).device_id != enrol(database, code, NOW + timedelta(days=30)).device_id


def test_a_tablet_of_another_store_is_told_and_the_code_stays_good(database, world, code):
    refused = devices.enrol(database, Applicant(code, "", world.lyon), NOW)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.params) == ("enrolment_code_other_store", {"store": "Lille"})
    assert enrol(database, code, paired_with=world.lille)


def test_when_every_number_is_given_nobody_is_enrolled(database, code, monkeypatch):
    monkeypatch.setattr(devices, "LAST_DEVICE_NUMBER", -1)
    assert devices.enrol(database, Applicant(code), NOW) == devices.NUMBERS_EXHAUSTED


def test_an_access_token_ends_after_fifteen_minutes(database, enrolled):
    assert identify(database, enrolled.access_token, NOW + timedelta(minutes=15)) == devices.TOKEN_EXPIRED


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\x00", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_a_forged_token_is_invalid(database, enrolled, token):
    assert identify(database, token, NOW) == devices.TOKEN_INVALID


def test_a_token_of_another_core_is_invalid(database, enrolled):
    with database.write() as connection:
        connection.execute(t.secrets.update().values(value=b"another key of thirty-two bytes!"))
    assert identify(database, enrolled.access_token, NOW) == devices.TOKEN_INVALID


def test_a_refresh_gives_new_tokens_of_the_same_device(database, enrolled):
    later = NOW + timedelta(hours=1)
    fresh = devices.refresh(database, enrolled.refresh_token, later)
    assert isinstance(fresh, Enrolment)
    assert fresh.device_id == enrolled.device_id
    assert fresh.refresh_token != enrolled.refresh_token
    assert isinstance(identify(database, fresh.access_token, later), devices.Device)


def test_a_refresh_whose_answer_was_lost_may_be_asked_again(database, enrolled):
    devices.refresh(database, enrolled.refresh_token, NOW)
    again = devices.refresh(database, enrolled.refresh_token, NOW)
    assert isinstance(again, Enrolment)
    assert isinstance(devices.refresh(database, again.refresh_token, NOW), Enrolment)


def test_a_copied_refresh_token_suspends_the_device(database, enrolled):
    second = devices.refresh(database, enrolled.refresh_token, NOW)
    assert isinstance(second, Enrolment)
    third = devices.refresh(database, second.refresh_token, NOW)
    assert isinstance(third, Enrolment)
    assert devices.refresh(database, enrolled.refresh_token, NOW) == devices.DEVICE_SUSPENDED
    assert devices.refresh(database, third.refresh_token, NOW) == devices.DEVICE_SUSPENDED
    assert identify(database, third.access_token, NOW) == devices.DEVICE_SUSPENDED


def test_a_thief_who_refreshes_first_is_found_out_by_the_tablet(database, enrolled):
    mine = devices.refresh(database, enrolled.refresh_token, NOW)
    assert isinstance(mine, Enrolment)
    stolen = devices.refresh(database, enrolled.refresh_token, NOW)
    assert isinstance(stolen, Enrolment)
    assert devices.refresh(database, mine.refresh_token, NOW) == devices.DEVICE_SUSPENDED
    assert devices.refresh(database, stolen.refresh_token, NOW) == devices.DEVICE_SUSPENDED


def test_refresh_tokens_end_and_unknown_ones_are_nothing(database, enrolled):
    late = NOW + devices.REFRESH_LIFETIME
    assert devices.refresh(database, enrolled.refresh_token, late) == devices.TOKEN_EXPIRED
    assert devices.refresh(database, "unknown", NOW) == devices.TOKEN_INVALID


def test_a_revoked_device_is_out_at_once(database, enrolled):
    assert devices.revoke(database, enrolled.device_id, NOW)
    assert identify(database, enrolled.access_token, NOW) == devices.DEVICE_REVOKED
    assert devices.refresh(database, enrolled.refresh_token, NOW) == devices.DEVICE_REVOKED
    assert not devices.revoke(database, "nobody", NOW)


def test_neither_codes_nor_tokens_are_kept_as_they_are(database, code, enrolled):
    with database.read() as connection:
        kept = str(
            connection.execute(select(t.enrolment_codes)).all() + connection.execute(select(t.refresh_tokens)).all()
        )
    assert code not in kept
    assert enrolled.refresh_token not in kept


def test_a_tablet_that_was_just_seen_is_shut_out_at_once(database, enrolled):
    assert isinstance(identify(database, enrolled.access_token, NOW), devices.Device)
    assert devices.revoke(database, enrolled.device_id, NOW)
    assert identify(database, enrolled.access_token, NOW) == devices.DEVICE_REVOKED


class Watch:
    """What trust measures its moment with."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(trust, "time", watch)
    return watch


@pytest.fixture
def tablets(database, world) -> list[Enrolment]:
    """Three that ask all the time."""
    made = [enrol(database, devices.create_code(database, world.lille, NOW)) for _ in range(3)]
    for tablet in made * 2:
        identify(database, tablet.access_token, NOW)
    return made


def test_tablets_that_ask_often_are_looked_up_together_and_each_is_judged(database, watch, tablets):
    with database.write() as connection:  # by another process, which this one does not hear of
        away = update(t.devices).where(t.devices.c.id == tablets[1].device_id)
        connection.execute(away.values(state="revoked"))
    watch.now += trust.TRUSTED_S
    assert isinstance(identify(database, tablets[0].access_token, NOW), devices.Device)
    with database.write() as connection:  # the others need no look of their own now
        connection.execute(update(t.devices).where(t.devices.c.id == tablets[2].device_id).values(name="Changed"))
    assert identify(database, tablets[1].access_token, NOW) == devices.DEVICE_REVOKED
    third = identify(database, tablets[2].access_token, NOW)
    assert isinstance(third, devices.Device)
    assert third.name == "Till"


def test_who_is_renewed_by_another_is_noted_as_seen_all_the_same(database, watch, tablets):
    later = NOW + timedelta(minutes=5)
    watch.now += trust.TRUSTED_S
    for tablet in tablets:
        identify(database, tablet.access_token, later)
    with database.read() as connection:
        assert set(connection.execute(select(t.devices.c.last_seen_at)).scalars()) == {later}


def test_a_new_key_ends_the_trust_in_tokens_of_the_old_one(database, watch, tablets):
    with database.write() as connection:
        connection.execute(t.secrets.update().values(value=b"another key of thirty-two bytes!"))
    watch.now += trust.TRUSTED_S
    for tablet in tablets:
        assert identify(database, tablet.access_token, NOW) == devices.TOKEN_INVALID
