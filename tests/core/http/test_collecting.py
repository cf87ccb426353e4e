"""What is said without a token, and refunds at head office."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain.collection import Waiting
from core.domain.own_codes import payload, receipt
from core.store import tables as t
from core.store.database import Database
from tests.core.http.headquarters import Office
from tests.core.service.collect_world import collection_of, events, expire, handover, prepared, tasks_of, until
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import tell
from tests.support.core import NOW
from tests.support.http import client_of


@pytest.fixture
def shop(sqlite_database: Database) -> Office:
    return Office(sqlite_database, build_delivery_world(sqlite_database))


async def test_a_customer_is_here_and_learns_nothing_but_that_it_is_ready(shop: Office):
    ready = prepared(shop.database, shop.world)
    async with client_of(shop.app) as client:
        for where in ("bay 3", "bay 3", "desk"):
            answer = await client.post("/v1/arrivals", json={"code": ready.pick_up_code, "where": where})
            assert (answer.status_code, answer.json()) == (200, {"ready": True})
            shop.clock.at += timedelta(minutes=1)
    assert collection_of(shop.database, ready.order_id).waiting == Waiting(NOW, "desk")
    here = [event for event in events(shop.database, ready.order_id) if event.name == "CustomerIsHere"]
    assert [(event.data["where"], event.location_id) for event in here] == [
        ("bay 3", shop.world.lille), ("desk", shop.world.lille),
    ]  # fmt: skip


async def test_who_guesses_codes_is_slowed_down_and_what_is_over_is_unknown(shop: Office):
    ready = prepared(shop.database, shop.world)
    expire(shop.database, ready, until(ready))
    async with client_of(shop.app) as client:
        codes = [ready.pick_up_code, *(f"{number:012}" for number in range(19))]
        answers = [await client.post("/v1/arrivals", json={"code": code}) for code in codes]
        assert {(one.status_code, one.json()["code"]) for one in answers} == {(404, "pick_up_code_unknown")}
        more = await client.post("/v1/arrivals", json={"code": ready.pick_up_code})
        assert (more.status_code, more.json()["code"]) == (429, "too_many_attempts")
        assert (await client.post("/v1/arrivals", json={"code": "1' OR 1"})).status_code == 422


async def test_a_webhook_about_nothing_changes_nothing(shop: Office):
    async with client_of(shop.app) as client:
        assert (await client.post("/v1/payments/pokes", json={"id": "x", "state": "captured"})).status_code == 204


async def test_head_office_lists_refunds_and_closes_them(shop: Office):
    ready = prepared(shop.database, shop.world)
    tell(shop.database, handover(ready, 1, refused=1))
    (task,) = (await shop.get("/v1/order-tasks?kind=refund"))["items"]
    price = ready.lines[0].unit_price_minor
    assert task["refunds"] == [
        {"method": "elsewhere", "amount_minor": price, "currency": "EUR", "state": "to_give_back", "error": ""}
    ]
    assert (await shop.get("/v1/order-tasks?kind=hold"))["items"] == []
    path = f"/v1/order-tasks/{task['id']}/close"
    assert (await shop.send("POST", path)).status_code == 200
    assert (await shop.send("POST", path)).json()["code"] == "order_task_closed"
    assert tasks_of(shop.database, ready.order_id) == []
    with shop.database.read() as connection:
        k = t.order_tasks.c
        assert connection.execute(select(k.closed_by).where(k.id == task["id"])).scalar_one() == "usr-head"


async def test_head_office_scans_a_receipt_and_reads_its_order(shop: Office):
    ready = prepared(shop.database, shop.world)
    for code in (receipt(ready.number, ready.id), payload("receipt", ready.id)):
        assert (await shop.get(f"/v1/orders/{code}"))["id"] == ready.order_id
    unknown = await shop.send("GET", "/v1/orders/comptoir:receipt:X-1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "order_unknown")
