"""A push by the door is answered as its route answers; whatever is no push goes on to the app."""

import orjson

from core.contract import commands as c
from core.http import door
from core.service import envelope
from core.service.devices import Device
from tests.support.core import Sender, put_fulfilment
from tests.support.http import client_of


def a_push(paired, number: int) -> bytes:
    device = Device(paired.enrolment.device_id, 0, paired.world.lille)
    command = Sender(device, paired.world.ana).command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE), id=f"scan-{number}")
    return orjson.dumps({"commands": [envelope.as_json(command)], "wire": 1})


async def test_the_door_and_the_route_give_the_same_answer(paired, monkeypatch):
    put_fulfilment(paired.database, paired.world)
    bodies = [a_push(paired, 1), b"{", orjson.dumps({"commands": [], "wire": 9})]
    async with client_of(paired.app, paired.token) as client:
        by_door = [await client.post(door.PATH, content=body) for body in bodies]
        monkeypatch.setattr(door, "PATH", "/nowhere")
        by_route = [await client.post("/sync/v1/push", content=body) for body in bodies]
    assert [answer.status_code for answer in by_door] == [200, 422, 426]
    for one, other in zip(by_door, by_route, strict=True):
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert {name: one.headers[name] for name in other.headers} == dict(other.headers)


async def test_another_method_is_the_apps_to_refuse(paired):
    async with client_of(paired.app, paired.token) as client:
        assert (await client.get(door.PATH)).status_code == 405


async def test_a_fault_is_told_as_any_other(paired, monkeypatch):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr("core.http.sync.read_push", broken)
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post(door.PATH, content=a_push(paired, 1))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


async def test_who_hangs_up_in_the_middle_has_pushed_nothing(paired):
    heard = []
    said = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive():
        return next(said)

    async def send(message):
        heard.append(message)

    headers = [(b"authorization", f"Bearer {paired.token}".encode())]
    scope = {"type": "http", "path": door.PATH, "method": "POST", "headers": headers}
    await door.PushDoor(paired.app, paired.app.state)(scope, receive, send)
    assert heard[0]["status"] == 400
