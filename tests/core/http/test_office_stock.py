from datetime import timedelta

from tests.core.http.headquarters import Office, order
from tests.support.core import NOW
from tests.support.http import client_of


async def test_a_channel_s_availability_is_ruled_and_explained(anywhere: Office):
    office = anywhere
    made = await office.send("POST", "/v1/virtual-catalogues", {"division_id": "div-nord", "code": "web"})
    assert made.status_code == 201, made.text
    path = f"/v1/virtual-catalogues/{made.json()['id']}"
    rule = {"kind": "safety", "location_id": "loc-lyon", "units": 4}
    ruled = await office.send("POST", "/v1/stock-rules", rule)
    assert ruled.status_code == 201, ruled.text
    changed = await office.send("PATCH", path, {"threshold": 3}, If_Match=made.headers["etag"])
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    await office.send("POST", "/v1/orders", order(number="N-1", location_id="loc-lille"))
    two = await office.get(f"{path}/availability?sku=SKU-1&sku=SKU-9&why=true")
    assert [(one["sku"], one["units"], one["in_stock"]) for one in two] == [("SKU-1", 11, 11), ("SKU-9", 0, 0)]
    steps = {step["code"]: step["units"] for step in two[0]["why"]["steps"]}
    assert steps == {"on_hand": 20, "reserved": -2, "safety": -4, "threshold": -3}
    assert two[0]["why"]["places"] == {"loc-lille": 8, "loc-lyon": 6}
    full = await office.get(f"{path}/articles/SKU-1/why")
    assert (full["units"], full["steps"]) == (11, two[0]["why"]["steps"])
    assert [(place["location_id"], place["safety_rule"]) for place in full["places"]] == [
        ("loc-lille", ""), ("loc-lyon", ruled.json()["id"]),
    ]  # fmt: skip
    unknown = await office.send("GET", "/v1/virtual-catalogues/nothing/availability?sku=SKU-1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "virtual_catalogue_unknown")
    assert [one["code"] for one in (await office.get("/v1/virtual-catalogues"))["items"]] == ["web"]
    assert (await office.get(path))["threshold"] == 3


async def test_rules_are_changed_by_version(anywhere: Office):
    made = await anywhere.send("POST", "/v1/stock-rules", {"kind": "safety", "basis_points": 500})
    path, version = f"/v1/stock-rules/{made.json()['id']}", made.headers["etag"]
    twice = await anywhere.send("POST", "/v1/stock-rules", {"kind": "safety", "units": 1})
    assert (twice.status_code, twice.json()["code"]) == (409, "rule_scope_taken")
    wrong = await anywhere.send("POST", "/v1/stock-rules", {"kind": "share", "units": 1})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["params"]) == (
        422, "rule_owner_missing", {"field": "owner_id"},
    )  # fmt: skip
    changed = await anywhere.send("PATCH", path, {"units": 2}, If_Match=version)
    assert (changed.status_code, changed.json()["units"], changed.json()["basis_points"]) == (200, 2, None)
    stale = await anywhere.send("DELETE", path, If_Match=version)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert [one["units"] for one in (await anywhere.get("/v1/stock-rules?kind=safety"))["items"]] == [2]
    assert (await anywhere.get(path))["version"] == 2
    progress = await anywhere.get("/v1/stock-rules/progress")
    assert progress["articles_done"] == progress["articles"] == 3
    assert progress["done_at"] is not None
    assert (await anywhere.send("DELETE", path, If_Match=changed.headers["etag"])).status_code == 204
    assert (await anywhere.send("GET", path)).status_code == 404


async def test_units_are_declared_and_reviewed_in_the_evening(anywhere: Office):
    body = {"location_id": "loc-lille", "sku": "SKU-1", "units": 2, "reason": "broken"}
    made = await anywhere.send("POST", "/v1/stock/declarations", body)
    assert made.status_code == 201, made.text
    (open_one,) = (await anywhere.get("/v1/stock/declarations?location_id=loc-lille"))["items"]
    assert (open_one["units"], open_one["on_hand"], open_one["unavailable"], open_one["short"]) == (2, 10, 2, 0)
    assert open_one["declared_by"] == "usr-head"
    path = f"/v1/stock/declarations/{made.json()['id']}/review"
    done = await anywhere.send("POST", path, {"verdict": "confirm", "version": 1})
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    (position,) = (await anywhere.get("/v1/stock/positions?location_id=loc-lille&sku=SKU-1"))["items"]
    assert (position["on_hand"], position["unavailable"]) == (8, 0)
    assert (await anywhere.get("/v1/stock/declarations"))["items"] == []
    late = await anywhere.send("POST", path, {"verdict": "lift", "version": 2})
    assert (late.status_code, late.json()["code"]) == (409, "declaration_closed")


async def test_supply_is_told_changed_and_received(anywhere: Office):
    body = {"location_id": "loc-lille", "sku": "SKU-1", "quantity": 10, "reference": "PO-1"}
    made = await anywhere.send("POST", "/v1/inbound", body | {"expected_at": (NOW + timedelta(days=2)).isoformat()})
    assert made.status_code == 201, made.text
    path = f"/v1/inbound/{made.json()['id']}"
    changed = await anywhere.send("PATCH", path, {"quantity": 12}, If_Match=made.headers["etag"])
    assert (changed.status_code, changed.json()["quantity"]) == (200, 12)
    received = await anywhere.send("POST", f"{path}/receive", {"units": 12, "version": 2})
    assert (received.status_code, received.json()["state"]) == (200, "received")
    assert (await anywhere.get("/v1/inbound?sku=SKU-1"))["items"] == []
    assert len((await anywhere.get("/v1/inbound?state=received"))["items"]) == 1
    (position,) = (await anywhere.get("/v1/stock/positions?location_id=loc-lille&sku=SKU-1"))["items"]
    assert position["on_hand"] == 22


async def test_tills_tell_each_line_once_and_returns_go_back(anywhere: Office):
    line = {"location_id": "loc-lille", "receipt": "R1", "line": "1", "sku": "SKU-1", "units": 2,
            "at": NOW.isoformat()}  # fmt: skip
    first = await anywhere.send("POST", "/v1/stock/sales", {"lines": [line, line | {"line": "2", "sku": "SKU-9"}]})
    assert first.status_code == 200, first.text
    assert (first.json()["taken"], first.json()["refused"][0]["code"]) == (1, "variant_unknown")
    again = await anywhere.send("POST", "/v1/stock/sales", {"lines": [line]})
    assert again.json() == {"taken": 0, "known": 1, "refused": []}
    back = await anywhere.send("POST", "/v1/stock/returns", {"lines": [line | {"condition": "damaged"}]})
    assert back.json()["taken"] == 1
    (position,) = (await anywhere.get("/v1/stock/positions?location_id=loc-lille&sku=SKU-1"))["items"]
    assert (position["on_hand"], position["unavailable"], position["atp"]) == (10, 2, 8)
    movements = (await anywhere.get("/v1/stock/movements?location_id=loc-lille&sku=SKU-1"))["items"]
    assert sorted(movement["kind"] for movement in movements) == ["return", "sale"]
    naive = await anywhere.send("POST", "/v1/stock/sales", {"lines": [line | {"at": "2026-05-04T09:00:00"}]})
    assert naive.status_code == 422


async def test_a_full_file_comes_as_one_stream_and_again_changes_nothing(anywhere: Office):
    async def pieces(units: int):
        yield b"sku,location,on_hand\n"
        for code in ("LILLE", "LYON"):
            for sku in anywhere.world.skus:
                for part in (f"{sku},{code}", f",{units}\n"):  # a line may be cut anywhere
                    yield part.encode()

    async def upload(key: str, units: int) -> dict[str, int]:
        async with client_of(anywhere.app, anywhere.token) as client:
            headers = {"Idempotency-Key": key}
            answer = await client.post("/v1/imports/stock-full", content=pieces(units), headers=headers)
        assert answer.status_code == 200, answer.text
        counts: dict[str, int] = answer.json()["counts"]
        return counts

    assert await upload("one", 4) == {"updated": 6}
    assert await upload("two", 4) == {"unchanged": 6}
    assert await upload("two", 4) == {"unchanged": 6}
    (position,) = (await anywhere.get("/v1/stock/positions?location_id=loc-lyon&sku=SKU-3"))["items"]
    assert position["on_hand"] == 4
