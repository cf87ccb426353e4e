import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, insert, select

from core.contract import commands as c
from core.http.limits import Limit
from core.store import feed
from core.store import tables as t
from tests.core.http.headquarters import PASSWORD, Office, order
from tests.core.service.office import fulfilments_of, tell
from tests.support.http import client_of

OPEN_ROUTES = {("POST", "/v1/sessions"), ("POST", "/v1/arrivals"), ("POST", "/v1/payments/pokes")}


def office_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every (method, path) under /v1, with made-up ids."""
    found = []
    for path, operations in app.openapi()["paths"].items():
        if path.startswith("/v1/"):
            filled = re.sub(r"\{[^}]+\}", "x", path)
            found += [(method.upper(), filled) for method in operations]
    return sorted(found)


async def test_every_route_is_denied_without_a_token(office: Office):
    routes = [route for route in office_routes(office.app) if route not in OPEN_ROUTES]
    assert len(routes) > 40
    async with client_of(office.app) as client:
        for method, path in routes:
            answer = await client.request(method, path, headers={"Idempotency-Key": "k", "If-Match": '"1"'})
            assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


async def test_every_route_is_denied_to_who_has_no_role(office: Office):
    free = {("GET", "/v1/sessions/current"), ("DELETE", "/v1/sessions/current"), ("GET", "/v1/divisions")}
    free |= {("GET", "/v1/configuration"), *OPEN_ROUTES}
    async with client_of(office.app, office.sign_in("nobody")) as client:
        for method, path in office_routes(office.app):
            if (method, path) in free:
                continue
            answer = await client.request(method, path, headers={"Idempotency-Key": "k", "If-Match": '"1"'})
            assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted"), (method, path)


def test_the_api_describes_itself(office: Office):
    document = office.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/v1/"):
                assert operation["tags"], (method, path)
                assert operation["summary"], (method, path)
                assert "default" in operation["responses"], (method, path)
    assert document["components"]["schemas"]["OrderBody"]["examples"]
    assert document["components"]["securitySchemes"]


async def test_signing_in_and_out(office: Office):
    async with client_of(office.app) as client:
        made = await client.post("/v1/sessions", json={"login": "head", "password": PASSWORD})
        assert made.status_code == 201
        assert "read_orders" in made.json()["permissions"]
        signed = {"Authorization": f"Bearer {made.json()['token']}"}
        assert (await client.get("/v1/sessions/current", headers=signed)).json()["name"] == "Head"
        assert (await client.delete("/v1/sessions/current", headers=signed)).status_code == 204
        gone = await client.get("/v1/sessions/current", headers=signed)
        assert (gone.status_code, gone.json()["code"]) == (401, "token_invalid")
    office.clock.at += timedelta(hours=13)
    late = await office.send("GET", "/v1/orders")
    assert (late.status_code, late.json()["code"]) == (401, "token_expired")


async def test_who_guesses_passwords_is_locked_out(office: Office):
    async with client_of(office.app) as client:

        async def attempt(login: str, password: str) -> tuple[int, str]:
            answer = await client.post("/v1/sessions", json={"login": login, "password": password})
            return answer.status_code, answer.json().get("code", "")

        for login in ("head", "ghost"):
            answers = [await attempt(login, "wrong") for _ in range(5)]
            assert answers == [(401, "credentials_wrong")] * 5
        office.app.state.sign_in_failures = Limit(10)  # as from another address
        assert await attempt("head", PASSWORD) == (429, "sign_in_locked")
        assert await attempt("ghost", "wrong") == (429, "sign_in_locked")
        office.clock.at += timedelta(minutes=16)
        assert (await attempt("head", PASSWORD))[0] == 201


async def test_one_address_cannot_try_many_logins(office: Office):
    async with client_of(office.app) as client:
        answers = [await client.post("/v1/sessions", json={"login": f"u{n}", "password": "x"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert "retry-after" in answers[-1].headers


async def test_an_order_from_the_first_call_to_its_whole_story(anywhere: Office):
    office = anywhere
    made = await office.send("POST", "/v1/orders", order(number="N-1", location_id=office.world.lille))
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/v1/orders/N-1"
    (f,) = fulfilments_of(office.database, made.json()["id"])
    tell(office.database, c.ScanItem(f.id, f.lines[0].id, 2, c.How.CAMERA, "03760123000000"))
    tell(office.database, c.OpenParcel(f.id, "p1", "box-s"))
    tell(office.database, c.PackItem(f.id, "p1", f.lines[0].id, 2, c.How.WEDGE))
    tell(office.database, c.CloseParcel(f.id, "p1", "376012300000000018", "post", 500))
    tell(office.database, c.OpenManifest("m1", office.world.lille, "post"))
    tell(office.database, c.LoadParcel("m1", f.id, "p1", c.How.WEDGE))
    tell(office.database, c.CloseManifest("m1", (f.id,)))
    read = await office.get("/v1/orders/N-1")
    assert (read["state"], read["customer_state"]) == ("shipped", "on_its_way")
    assert read["fulfilments"][0]["parcels"][0]["state"] == "handed_over"
    story = {entry["code"]: entry for entry in read["timeline"]}
    assert story["ItemPicked"]["user"] == "Ana"
    assert story["ItemPicked"]["params"]["how"] == "camera"
    assert story["OrderReceived"]["user"] == "Head"
    assert {"OrderSourced", "ParcelClosed", "ParcelsHandedOver", "OrderShipped"} <= set(story)
    (decision,) = await office.get("/v1/orders/N-1/decisions")
    assert decision["optimal"]
    assert {reason["code"] for reason in decision["explanation"]["locations"]} == {"chosen", "not_requested"}
    assert (await office.get("/v1/manifests?state=closed"))["items"][0]["id"] == "m1"
    assert (await office.get(f"/v1/fulfilments?location_id={office.world.lille}"))["items"][0]["number"] == "N-1-1"


async def test_a_division_names_the_states_that_its_customers_are_told(anywhere: Office):
    office = anywhere
    await office.send("POST", "/v1/orders", order(number="N-1"))
    path = f"/v1/divisions/{office.world.division}/customer-states"
    named = {"states": {"confirmed": {"code": "thanks", "texts": {"en": "Thank you", "ar": "شكرا"}}}}
    answer = await office.send("PUT", path, named, If_Match='"1"')
    assert (answer.status_code, answer.json()["customer_states"]) == (200, named["states"])
    shown = await office.get("/v1/orders/N-1")
    assert (shown["customer_state"], shown["customer_texts"]) == ("thanks", named["states"]["confirmed"]["texts"])
    assert (await office.get("/v1/orders"))["items"][0]["customer_state"] == "thanks"
    assert (await office.send("POST", "/v1/orders", order(number="N-2"))).json()["customer_state"] == "thanks"
    stale = await office.send("PUT", path, named, If_Match='"1"')
    wrong = await office.send("PUT", path, {"states": {"lost": {"code": "x"}}}, If_Match='"2"')
    assert (stale.status_code, wrong.status_code) == (412, 422)
    assert (wrong.json()["code"], wrong.json()["params"]["field"]) == ("customer_states_invalid", "lost")
    back = await office.send("PUT", path, {"states": {}}, If_Match='"2"')
    assert back.json()["customer_states"] == {}
    shown = await office.get("/v1/orders/N-1")
    assert (shown["customer_state"], shown["customer_texts"]) == ("confirmed", {})


async def test_a_write_sent_twice_happens_once(anywhere: Office):
    first = await anywhere.send("POST", "/v1/orders", order(), Idempotency_Key="same")
    again = await anywhere.send("POST", "/v1/orders", order(), Idempotency_Key="same")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = await anywhere.send("POST", "/v1/orders", order(gift_message="Merci"), Idempotency_Key="same")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    with anywhere.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(t.orders)).scalar() == 1


async def test_a_refused_write_can_be_sent_again_under_its_key(office: Office):
    wrong = order(lines=[{"sku": "SKU-9", "quantity": 1}])
    refused = await office.send("POST", "/v1/orders", wrong, Idempotency_Key="same")
    assert (refused.status_code, refused.json()["code"], refused.json()["params"]) == (
        422, "sku_unknown", {"sku": "SKU-9"},
    )  # fmt: skip
    assert (await office.send("POST", "/v1/orders", order(), Idempotency_Key="same")).status_code == 201


async def test_a_write_without_a_key_is_refused(office: Office):
    async with client_of(office.app, office.token) as client:
        answer = await client.post("/v1/orders", json=order())
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    "body",
    [{}, order(lines=[]), order(surprise=1), order(lines=[{"sku": "SKU-1", "quantity": 0}]), order(ship_to={})],
)
async def test_a_malformed_order_says_which_field(office: Office, body: dict[str, Any]):
    answer = await office.send("POST", "/v1/orders", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["params"]["field"].startswith("body")


async def test_a_body_that_is_too_big_is_refused(office: Office):
    answer = await office.send("POST", "/v1/orders", b" " * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_cancelling_holding_and_releasing(office: Office):
    with office.database.write() as connection:
        connection.execute(insert(t.reasons).values(id="fraud", account_id="acc", usage="hold", labels={}))
    await office.send("POST", "/v1/orders", order(number="N-1"))
    held = await office.send("POST", "/v1/orders/N-1/hold", {"reason": "fraud"})
    assert (held.json()["hold"], held.json()["state"]) == ("fraud", "on_hold")
    assert (await office.send("POST", "/v1/orders/N-1/release")).json()["state"] == "received"
    cancelled = await office.send("POST", "/v1/orders/N-1/cancel", {"reason": "customer"})
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    late = await office.send("POST", "/v1/orders/N-1/cancel", {})
    assert (late.status_code, late.json()["code"]) == (409, "nothing_to_cancel")
    missing = await office.send("POST", "/v1/orders/N-2/cancel", {})
    assert (missing.status_code, missing.json()["code"]) == (404, "order_unknown")


async def test_work_moves_to_another_store(office: Office):
    made = (await office.send("POST", "/v1/orders", order(location_id="loc-lille"))).json()
    path = f"/v1/fulfilments/{made['fulfilments'][0]['id']}"
    moved = await office.send("POST", f"{path}/move", {"location_id": "loc-lyon"})
    assert moved.json()["location_id"] == "loc-lyon"
    assert (await office.get(path))["location_id"] == "loc-lyon"


async def test_lists_go_on_by_cursor(anywhere: Office):
    for number in range(5):
        anywhere.clock.at += timedelta(minutes=1)
        await anywhere.send("POST", "/v1/orders", order(number=f"N-{number}", lines=[{"sku": "SKU-1", "quantity": 1}]))
    numbers: list[str] = []
    cursor = ""
    while True:
        page = await anywhere.get(f"/v1/orders?limit=2&cursor={cursor}")
        numbers += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert numbers == ["N-4", "N-3", "N-2", "N-1", "N-0"]
    for wrong in ("!", "bm8", "eyJhIjoxfQ"):
        answer = await anywhere.send("GET", f"/v1/orders?cursor={wrong}")
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid"), wrong


async def test_a_change_needs_the_version_that_was_read(anywhere: Office):
    answer = await anywhere.send("GET", "/v1/variants/SKU-1")
    version = answer.headers["etag"]
    changed = await anywhere.send("PATCH", "/v1/variants/SKU-1", {"price_minor": 2490}, If_Match=version)
    assert (changed.status_code, changed.json()["price_minor"]) == (200, 2490)
    stale = await anywhere.send("PATCH", "/v1/variants/SKU-1", {"price_minor": 1}, If_Match=version)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    blind = await anywhere.send("PATCH", "/v1/variants/SKU-1", {"price_minor": 1})
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_missing")
    fresh = changed.headers["etag"]
    assert (await anywhere.send("PATCH", "/v1/variants/SKU-1", {"size": "L"}, If_Match=fresh)).status_code == 200


async def test_a_variant_is_made_found_and_taken_off_sale(anywhere: Office):
    article = {"sku": "MUG", "division_id": "div-nord", "product_code": "M", "name": "Blue mug", "price_minor": 1290}
    made = await anywhere.send("POST", "/v1/variants", article | {"barcodes": ["3760120000010"]})
    assert (made.status_code, made.json()["barcodes"]) == (201, ["03760120000010"])
    assert (await anywhere.get("/v1/variants?barcode=3760120000010"))["items"][0]["sku"] == "MUG"
    assert (await anywhere.get("/v1/variants?text=mug"))["items"][0]["sku"] == "MUG"
    assert (await anywhere.get(f"/v1/products/{made.json()['product_id']}"))["variants"][0]["sku"] == "MUG"
    taken = await anywhere.send("POST", "/v1/variants", article | {"sku": "CUP", "barcodes": ["3760120000010"]})
    assert taken.json()["code"] == "barcode_taken"
    wrong = await anywhere.send("POST", "/v1/variants", article | {"barcodes": ["3760120000011"]})
    assert wrong.json()["code"] == "barcode_invalid"
    with anywhere.database.read() as connection:
        since = feed.current_snapshot(connection)
    await anywhere.send("PATCH", "/v1/variants/MUG", {"active": False}, If_Match='"1"')
    with anywhere.database.read() as connection:
        changes = feed.changes(connection, [feed.catalogue_part("div-nord")], since)
    assert [(change.id, change.deleted) for change in changes] == [("MUG", True)]


async def test_stock_is_read_corrected_and_accounted_for(anywhere: Office):
    await anywhere.send("POST", "/v1/orders", order(lines=[{"sku": "SKU-1", "quantity": 25}], number="N-1"))
    body = {"location_id": "loc-lyon", "sku": "SKU-1", "on_hand": 30, "reason": "count"}
    adjusted = await anywhere.send("POST", "/v1/stock/adjustments", body)
    assert (adjusted.status_code, adjusted.json()["on_hand"]) == (201, 30)
    assert (await anywhere.get("/v1/orders/N-1"))["waiting"] is False
    (position,) = (await anywhere.get("/v1/stock/positions?location_id=loc-lyon&sku=SKU-1"))["items"]
    assert position["atp"] == 30 - position["reserved"]
    movements = (await anywhere.get("/v1/stock/movements?location_id=loc-lyon&sku=SKU-1"))["items"]
    assert sum(movement["on_hand"] for movement in movements) == 20
    counted = next(movement for movement in movements if movement["kind"] == "count")
    assert (counted["user_id"], counted["reason"]) == ("usr-head", "count")
    missing = await anywhere.send("POST", "/v1/stock/adjustments", body | {"sku": "SKU-9"})
    assert (missing.status_code, missing.json()["code"]) == (404, "variant_unknown")


async def test_the_manual_names_every_route_and_loads_nothing_from_elsewhere(office: Office):
    async with client_of(office.app) as client:
        page = await client.get("/docs")
    assert page.status_code == 200
    for path in office.app.openapi()["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script" not in page.text
    assert "Camille Roche" in page.text


@pytest.mark.parametrize("shown", ["AL-2026/11/7", "AL-2026%2F11%2F7"])
async def test_an_order_whose_number_holds_slashes_is_opened_by_it(office: Office, shown: str):
    async with client_of(office.app, office.sign_in("head")) as client:
        made = await client.post("/v1/orders", json=order(number="AL-2026/11/7"), headers={"Idempotency-Key": "k1"})
        assert made.status_code == 201, made.text
        read = await client.get(f"/v1/orders/{shown}")
        assert (read.status_code, read.json()["id"]) == (200, made.json()["id"])
        for part in ("decisions", "legs"):
            assert (await client.get(f"/v1/orders/{shown}/{part}")).status_code == 200
        gone = await client.post(f"/v1/orders/{shown}/cancel", json={}, headers={"Idempotency-Key": "k2"})
        assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
        unknown = await client.get("/v1/orders/AL-2026/11/8")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "order_unknown")
