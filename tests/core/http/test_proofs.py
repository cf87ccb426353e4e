"""A token without the device's key opens nothing, and a request is heard once."""

import secrets
from datetime import timedelta

import httpx
import pytest

from core.contract import signing
from core.contract.signing import Asked
from core.contract.sync import Enrolment
from core.http.app import create_app
from core.http.proofs import WINDOW, Proofs
from core.service import devices
from core.service.devices import Device
from core.store import tables as t
from sync.signing import SeedSigner, proof_headers
from tests.support.core import NOW, build_world
from tests.support.http import Clock, client_of

KEY = SeedSigner(b"k" * 32)
PULL = Asked("POST", "/sync/v1/pull", b'{"group":"main","cursor":null}')
JSON = {"Content-Type": "application/json"}


class Tablet:
    """Enrolled with a key; `ask` signs, or sends what it is given."""

    def __init__(self, database) -> None:
        self.database, self.clock, self.world = database, Clock(NOW), build_world(database)
        self.app = create_app(database, now=self.clock)
        code = devices.create_code(database, self.world.lille, NOW)
        enrolled = devices.enrol(database, devices.Applicant(code, public_key=KEY.public_key), NOW)
        assert isinstance(enrolled, Enrolment)
        self.enrolment = enrolled

    def proof(self, asked: Asked, signer=KEY, ahead=timedelta()) -> dict[str, str]:
        return proof_headers(signer, asked, self.clock.at + ahead, secrets.token_hex(12))

    async def ask(self, asked: Asked, proof: dict[str, str]) -> httpx.Response:
        async with client_of(self.app, self.enrolment.access_token) as client:
            return await client.request(asked.method, asked.target, content=asked.body, headers=JSON | proof)

    async def code_of(self, asked: Asked, proof: dict[str, str]) -> str:
        answer = await self.ask(asked, proof)
        return "" if answer.status_code == 200 else f"{answer.status_code} {answer.json()['code']}"


@pytest.fixture
def tablet(sqlite_database) -> Tablet:
    return Tablet(sqlite_database)


PUSH = Asked("POST", "/sync/v1/push", b'{"commands":[]}')


@pytest.mark.parametrize("asked", [PULL, PUSH, Asked("GET", "/sync/v1/events")], ids=lambda a: a.target)
async def test_a_stolen_token_alone_is_useless(tablet, asked):
    assert await tablet.code_of(asked, {}) == "401 signature_missing"
    thief = SeedSigner(b"t" * 32)
    assert await tablet.code_of(asked, tablet.proof(asked, thief)) == "401 signature_invalid"


@pytest.mark.parametrize("asked", [PULL, PUSH], ids=lambda a: a.target)
async def test_a_signed_request_is_heard_once(tablet, asked):
    proof = tablet.proof(asked)
    assert await tablet.code_of(asked, proof) == ""
    assert await tablet.code_of(asked, proof) == "401 signature_replayed"
    tablet.clock.at += timedelta(minutes=4)
    assert await tablet.code_of(asked, proof) == "401 signature_replayed"


async def test_a_signature_is_for_one_body_and_one_address(tablet):
    proof = tablet.proof(PULL)
    assert await tablet.code_of(Asked("POST", "/sync/v1/pull", b'{"group":"stock"}'), proof) == "401 signature_invalid"
    assert await tablet.code_of(Asked("POST", "/sync/v1/pull?x=1", PULL.body), proof) == "401 signature_invalid"
    assert await tablet.code_of(PULL, proof) == ""


async def test_an_old_signature_is_refused_and_the_answer_says_the_time(tablet):
    late = await tablet.ask(PULL, tablet.proof(PULL, ahead=-WINDOW - timedelta(seconds=1)))
    assert (late.status_code, late.json()["code"]) == (401, "signature_expired")
    assert late.headers["date"] == "Mon, 04 May 2026 09:00:00 GMT"
    assert await tablet.code_of(PULL, tablet.proof(PULL, ahead=WINDOW)) == ""


async def test_a_stolen_refresh_token_alone_is_useless_and_is_not_used_up(tablet):
    body = b'{"refresh_token":"' + tablet.enrolment.refresh_token.encode() + b'"}'
    asked = Asked("POST", "/device/v1/token", body)
    assert await tablet.code_of(asked, {}) == "401 signature_missing"
    assert await tablet.code_of(asked, tablet.proof(asked, SeedSigner(b"t" * 32))) == "401 signature_invalid"
    assert await tablet.code_of(asked, tablet.proof(asked)) == ""


async def test_who_enrols_with_a_key_has_it(tablet):
    code = devices.create_code(tablet.database, tablet.world.lille, NOW)
    asked = Asked("POST", "/device/v1/enrol", f'{{"code":"{code}","public_key":"{KEY.public_key}"}}'.encode())
    assert await tablet.code_of(asked, tablet.proof(asked, SeedSigner(b"t" * 32))) == "401 signature_invalid"
    answer = await tablet.ask(asked, tablet.proof(asked))
    assert answer.status_code == 200
    assert signing.is_hex(answer.json()["core_key"], 32)


async def test_a_device_of_an_older_app_brings_its_key_with_the_next_refresh(tablet):
    with tablet.database.write() as connection:
        connection.execute(t.devices.update().values(public_key=""))
    told = f'{{"refresh_token":"{tablet.enrolment.refresh_token}","public_key":"{KEY.public_key}"}}'
    asked = Asked("POST", "/device/v1/token", told.encode())
    assert await tablet.code_of(asked, tablet.proof(asked, SeedSigner(b"t" * 32))) == "401 signature_invalid"
    answer = await tablet.ask(asked, tablet.proof(asked))
    tablet.enrolment = Enrolment(**answer.json())
    assert await tablet.code_of(PULL, {}) == "401 signature_missing"
    assert await tablet.code_of(PULL, tablet.proof(PULL)) == ""


def test_what_was_heard_is_forgotten_when_its_time_is_over():
    proofs, device = Proofs(), Device("d", 0, "", public_key=KEY.public_key)
    for minute in range(0, 120, 3):
        at = NOW + timedelta(minutes=minute)
        proofs.check(device, PULL, proof_headers(KEY, PULL, at, f"{minute:024}"), at)
    assert len(proofs._used) + len(proofs._before) < 12
