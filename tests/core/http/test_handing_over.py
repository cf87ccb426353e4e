"""A device that was shut out may give, and is given nothing."""

import secrets
from base64 import b64encode
from dataclasses import replace
from zlib import compress

import orjson
import pytest
from sqlalchemy import select

from core.contract.commands import How, ScanItem
from core.contract.ids import uuid7
from core.contract.signing import DEVICE, Asked
from core.contract.sync import Enrolment, Group, PushRequest
from core.http.app import create_app
from core.http.limits import Limit
from core.service import cursors, devices
from core.service.devices import Device
from core.store import tables as t
from core.store.standing import stand
from sync.codec import encode_request, opaque
from sync.signing import SeedSigner, is_wipe_order, proof_headers
from tests.support.core import NOW, Sender, build_world, put_fulfilment
from tests.support.http import Clock, client_of

KEY = SeedSigner(b"k" * 32)
PATH = "/sync/v1/quarantine"


class Tablet:
    def __init__(self, database) -> None:
        self.database, self.clock, self.world = database, Clock(NOW), build_world(database)
        self.app = create_app(database, now=self.clock)
        put_fulfilment(database, self.world)
        code = devices.create_code(database, self.world.lille, NOW)
        enrolled = devices.enrol(database, devices.Applicant(code, public_key=KEY.public_key), NOW)
        assert isinstance(enrolled, Enrolment)
        self.enrolment = enrolled
        self.sender = Sender(Device(enrolled.device_id, 0, self.world.lille), self.world.ana)

    def scans(self, count: int) -> bytes:
        made = tuple(self.sender.command(ScanItem("f-1", "f-1-l0", 1, How.TAP)) for _ in range(count))
        return encode_request(PushRequest(made))

    async def send(self, body: bytes, path: str = PATH, signer=KEY, **headers: str):
        asked = Asked("POST", path, body)
        proof = proof_headers(signer, asked, self.clock.at, secrets.token_hex(12))
        named = {DEVICE: self.enrolment.device_id} | headers
        async with client_of(self.app, self.enrolment.access_token) as client:
            return await client.post(path, content=body, headers=proof | named)

    def kept(self) -> list[tuple[str, str, str]]:
        q = t.quarantine.c
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(select(q.id, q.device_id, q.code).order_by(q.id))]


@pytest.fixture
def tablet(database) -> Tablet:
    """On SQLite and on PostgreSQL."""
    return Tablet(database)


async def test_what_is_handed_over_is_kept_attributed_and_has_no_effect(tablet):
    devices.revoke(tablet.database, tablet.enrolment.device_id, NOW)
    body = tablet.scans(2)
    for _ in range(2):  # the answer of the first may be lost
        answer = await tablet.send(body)
        assert [(a["verdict"], a["code"]) for a in answer.json()["answers"]] == [("attention", "device_revoked")] * 2
    id = tablet.enrolment.device_id
    assert tablet.kept() == [(f"{id}-c1", id, "device_revoked"), (f"{id}-c2", id, "device_revoked")]
    with tablet.database.read() as connection:
        assert set(connection.execute(select(t.fulfilment_lines.c.picked)).scalars()) == {0}


async def test_one_command_may_come_as_bytes_that_nothing_on_the_way_can_read(tablet):
    command = tablet.sender.command(ScanItem("f-1", "f-1-l0", 1, How.TAP))
    told = opaque(command)
    assert command.id not in told.opaque
    # From a device that works: no push of it brought the command to the core.
    assert (await tablet.send(encode_request(told))).json()["answers"][0]["code"] == "internal"
    devices.revoke(tablet.database, tablet.enrolment.device_id, NOW)
    later = tablet.sender.command(ScanItem("f-1", "f-1-l0", 1, How.TAP))
    assert (await tablet.send(encode_request(opaque(later)))).json()["answers"][0]["code"] == "device_revoked"
    id = tablet.enrolment.device_id
    assert tablet.kept() == [(command.id, id, "internal"), (later.id, id, "device_revoked")]
    # The same as a push would have brought: sent again as it is, it is known.
    again = await tablet.send(encode_request(PushRequest((command, later))))
    assert [answer["code"] for answer in again.json()["answers"]] == ["internal", "device_revoked"]


async def test_an_empty_batch_is_answered(sqlite_database):
    tablet = Tablet(sqlite_database)
    assert (await tablet.send(encode_request(PushRequest(())))).json()["answers"] == []


@pytest.mark.parametrize(
    "packed",
    [b"no base64!", b64encode(b"no zlib"), b64encode(compress(b"no json")), b64encode(compress(b"[" + b" " * 2**20)),
     b64encode(compress(b'{"id":1}')), b64encode(compress(b"{}")[:-3])],
)  # fmt: skip
async def test_bytes_that_are_no_command_are_refused(packed, sqlite_database):
    answer = await Tablet(sqlite_database).send(orjson.dumps({"opaque": packed.decode()}))
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_what_was_decided_before_stays_decided(tablet):
    body = tablet.scans(1)
    assert (await tablet.send(body, "/sync/v1/push")).json()["answers"][0]["verdict"] == "accepted"
    devices.revoke(tablet.database, tablet.enrolment.device_id, NOW)
    assert (await tablet.send(body)).json()["answers"][0]["verdict"] == "accepted"
    assert tablet.kept() == []


async def test_a_core_that_lost_what_it_had_decided_asks_for_everything(tablet):
    devices.revoke(tablet.database, tablet.enrolment.device_id, NOW)
    made = (tablet.sender.command(ScanItem("f-1", "f-1-l0", 1, How.TAP)),)
    cursor = cursor_of_another_history(tablet.database)
    answer = await tablet.send(encode_request(PushRequest(made, seen=cursor)))
    assert (answer.status_code, answer.json()["code"], tablet.kept()) == (409, "history_reset", [])
    answer = await tablet.send(encode_request(PushRequest(made)))
    assert (answer.status_code, len(tablet.kept())) == (200, 1)


def cursor_of_another_history(database) -> str:
    with database.read() as connection:
        now = cursors.cursor_now(stand(connection, (), ""), Group.MAIN, ())
    return replace(now, k=uuid7(NOW, b"lost-proof")).text()


async def test_only_the_device_itself_hands_over(sqlite_database):
    tablet = Tablet(sqlite_database)
    body = tablet.scans(1)
    stranger = SeedSigner(b"s" * 32)
    assert (await tablet.send(body, signer=stranger)).json()["code"] == "signature_invalid"
    assert (await tablet.send(body, **{DEVICE: "dev-nobody"})).json()["code"] == "signature_missing"
    assert tablet.kept() == []


async def test_a_revoked_device_is_given_nothing_but_the_order_to_wipe(sqlite_database):
    tablet = Tablet(sqlite_database)
    devices.revoke(tablet.database, tablet.enrolment.device_id, NOW)
    refresh = orjson.dumps({"refresh_token": tablet.enrolment.refresh_token})
    pull = b'{"group":"main","cursor":null}'
    for path, body in (("/sync/v1/pull", pull), ("/sync/v1/push", tablet.scans(1)), ("/device/v1/token", refresh)):
        answer = await tablet.send(body, path, **{"Content-Type": "application/json"})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (403, "device_revoked")
        told = problem["params"]
        order = (tablet.enrolment.device_id, told["wipe_at_ms"], told["wipe"])
        assert is_wipe_order(tablet.enrolment.core_key, *order)


async def test_a_suspended_device_is_not_told_to_wipe(sqlite_database):
    tablet = Tablet(sqlite_database)
    with sqlite_database.write() as connection:
        connection.execute(t.devices.update().values(state="suspended"))
    answer = await tablet.send(tablet.scans(1), "/sync/v1/push")
    assert (answer.json()["code"], answer.json()["params"]) == ("device_suspended", {})


async def test_what_is_handed_over_is_bounded(sqlite_database):
    tablet = Tablet(sqlite_database)
    assert (await tablet.send(tablet.scans(201))).json()["code"] == "too_many_commands"
    assert (await tablet.send(b" " * (256 * 1024 + 1))).json()["code"] == "body_too_large"
    assert (await tablet.send(b"[1,")).json()["code"] == "malformed"
    tablet.app.state.handed_over = Limit(2)
    answers = [await tablet.send(tablet.scans(1)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) == 601
