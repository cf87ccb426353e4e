import pytest
from sqlalchemy import select

from core.store import tables as t
from tests.core.service.office import place
from tests.support.http import client_of


@pytest.fixture
async def client(paired):
    async with client_of(paired.app, paired.token) as client:
        yield client


async def test_a_tablet_reads_the_story_of_its_store_s_order_and_of_no_other(client, paired):
    for location_id in (paired.world.lille, paired.world.lyon):
        place(paired.database, paired.world, {"SKU-1": 1}, location_id=location_id)
    f = t.fulfilments.c
    with paired.database.read() as connection:
        works = dict(connection.execute(select(f.location_id, f.id)).all())
    mine = await client.get(f"/device/v1/stories/fulfilment/{works[paired.world.lille]}")
    assert mine.status_code == 200
    assert mine.json()["lines"][0]["code"] == "OrderReceived"
    other = await client.get(f"/device/v1/stories/fulfilment/{works[paired.world.lyon]}")
    assert (other.status_code, other.json()["code"]) == (404, "fulfilment_unknown")
    assert (await client.get("/device/v1/stories/customer/c1")).status_code == 422


async def test_a_stranger_reads_nothing(paired):
    async with client_of(paired.app, "") as client:
        assert (await client.get("/device/v1/stories/fulfilment/f1")).status_code == 401
