from datetime import timedelta

import pytest

from core.store import tables as t
from tests.core.http.headquarters import Office, order
from tests.core.service.office import fulfilments_of
from tests.core.service.shops import pass_time, publish
from tests.support.core import NOW, put


@pytest.fixture
async def offer(office: Office) -> dict:
    """Of an order of two shirts, to the stores in Lille and Lyon."""
    publish(office.database, office.world, {})
    with office.database.write() as connection:
        put(connection, t.reasons, id="busy", account_id="acc", usage="decline", labels={"en": "Busy"})
    answer = await office.send("POST", "/v1/orders", order())
    assert answer.json()["state"] == "on_offer", answer.text
    (found,) = (await office.get("/v1/offers?state=open"))["items"]
    return found


async def test_head_office_sees_who_is_asked_and_why(office: Office, offer):
    seen = await office.get(f"/v1/offers/{offer['id']}")
    assert {store["location_id"] for store in seen["stores"]} == {"loc-lille", "loc-lyon"}
    assert {one["code"] for one in seen["ranking"]} == {"asked"}
    assert (seen["lines"][0]["sku"], seen["lines"][0]["units"], seen["value_minor"]) == ("SKU-1", 2, 3980)
    assert (await office.send("GET", "/v1/offers/nothing")).json()["code"] == "offer_unknown"
    assert (await office.get(f"/v1/offers?order_id={offer['order_id']}"))["items"] == [offer]


async def test_it_answers_in_the_name_of_a_store_and_a_repeated_claim_is_answered_alike(office: Office, offer):
    path = f"/v1/offers/{offer['id']}"
    lyon = {"location_id": "loc-lyon"}
    first = await office.send("POST", f"{path}/claim", lyon, Idempotency_Key="once")
    again = await office.send("POST", f"{path}/claim", lyon, Idempotency_Key="once")
    assert (first.status_code, first.json()["winner"]) == (200, "loc-lyon")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    beaten = await office.send("POST", f"{path}/claim", {"location_id": "loc-lille"})
    assert (beaten.status_code, beaten.json()["code"]) == (409, "taken_by")
    assert beaten.json()["params"] == {"taken_by": "Lyon"}
    back = await office.send("POST", f"{path}/release", lyon | {"reason": "busy"})
    assert (back.status_code, back.json()["state"]) == (200, "released")
    assert [f.state for f in fulfilments_of(office.database, offer["order_id"])] == ["rejected"]
    (new,) = (await office.get("/v1/offers?state=open"))["items"]
    lille = {"location_id": "loc-lille", "reason": "busy"}
    declined = await office.send("POST", f"/v1/offers/{new['id']}/decline", lille)
    assert declined.json()["refused"] == ["loc-lille", "loc-lyon"]
    assert (await office.get(f"/v1/orders/{offer['order_id']}"))["state"] == "waiting_for_stock"


async def test_who_was_never_asked_cannot_claim(office: Office, offer):
    refused = await office.send("POST", f"/v1/offers/{offer['id']}/claim", {"location_id": "nowhere"})
    assert (refused.status_code, refused.json()["code"]) == (404, "offer_unknown")
    assert NOW.isoformat()[:10] in offer["expires_at"]


async def test_a_store_that_is_closed_in_the_office_leaves_its_offers(office: Office, offer):
    path = "/v1/locations/loc-lyon"
    version = (await office.send("GET", path)).headers["etag"]
    closed = await office.send("PATCH", path, {"active": False}, If_Match=version)
    assert closed.status_code == 200
    pass_time(office.database, NOW)
    seen = await office.get(f"/v1/offers/{offer['id']}")
    told = {store["location_id"]: (store["answer"], store["reason"]) for store in seen["stores"]}
    assert told == {"loc-lille": ("", ""), "loc-lyon": ("withdrawn", "location_closed")}
    assert seen["holder"] == "loc-lille"


async def test_head_office_sees_how_stores_answer(office: Office, offer):
    await office.send("POST", f"/v1/offers/{offer['id']}/decline", {"location_id": "loc-lyon", "reason": "busy"})
    office.clock.at += timedelta(minutes=1)
    found = {one["location_id"]: one for one in await office.get("/v1/offers/figures?days=1")}
    assert (found["loc-lyon"]["declined"], found["loc-lyon"]["median_answer_s"]) == (1, 0)
    assert (found["loc-lille"]["asked"], found["loc-lille"]["median_answer_s"]) == (1, None)
    assert await office.get("/v1/offers/figures?division_id=another") == []
