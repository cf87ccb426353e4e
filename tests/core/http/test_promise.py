"""The delivery promise and its terms over HTTP."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from core.domain.permissions import Permission
from core.http.office import promise as routes
from core.store import tables as t
from core.store.database import Database
from tests.core.http import headquarters
from tests.core.http.headquarters import Office, order
from tests.core.service.delivery_world import build_delivery_world


@pytest.fixture
def shop(database: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(headquarters, "build_world", build_delivery_world)
    return Office(database)


def basket(**more: Any) -> dict[str, Any]:
    to = {"country": "FR", "postcode": "69003", "town": "Lyon"}
    return {"division_id": "div-nord", "destination": to, "lines": [{"sku": "SKU-1", "quantity": 1}]} | more


async def test_one_call_tells_a_product_page_all_there_is_to_choose(shop: Office):
    answer = await shop.send("POST", "/v1/promise", basket())
    assert answer.status_code == 200, answer.text
    told = answer.json()
    routes.PromiseView.model_validate(told)
    standard = told["options"][0]
    assert (standard["method"], standard["day"], standard["cutoff_in_s"]) == ("standard", "2026-05-06", 3 * 3600)
    seconds = datetime.fromisoformat(standard["cutoff_at"]) - datetime.fromisoformat(told["at"])
    assert seconds.total_seconds() == standard["cutoff_in_s"]
    assert standard["parts"][0]["lines"] == {"SKU-1": 1}
    warm = await shop.send("POST", "/v1/promise", basket(methods=["express"]))
    assert [one["method"] for one in warm.json()["options"]] == ["express"]


async def test_a_key_that_may_read_stock_may_ask_and_others_may_not(shop: Office):
    key = (await shop.send("POST", "/v1/keys", {"name": "shop", "permissions": [Permission.READ_STOCK]})).json()
    other = (await shop.send("POST", "/v1/keys", {"name": "crm", "permissions": [Permission.READ_CUSTOMERS]})).json()
    for token, status in ((key["key"], 200), (other["key"], 403)):
        answer = await shop.send("POST", "/v1/promise", basket(), Authorization=f"Bearer {token}")
        assert answer.status_code == status


async def test_missing_data_and_a_database_that_is_away_are_no_error_pages(
    shop: Office, monkeypatch: pytest.MonkeyPatch
):
    await shop.send("POST", "/v1/promise", basket())
    nothing = await shop.send("POST", "/v1/promise", basket(destination={}, lines=[{"sku": "nothing"}]))
    assert nothing.status_code == 200
    assert nothing.json()["refused"][0]["reasons"][0]["code"] == "sku_unknown"

    def away(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    monkeypatch.setattr("core.service.promise.articles_of", away)
    dark = await shop.send("POST", "/v1/promise", basket())
    assert dark.status_code == 200
    assert "stock_unreadable" in dark.json()["degraded"]
    unknown = await shop.send("POST", "/v1/promise", basket(division_id="nobody"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "division_unknown")


async def test_an_order_is_placed_with_its_promise(shop: Office):
    chosen = (await shop.send("POST", "/v1/promise", basket())).json()["options"][0]
    body = order(number="N-1", delivery={"method": "standard", "latest_at": chosen["latest_at"]})
    body["ship_to"] |= {"town": "Lyon", "postcode": "69003"}
    made = await shop.send("POST", "/v1/orders", body)
    assert made.status_code == 201, made.text
    kept = await shop.get("/v1/orders/N-1/promise")
    assert kept["state"] == "kept"
    assert datetime.fromisoformat(kept["latest_at"]) == datetime.fromisoformat(chosen["latest_at"])
    due = datetime.fromisoformat(made.json()["target_at"])
    assert due == datetime.fromisoformat(kept["target_at"])
    await shop.send("POST", "/v1/orders", order(number="N-2", lines=[{"sku": "SKU-1", "quantity": 100}]))
    by_default = await shop.get("/v1/orders/N-2/promise")
    assert (by_default["method"], by_default["degraded"]) == ("standard", ["method_by_default", "price_unknown"])
    await shop.send("POST", "/v1/orders", order(number="N-3"))  # nothing is left of it
    without = await shop.send("GET", "/v1/orders/N-3/promise")
    assert (without.status_code, without.json()["code"]) == (404, "promise_unknown")


async def test_terms_are_written_by_head_office_with_keys_and_versions(shop: Office):
    carrier = await shop.send("POST", "/v1/carriers", {"code": "swift", "name": "Swift"})
    assert carrier.status_code == 201, carrier.text
    zone = {"code": "FR", "countries": ["FR"], "days": [1, 1], "grid": [[30_000, 100]]}
    service = await shop.send("POST", "/v1/carriers/swift/services", {"code": "day", "body": {"zones": [zone]}})
    assert service.status_code == 201, service.text
    method = {"code": "swift", "kind": "home", "service_id": "swift:day", "position": 20}
    first = await shop.send("POST", "/v1/delivery-methods", method, Idempotency_Key="once")
    again = await shop.send("POST", "/v1/delivery-methods", method, Idempotency_Key="once")
    assert (first.status_code, again.json()) == (201, first.json())
    found = (await shop.send("POST", "/v1/promise", basket())).json()["options"][-1]
    assert (found["method"], found["price_minor"]) == ("swift", 100)
    path = f"/v1/delivery-methods/{first.json()['id']}"
    off = await shop.send("PATCH", path, {"active": False}, If_Match=first.headers["etag"])
    assert (off.status_code, off.headers["etag"]) == (200, '"2"')
    stale = await shop.send("PATCH", path, {"position": 1}, If_Match=first.headers["etag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    renamed = await shop.send("PATCH", "/v1/carriers/swift", {"name": "Swifter"}, If_Match='"1"')
    wider = await shop.send("PATCH", "/v1/carrier-services/swift:day", {"body": {"zones": []}}, If_Match='"1"')
    assert (renamed.json()["name"], wider.json()["body"]) == ("Swifter", {"zones": []})
    wrong = await shop.send("POST", "/v1/carriers/swift/services", {"code": "x", "body": {"pickup_time": "late"}})
    assert (wrong.status_code, wrong.json()["params"]["field"]) == (422, "pickup_time")
    everything = await shop.get("/v1/delivery")
    assert {one["code"] for one in everything["methods"]} >= {"standard", "swift"}


async def test_prices_have_steps_by_weight_and_count_the_room_a_parcel_takes(shop: Office):
    """SKU-1 weighs 200 g; 40 x 30 x 20 cm are 24,000 cm3, which are priced as 4,800 g at 5,000 cm3 a kg."""
    with shop.database.write() as connection:
        sides = {"length_mm": 400, "width_mm": 300, "height_mm": 200}
        connection.execute(update(t.variants).where(t.variants.c.id == "SKU-1").values(sides))
    path = "/v1/carrier-services/colis-hexa:express"
    (service,) = [one for one in (await shop.get("/v1/delivery"))["services"] if one["id"] == "colis-hexa:express"]
    prices = []
    for version, cm3_per_kg in enumerate((0, 5_000, 4_000), 1):
        body = service["body"] | {"cm3_per_kg": cm3_per_kg}
        changed = await shop.send("PATCH", path, {"body": body}, If_Match=f'"{version}"')
        assert changed.status_code == 200, changed.text
        (option,) = (await shop.send("POST", "/v1/promise", basket(methods=["express"]))).json()["options"]
        prices.append(option["price_minor"])
    assert prices == [990, 1_290, 2_490]
    wrong = await shop.send("PATCH", path, {"body": service["body"] | {"cm3_per_kg": -1}}, If_Match='"4"')
    assert (wrong.status_code, wrong.json()["params"]["field"]) == (422, "cm3_per_kg")


async def test_a_price_is_asked_for_in_a_currency_and_says_its_tax(shop: Office):
    (method,) = [one for one in (await shop.get("/v1/delivery"))["methods"] if one["code"] == "standard"]
    path = f"/v1/delivery-methods/{method['id']}"
    lists = [{"currency": "CHF", "tax": "excluded", "tax_bp": {"FR": 2000}, "grid": [[30_000, 1_000]]}]
    changed = await shop.send("PATCH", path, {"body": method["body"] | {"prices": lists}}, If_Match='"1"')
    assert changed.status_code == 200, changed.text
    asked = basket(methods=["standard"], currency="CHF")
    (option,) = (await shop.send("POST", "/v1/promise", asked)).json()["options"]
    assert (option["price_minor"], option["tax_minor"], option["tax_bp"], option["currency"]) == (
        1200,
        200,
        2000,
        "CHF",
    )
    (plain,) = (await shop.send("POST", "/v1/promise", basket(methods=["standard"]))).json()["options"]
    assert (plain["price_minor"], plain["tax_minor"], plain["currency"]) == (490, None, "EUR")
    for wrong, field in (
        ([{"currency": "CHF", "price_minor": 1}], "tax"),
        ([{"currency": "francs", "tax": "included", "price_minor": 1}], "currency"),
        ([{"currency": "CHF", "tax": "included"}], "prices"),
        ([{"currency": "CHF", "tax": "included", "price_minor": 1, "tax_bp": {"FR": "20 %"}}], "FR"),
        (["CHF"], "prices"),
    ):
        refused = await shop.send("PATCH", path, {"body": {"prices": wrong}}, If_Match='"2"')
        assert (refused.status_code, refused.json()["params"]["field"]) == (422, field)


async def test_a_retailer_without_any_carrier_gets_an_empty_answer(office: Office):
    with office.database.write() as connection:
        connection.execute(delete(t.carriers))
    answer = await office.send("POST", "/v1/promise", basket())
    assert (answer.status_code, answer.json()["options"]) == (200, [])
