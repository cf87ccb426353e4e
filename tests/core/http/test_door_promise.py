"""A promise by the door is answered as its route answers; whatever is not simple goes on to the app, body and all."""

from typing import Any

import orjson
import pytest
from sqlalchemy import insert

from core.http import door
from core.service import atp_projection, sessions, stock_book
from core.service.sessions import Principal
from core.store import tables as t
from core.store.database import Database
from tests.core.http import headquarters
from tests.core.http.headquarters import Office
from tests.core.http.test_promise import basket
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import place
from tests.support.core import NOW

PROMISE = "/v1/promise"


@pytest.fixture
def shop(database: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An integrator whose key may read stock."""
    monkeypatch.setattr(headquarters, "build_world", build_delivery_world)
    office = Office(database)
    with database.write() as connection:
        web = {"id": "web", "division_id": office.world.division, "code": "web"}
        connection.execute(insert(t.virtual_catalogues), [web])
        atp_projection.rebuild(connection, stock_book.step(connection))
    office.token = key_with(database, "read_stock")
    return office


def key_with(database: Database, permission: str) -> str:
    owner = Principal("owner", "Owner", "", "acc", frozenset({permission}))
    with database.write() as connection:
        made = sessions.create_key(connection, owner, permission, [permission], NOW)
    assert isinstance(made, tuple)
    return made[1]


def opened(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the door itself answered, question by question."""
    heard: list[bool] = []
    answer = door.HANDLERS["POST", PROMISE]

    async def noted(*asked: Any) -> Any:
        found = await answer(*asked)
        heard.append(found is not None)
        return found

    monkeypatch.setattr(door, "HANDLERS", {("POST", PROMISE): noted})
    return heard


async def test_the_door_and_the_route_give_the_same_answer(shop: Office, monkeypatch: pytest.MonkeyPatch):
    heard = opened(monkeypatch)
    bodies: list[Any] = [
        basket(),
        basket(lines=[{"sku": "SKU-1", "quantity": 9}, {"sku": "SKU-2"}]),
        basket(destination={}),
        basket(methods=["standard"]),
        basket(lines=[{"sku": "nothing"}]),
        basket(division_id="nobody"),
        basket(channel="no such channel"),
        basket(unknown=1),
        basket(lines=[]),
        b"{",
    ]
    await shop.send("POST", "/v1/promise", basket())  # the network is read, the key is trusted
    heard.clear()
    by_door = [await ask(shop, body) for body in bodies]
    assert any(heard) is shop.database.is_sqlite
    assert not any(heard[5:]), "refusals are the app's"
    monkeypatch.setattr(door, "HANDLERS", {})
    by_route = [await ask(shop, body) for body in bodies]
    assert [answer.status_code for answer in by_door] == [200] * 5 + [404, 200, 422, 422, 422]
    for one, other in zip(by_door, by_route, strict=True):
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert {name: one.headers[name] for name in other.headers} == dict(other.headers)


async def ask(shop: Office, body: Any) -> Any:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await shop.send("POST", "/v1/promise", content, Content_Type="application/json")


async def test_who_may_not_ask_is_refused_by_the_app(shop: Office, database: Database):
    await ask(shop, basket())
    shop.token = key_with(database, "read_orders")
    for _ in range(2):
        assert (await ask(shop, basket())).status_code == 403
    shop.token = "nobody"
    assert (await ask(shop, basket())).status_code == 401


async def test_what_was_sold_meanwhile_is_not_promised(
    shop: Office, database: Database, monkeypatch: pytest.MonkeyPatch
):
    """Stock is read at every question, by the door too."""
    heard = opened(monkeypatch)
    first = (await ask(shop, basket(lines=[{"sku": "SKU-1"}]))).json()
    assert first["options"]
    place(database, shop.world, {"SKU-1": 100})
    after = (await ask(shop, basket(lines=[{"sku": "SKU-1"}]))).json()
    assert after["options"] == []
    assert heard[-1] is database.is_sqlite
