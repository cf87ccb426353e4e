import gzip
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import func, insert, select

from core.contract import commands as c
from core.domain.permissions import ROLES, Role
from core.http.app import create_app
from core.service import devices, sessions
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.sessions import Principal
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, tell
from tests.support.core import NOW, World, build_world
from tests.support.http import Clock, client_of

PASSWORD = "a long password"
LILLE = {"name": "Camille Roche", "street": "3 rue Basse", "postcode": "59800", "town": "Lille", "country": "FR"}
OPEN_ROUTES = {("POST", "/v1/sessions")}


class Office:
    """Head office's browser: signed in, a fresh key per write unless one is given."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, Clock(NOW)
        self.world: World = build_world(database)
        self.app: FastAPI = create_app(database, now=self.clock)
        self._keys = 0
        with database.write() as connection:
            for role, permissions in ROLES.items():
                row = {"id": role, "account_id": "acc", "name": role, "permissions": [str(p) for p in permissions]}
                connection.execute(insert(t.roles), [row])
            for login, role in (("head", Role.HEAD_OFFICE), ("nobody", None)):
                user = {"id": f"usr-{login}", "account_id": "acc", "login": login, "name": login.title()}
                secret = {"password_hash": sessions.hash_secret(PASSWORD), "created_at": NOW}
                connection.execute(insert(t.users), [user | secret])
                if role:
                    connection.execute(insert(t.assignments).values(id=login, user_id=user["id"], role_id=role))
        self.token = self.sign_in("head")

    def sign_in(self, login: str) -> str:
        made = sessions.sign_in(self.database, login, PASSWORD, self.clock.at)
        assert isinstance(made, sessions.Session)
        return made.token

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        self._keys += 1
        given = {"Idempotency-Key": f"key-{self._keys}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        async with client_of(self.app, self.token) as client:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            return await client.request(method, path, headers=given, **content)

    async def get(self, path: str) -> Any:
        answer = await self.send("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def anywhere(database: Database) -> Office:
    """On SQLite and on PostgreSQL."""
    return Office(database)


def order(**more: Any) -> dict[str, Any]:
    return {"division_id": "div-nord", "ship_to": LILLE, "lines": [{"sku": "SKU-1", "quantity": 2}]} | more


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
    assert all(isinstance(route, APIRoute) or route for route in office.app.routes)


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
        office.app.state.sign_in_failures = type(office.app.state.sign_in_failures)()
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


async def test_customers_are_found_again_and_changed_by_version(office: Office):
    made = await office.send("POST", "/v1/customers", {"number": "C-1", "name": "Camille", "addresses": [LILLE]})
    assert made.status_code == 201
    path = made.headers["location"]
    assert (await office.send("POST", "/v1/customers", {"number": "C-1", "name": "Camille R."})).status_code == 200
    assert (await office.get("/v1/customers?text=camille"))["items"][0]["addresses"][0]["town"] == "Lille"
    read = await office.send("GET", path)
    changed = await office.send("PATCH", path, {"phone": "+33 1"}, If_Match=read.headers["etag"])
    assert changed.json()["phone"] == "+33 1"
    stale = await office.send("PATCH", path, {"phone": "+33 2"}, If_Match=read.headers["etag"])
    assert stale.status_code == 412


async def test_a_colleague_gets_a_pin_and_a_role_and_loses_them(anywhere: Office):
    office = anywhere
    made = await office.send("POST", "/v1/users", {"login": "max", "name": "Max"})
    path = made.headers["location"]
    changed = await office.send("PATCH", path, {"pin": "4711"}, If_Match='"1"')
    assert changed.json()["has_pin"]
    assert "4711" not in changed.text
    with office.database.read() as connection:
        since = feed.current_snapshot(connection)
    assigned = await office.send("POST", f"{path}/assignments", {"role_id": "associate", "location_id": "loc-lille"})
    (assignment,) = assigned.json()["assignments"]
    part = feed.store_part("loc-lille")
    with office.database.read() as connection:
        assert [(one.id, one.deleted) for one in feed.changes(connection, [part], since)] == [
            (made.json()["id"], False)
        ]
    assert (await office.get("/v1/users?location_id=loc-lille"))["items"][0]["login"] == "max"
    assert (await office.send("DELETE", f"{path}/assignments/{assignment['id']}")).status_code == 204
    with office.database.read() as connection:
        assert [one.deleted for one in feed.changes(connection, [part], since)] == [True]
    for wrong in ({"pin": "12"}, {"pin": "abcd"}, {"password": "short"}):
        assert (await office.send("PATCH", path, wrong, If_Match='"2"')).status_code == 422
    taken = await office.send("POST", "/v1/users", {"login": "max", "name": "Max"})
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")


async def test_an_integrator_has_a_key_that_may_less(office: Office):
    body = {"name": "webshop", "permissions": ["read_orders"]}
    made = await office.send("POST", "/v1/keys", body, Idempotency_Key="k")
    key = made.json()["key"]
    async with client_of(office.app, key) as client:
        assert (await client.get("/v1/orders")).status_code == 200
        assert (await client.get("/v1/stock/positions")).status_code == 403
    assert (await office.send("POST", "/v1/keys", body, Idempotency_Key="k")).json()["key"] == ""
    too_much = await office.send("POST", "/v1/keys", {"name": "x", "permissions": ["pick"]})
    assert (too_much.status_code, too_much.json()["code"]) == (403, "permission_not_yours")
    assert (await office.send("DELETE", f"/v1/keys/{made.json()['id']}")).status_code == 204
    async with client_of(office.app, key) as client:
        assert (await client.get("/v1/orders")).status_code == 401


async def test_locations_are_configured_by_version(office: Office):
    read = await office.send("GET", "/v1/locations/loc-lille")
    changed = await office.send(
        "PATCH", "/v1/locations/loc-lille", {"process": {"wave_size": 5}}, If_Match=read.headers["etag"]
    )
    assert changed.json()["process"] == {"wave_size": 5}
    wrong = await office.send("PATCH", "/v1/locations/loc-lille", {"process": {"magic": 1}}, If_Match='"2"')
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["params"]["field"]) == (
        422, "process_invalid", "magic",
    )  # fmt: skip
    assert [division["code"] for division in await office.get("/v1/divisions")] == ["NORD"]
    assert [carrier["code"] for carrier in (await office.get("/v1/configuration"))["carriers"]] == ["post"]
    assert len((await office.get("/v1/locations"))["items"]) == 2


async def test_a_tablet_is_paired_seen_and_revoked(office: Office):
    made = await office.send("POST", "/v1/enrolment-codes", {"location": "LILLE"})
    code = made.json()
    assert code["payload"] == f"comptoir:enrol:{code['code']}"
    assert code["svg_data_uri"].startswith("data:image/svg+xml")
    enrolled = devices.enrol(office.database, devices.Applicant(code["code"], "Till 1"), NOW)
    (device,) = (await office.get("/v1/devices"))["items"]
    assert (device["name"], device["state"]) == ("Till 1", "active")
    assert (await office.send("DELETE", f"/v1/devices/{device['id']}")).status_code == 204
    assert (await office.get("/v1/devices"))["items"][0]["state"] == "revoked"
    picture = await office.send("GET", f"/v1/enrolment-codes/{code['code']}/qr.png")
    assert picture.content.startswith(b"\x89PNG")
    assert enrolled
    nowhere = await office.send("POST", "/v1/enrolment-codes", {"location": "NOWHERE"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "location_unknown")


async def test_a_file_is_imported_once_with_a_report(anywhere: Office):
    content = gzip.compress(b"sku,location,on_hand\nSKU-1,LILLE,4\nSKU-9,LILLE,4\n")
    first = await anywhere.send("POST", "/v1/imports/stock?source=stock.csv", content, Idempotency_Key="f")
    assert first.status_code == 200, first.text
    assert (first.json()["counts"], first.json()["by_code"]) == ({"updated": 1}, {"sku_unknown": 1})
    again = await anywhere.send("POST", "/v1/imports/stock?source=stock.csv", content, Idempotency_Key="f")
    assert again.json() == first.json()
    (run,) = (await anywhere.get("/v1/imports"))["items"]
    assert (run["source"], run["user_id"], run["refused"]) == ("stock.csv", "usr-head", 1)
    (refused,) = (await anywhere.get(f"/v1/imports/{run['id']}/refusals"))["items"]
    assert (refused["line"], refused["code"]) == (3, "sku_unknown")
    other = await anywhere.send("POST", "/v1/imports/stock?source=stock.csv", b"sku\n", Idempotency_Key="f")
    assert other.json()["code"] == "idempotency_key_reused"
    assert (await anywhere.send("POST", "/v1/imports/wishes", b"")).json()["code"] == "import_kind_unknown"
    assert (await anywhere.send("POST", "/v1/imports/stock", b"\xff\xfe")).json()["code"] == "file_encoding"


async def test_a_command_set_aside_is_replayed_when_its_cause_is_gone(anywhere: Office):
    office = anywhere
    code = devices.create_code(office.database, office.world.lille, NOW)
    enrolment = devices.enrol(office.database, devices.Applicant(code), NOW)
    assert not isinstance(enrolment, Refusal)
    made = (await office.send("POST", "/v1/orders", order(location_id="loc-lille"))).json()
    f = made["fulfilments"][0]
    arguments = {"fulfilment_id": f["id"], "line_id": f["lines"][0]["id"], "quantity": 1, "how": "wedge"}
    command = {
        "id": "01980000-0000-7000-8000-000000000001", "seq": 1, "name": "ScanItem", "version": 1,
        "user_id": "usr-leo", "at": NOW.isoformat(), "arguments": arguments | {"code": "", "run_id": ""},
        "prev": "", "offset_ms": 0,
    }  # fmt: skip
    async with client_of(office.app, enrolment.access_token) as client:
        pushed = await client.post("/sync/v1/push", json={"commands": [command], "wire": 1})
    assert pushed.json()["answers"][0]["code"] == "not_permitted"
    (kept,) = (await office.get("/v1/quarantine"))["items"]
    still = await office.send("POST", f"/v1/quarantine/{kept['id']}/replay")
    assert (still.status_code, still.json()["code"]) == (409, "not_permitted")
    await office.send("POST", "/v1/users/usr-leo/assignments", {"role_id": "associate", "location_id": "loc-lille"})
    with office.database.read() as connection:
        since = feed.current_snapshot(connection)
    replayed = await office.send("POST", f"/v1/quarantine/{kept['id']}/replay")
    assert (replayed.status_code, replayed.json()["verdict"]) == (200, "accepted")
    assert fulfilments_of(office.database, made["id"])[0].lines[0].picked == 1
    with office.database.read() as connection:
        verdicts = feed.changes(connection, [feed.device_part(enrolment.device_id)], since)
    assert [change.id for change in verdicts] == [command["id"]]
    twice = await office.send("POST", f"/v1/quarantine/{kept['id']}/replay")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_resolved")
    assert (await office.get("/v1/quarantine"))["items"] == []
    assert len((await office.get("/v1/quarantine?resolved=true"))["items"]) == 1


def test_a_key_never_has_more_than_its_maker(office: Office):
    maker = Principal("u", "U", "u", "acc", frozenset({"read_orders"}))
    with office.database.write() as connection:
        made = sessions.create_key(connection, maker, "k", ["write_orders"], NOW)
    assert isinstance(made, Refusal)
    assert office_cause(NOW).user_id == ""
