"""A push by the door is answered as its route answers; whatever is no push goes on to the app."""

import orjson

from core.contract import commands as c
from core.http import door
from core.service import envelope
from core.service.devices import Device
from tests.core.http.headquarters import Office, order
from tests.support.core import Sender, put_fulfilment
from tests.support.http import client_of

PUSH = "/sync/v1/push"
ORDERS = "/v1/orders"


def a_push(paired, number: int) -> bytes:
    device = Device(paired.enrolment.device_id, 0, paired.world.lille)
    command = Sender(device, paired.world.ana).command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE), id=f"scan-{number}")
    return orjson.dumps({"commands": [envelope.as_json(command)], "wire": 1})


def close_door(monkeypatch):
    """Everything takes the way through the app."""
    monkeypatch.setattr(door.Door, "_handler_of", lambda *_: None)


async def test_the_door_and_the_route_give_the_same_answer(paired, monkeypatch):
    put_fulfilment(paired.database, paired.world)
    bodies = [a_push(paired, 1), b"{", orjson.dumps({"commands": [], "wire": 9})]
    async with client_of(paired.app, paired.token) as client:
        by_door = [await client.post(PUSH, content=body) for body in bodies]
        close_door(monkeypatch)
        by_route = [await client.post("/sync/v1/push", content=body) for body in bodies]
    assert [answer.status_code for answer in by_door] == [200, 422, 426]
    for one, other in zip(by_door, by_route, strict=True):
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert {name: one.headers[name] for name in other.headers} == dict(other.headers)


async def test_a_pull_by_the_door_is_answered_as_its_route_answers(paired, monkeypatch):
    bodies = [{"group": "main", "cursor": None}, {"group": "main", "cursor": None, "wire": 9}, {"group": "nothing"}]
    async with client_of(paired.app, paired.token) as client:
        await client.post("/sync/v1/pull", json=bodies[0])
        by_door = [await client.post("/sync/v1/pull", json=body) for body in bodies]
        close_door(monkeypatch)
        by_route = [await client.post("/sync/v1/pull", json=body) for body in bodies]
    assert [answer.status_code for answer in by_door] == [200, 426, 422]
    for one, other in zip(by_door, by_route, strict=True):
        assert one.status_code == other.status_code
        # But for the cursor, which has a proof of its own each time.
        assert one.content.splitlines()[:-1] == other.content.splitlines()[:-1]
        assert {*one.headers} == {*other.headers}


async def test_another_method_is_the_apps_to_refuse(paired):
    async with client_of(paired.app, paired.token) as client:
        assert (await client.get(PUSH)).status_code == 405


async def test_a_fault_is_told_as_any_other(paired, monkeypatch):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr("core.http.sync.read_push", broken)
    async with client_of(paired.app, paired.token) as client:
        answer = await client.post(PUSH, content=a_push(paired, 1))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


async def test_who_hangs_up_in_the_middle_has_pushed_nothing(paired):
    heard = []
    said = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive():
        return next(said)

    async def send(message):
        heard.append(message)

    headers = [(b"authorization", f"Bearer {paired.token}".encode())]
    scope = {"type": "http", "path": PUSH, "method": "POST", "headers": headers}
    await door.Door(paired.app, paired.app.state)(scope, receive, send)
    assert heard[0]["status"] == 400


async def test_an_order_by_the_door_is_answered_as_by_its_route(sqlite_database, monkeypatch):
    office = Office(sqlite_database)
    bodies = [
        (order(), {}),
        (order(), {"Idempotency_Key": ""}),
        (order(lines=[{"sku": "SKU-1", "quantity": 0}]), {}),
        (order(lines=[{"sku": "SKU-X", "quantity": 1}]), {}),
        (b"{", {}),
        (order(), {"Idempotency_Key": "k" * 201}),
        (order(), {"Authorization": "Bearer nobody"}),
        (order(), {"Authorization": ""}),
    ]
    by_door = [await office.send("POST", ORDERS, body, **headers) for body, headers in bodies]
    close_door(monkeypatch)
    by_route = [await office.send("POST", ORDERS, body, **headers) for body, headers in bodies]
    assert [one.status_code for one in by_door] == [201, 400, 422, 422, 422, 422, 401, 401]
    assert [one.status_code for one in by_route] == [one.status_code for one in by_door]
    for one, other in zip(by_door[1:], by_route[1:], strict=True):
        assert one.json()["code"] == other.json()["code"]
        assert one.json()["params"] == other.json()["params"]
    assert by_door[0].json().keys() == by_route[0].json().keys()


async def test_who_may_not_write_orders_does_not_get_in(sqlite_database):
    office = Office(sqlite_database)
    token = office.sign_in("nobody")
    answer = await office.send("POST", ORDERS, order(), Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
