import gzip

import orjson
import pytest
from sqlalchemy import update

from core.contract import commands as c
from core.contract.sync import MAX_PUSH_BYTES
from core.service import envelope
from core.service.devices import Device
from core.store import tables as t
from tests.support.core import Sender, put_fulfilment
from tests.support.http import client_of


def a_scan(paired, **changes) -> dict:
    device = Device(paired.enrolment.device_id, 0, paired.world.lille)
    command = Sender(device, paired.world.ana).command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE))
    return envelope.as_json(command) | changes


async def pulled(client, cursor=None, group="main", **headers) -> list[dict]:
    answer = await client.post("/sync/v1/pull", json={"group": group, "cursor": cursor, "wire": 1}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [orjson.loads(line) for line in answer.content.splitlines()]


async def test_push_then_pull_brings_the_effect_and_the_verdict(paired):
    put_fulfilment(paired.database, paired.world)
    async with client_of(paired.app, paired.token) as client:
        cursor = (await pulled(client))[-1]["cursor"]
        scan = a_scan(paired)
        answer = await client.post("/sync/v1/push", json={"commands": [scan], "wire": 1})
        assert answer.json() == {
            "answers": [{"id": scan["id"], "verdict": "accepted", "code": "picked", "params": {"remaining": 1},
                         "after_ms": 0}],
            "server_time": "2026-05-04T09:00:00+00:00",
        }  # fmt: skip
        frames = await pulled(client, cursor)
    assert frames[0] == {"full": False, "ranges": [], "t": "head"}
    rows = {(frame["e"], row[0]): row[2] for frame in frames if frame["t"] == "put" for row in frame["rows"]}
    assert rows["verdict", scan["id"]]["verdict"] == "accepted"
    assert rows["fulfilment", "f-1"]["lines"][0]["picked"] == 1
    assert frames[-1]["t"] == "commit"


async def test_frames_come_compressed_to_who_takes_it(paired):
    async with client_of(paired.app, paired.token) as client:
        request = client.build_request("POST", "/sync/v1/pull", json={"group": "main", "cursor": None})
        request.headers["Accept-Encoding"] = "gzip"
        answer = await client.send(request, stream=True)
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        plain = await pulled(client, **{"Accept-Encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert [orjson.loads(line)["t"] for line in gzip.decompress(raw).splitlines()] == [frame["t"] for frame in plain]


async def test_another_history_is_a_reset(paired):
    async with client_of(paired.app, paired.token) as client:
        cursor = (await pulled(client))[-1]["cursor"]
        with paired.database.write() as connection:
            connection.execute(update(t.sync_clocks).values(epoch="other"))
        answers = [
            await client.post("/sync/v1/pull", json={"group": "main", "cursor": cursor}),
            await client.post("/sync/v1/push", json={"commands": [a_scan(paired)], "seen": cursor}),
        ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "history_reset")}


@pytest.mark.parametrize("wire", [0, 2, "1", None])
async def test_another_wire_version_is_told(paired, wire):
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/push", json={"commands": [], "wire": wire})
    assert answer.status_code == 426
    assert answer.json()["code"] == ("core_outdated" if wire == 2 else "wire_unsupported")


async def test_a_pull_of_another_wire_version_is_told(paired):
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/pull", json={"group": "main", "cursor": None, "wire": 9})
    assert (answer.status_code, answer.json()["params"]) == (426, {"oldest": 1, "newest": 1})


async def test_too_many_commands_and_too_many_bytes_are_413(paired):
    async with client_of(paired.app, paired.token) as client:
        many = await client.post("/sync/v1/push", json={"commands": [a_scan(paired)] * 201})
        big = await client.post("/sync/v1/push", json={"commands": [], "x": "x" * MAX_PUSH_BYTES})
    assert (many.status_code, many.json()["code"]) == (413, "too_many_commands")
    assert (big.status_code, big.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"commands": 1}', b'{"commands": [1]}', b'{"commands": [{}]}'])
async def test_a_body_that_is_no_push_is_malformed(paired, body):
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/push", content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_one_unreadable_command_does_not_stop_the_others(paired):
    put_fulfilment(paired.database, paired.world)
    batch = [a_scan(paired, id="x-1", name="Teleport"), a_scan(paired, id="x-2", arguments={}), a_scan(paired)]
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/push", json={"commands": batch})
    codes = [one["code"] for one in answer.json()["answers"]]
    assert codes == ["unsupported_command", "malformed", "picked"]


async def test_an_unknown_group_is_malformed(paired):
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/pull", json={"group": "everything", "cursor": None})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
