import json
from datetime import timedelta

from sqlalchemy import update

from core.store import tables as t
from tests.core.http.headquarters import Office, order
from tests.support.core import NOW

BODY = {"prefer": ["warehouse"], "filters": {"exclude_locations": ["loc-lille"]}}


async def drafted(office: Office, **more):
    body = {"division_id": office.world.division, "name": "Not from Lille", "body": BODY} | more
    return await office.send("POST", "/v1/rulesets", body)


async def test_a_version_goes_from_draft_to_live_and_back(anywhere: Office):
    made = await drafted(anywhere)
    assert (made.status_code, made.json()["state"], made.json()["number"]) == (201, "draft", 1)
    id = made.json()["id"]
    live = f"/v1/rulesets/live?division_id={anywhere.world.division}"
    assert (await anywhere.get(live))["ruleset_id"] == ""
    published = await anywhere.send("POST", f"/v1/rulesets/{id}/publications", {})
    assert published.status_code == 201, published.text
    assert (await anywhere.get(live))["body"]["strategies"][0]["prefer"] == ["warehouse"]
    assert (await anywhere.get(f"/v1/rulesets/{id}"))["state"] == "published"
    placed = await anywhere.send("POST", "/v1/orders", order())
    decisions = await anywhere.get(f"/v1/orders/{placed.json()['number']}/decisions")
    assert decisions[0]["ruleset_id"] == id
    told = {one["location_id"]: one["code"] for one in decisions[0]["explanation"]["locations"]}
    assert told == {"loc-lille": "location_excluded", "loc-lyon": "chosen"}
    back = await anywhere.send("POST", "/v1/rulesets/roll-back", {"division_id": anywhere.world.division})
    assert (back.status_code, back.json()["ruleset_id"]) == (201, None)
    anywhere.clock.at += timedelta(seconds=1)
    assert (await anywhere.get(live))["ruleset_id"] == ""


async def test_a_version_is_published_at_a_date_and_withdrawn(office: Office):
    id = (await drafted(office)).json()["id"]
    then = (NOW + timedelta(days=3)).isoformat()
    made = await office.send("POST", f"/v1/rulesets/{id}/publications", {"from_at": then})
    live = f"/v1/rulesets/live?division_id={office.world.division}&at={then.replace('+', '%2B')}"
    assert (await office.get(live))["ruleset_id"] == id
    withdrawn = await office.send("POST", f"/v1/ruleset-publications/{made.json()['id']}/withdraw")
    assert withdrawn.status_code == 200
    assert (await office.get(live))["ruleset_id"] == ""
    listed = (await office.get("/v1/ruleset-publications"))["items"]
    assert [one["withdrawn_at"] is None for one in listed] == [False]
    again = await office.send("POST", f"/v1/ruleset-publications/{made.json()['id']}/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "publication_begun")


async def test_a_mistake_in_a_draft_is_told_with_its_place(office: Office):
    refused = await drafted(office, body={"max_splits": -1, "criteria": ["luck"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "ruleset_invalid")
    assert refused.json()["params"]["place"] in ("strategies.0.max_splits", "strategies.0.criteria.0")
    assert "max_splits" in refused.json()["detail"]
    assert "criteria" in refused.json()["detail"]


async def test_a_replay_tells_its_progress_and_is_kept(anywhere: Office):
    for _ in range(3):
        await anywhere.send("POST", "/v1/orders", order())
    id = (await drafted(anywhere)).json()["id"]
    answer = await anywhere.send("POST", f"/v1/rulesets/{id}/replays", {"orders": 2})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    words = [json.loads(line) for line in answer.text.splitlines()]
    result = words[-1]["replay"]
    assert (result["orders"], result["new"]["load"]) == (2, {"loc-lyon": 2})
    listed = (await anywhere.get(f"/v1/rulesets/{id}/replays"))["items"]
    assert [one["id"] for one in listed] == [result["id"]]
    nothing = await anywhere.send("POST", "/v1/rulesets/nothing/replays", {})
    assert json.loads(nothing.text) == {
        "problem": {"code": "ruleset_unknown", "params": {"id": "nothing"}, "detail": "There is no ruleset 'nothing'."}
    }


async def test_without_the_permission_nothing_of_it_is_seen_or_done(office: Office):
    id = (await drafted(office)).json()["id"]
    assert [one["id"] for one in (await office.get("/v1/rulesets"))["items"]] == [id]
    office.token = office.sign_in("nobody")
    for method, path, body in (
        ("GET", "/v1/rulesets", None), ("GET", f"/v1/rulesets/{id}", None), ("POST", "/v1/rulesets/roll-back", {}),
        ("POST", f"/v1/rulesets/{id}/replays", {}), ("POST", f"/v1/rulesets/{id}/publications", {}),
    ):  # fmt: skip
        assert (await office.send(method, path, body)).status_code == 403


async def test_a_check_asks_somebody_who_may_release_it(anywhere: Office):
    body = {"checks": [{"reason": "fraud", "when": {"tiers": ["new"]}}]}
    id = (await drafted(anywhere, body=body)).json()["id"]
    await anywhere.send("POST", f"/v1/rulesets/{id}/publications", {})
    refused = await anywhere.send("POST", "/v1/orders", order(tier="No Such Tier"))
    assert refused.status_code == 422
    placed = (await anywhere.send("POST", "/v1/orders", order(tier="new"))).json()
    assert (placed["state"], placed["hold"]) == ("on_hold", "fraud")
    (task,) = (await anywhere.get("/v1/order-tasks"))["items"]
    assert (task["number"], task["kind"], task["reason"]) == (placed["number"], "check", "fraud")
    assert task["opened_by_name"] == "Head"
    released = await anywhere.send("POST", f"/v1/orders/{placed['number']}/release")
    assert (released.status_code, released.json()["state"]) == (200, "received")
    assert (await anywhere.get("/v1/order-tasks"))["items"] == []
    (task,) = (await anywhere.get(f"/v1/order-tasks?closed=true&order={placed['number']}"))["items"]
    assert task["closed_by_name"] == "Head"


async def test_who_may_write_orders_may_not_end_a_hold_for_that(office: Office):
    with office.database.write() as connection:
        connection.execute(update(t.roles).where(t.roles.c.id == "head_office").values(permissions=["write_orders"]))
    placed = (await office.send("POST", "/v1/orders", order())).json()
    refused = await office.send("POST", f"/v1/orders/{placed['number']}/release")
    assert (refused.status_code, refused.json()["params"]) == (403, {"permission": "release_holds"})


async def test_the_rules_of_allocation_go_the_same_way_and_decide_who_is_asked(anywhere: Office):
    body = {"rules": [{"candidates": 1, "timeout_minutes": 30}], "kinds": ["store", "warehouse"]}
    made = await drafted(anywhere, kind="allocation", body=body)
    assert (made.status_code, made.json()["kind"], made.json()["body"]) == (201, "allocation", body)
    id = made.json()["id"]
    live = f"/v1/rulesets/live?division_id={anywhere.world.division}&kind=allocation"
    assert await anywhere.get(live) == {"ruleset_id": "", "body": {}}
    key = {"Idempotency_Key": "publish-once"}
    published = [await anywhere.send("POST", f"/v1/rulesets/{id}/publications", {}, **key) for _ in range(2)]
    assert published[0].json() == published[1].json()
    assert len((await anywhere.get("/v1/ruleset-publications?kind=allocation"))["items"]) == 1
    assert (await anywhere.get("/v1/ruleset-publications"))["items"] == []
    assert [one["id"] for one in (await anywhere.get("/v1/rulesets?kind=allocation"))["items"]] == [id]
    await anywhere.send("POST", "/v1/orders", order())
    offered = (await anywhere.get("/v1/offers"))["items"]
    assert (await anywhere.get(f"/v1/offers/{offered[0]['id']}"))["ruleset_id"] == id
    anywhere.clock.at += timedelta(seconds=1)
    back = {"division_id": anywhere.world.division, "kind": "allocation"}
    assert (await anywhere.send("POST", "/v1/rulesets/roll-back", back)).json()["ruleset_id"] is None
    assert (await anywhere.get(live))["ruleset_id"] == ""
    await anywhere.send("POST", "/v1/orders", order())
    assert len((await anywhere.get("/v1/offers"))["items"]) == 1
    replayed = await anywhere.send("POST", f"/v1/rulesets/{id}/replays", {})
    assert json.loads(replayed.text)["problem"]["code"] == "ruleset_unknown"


async def test_parts_of_an_order_are_gathered_and_received(anywhere: Office):
    id = (await drafted(anywhere, body={"services": {"engraving": ["loc-lille"]}})).json()["id"]
    await anywhere.send("POST", f"/v1/rulesets/{id}/publications", {})
    with anywhere.database.write() as connection:
        connection.execute(update(t.positions).where(t.positions.c.location_id == "loc-lille").values(on_hand=0))
    placed = (await anywhere.send("POST", "/v1/orders", order(services=["engraving"]))).json()
    (leg,) = await anywhere.get(f"/v1/orders/{placed['number']}/legs")
    assert (leg["from_location_id"], leg["to_location_id"], leg["received_at"]) == ("loc-lyon", "loc-lille", None)
    path = f"/v1/orders/{placed['number']}/legs/{leg['fulfilment_id']}/receive"
    early = await anywhere.send("POST", path)
    assert (early.status_code, early.json()["code"]) == (409, "leg_not_sent")
    unknown = await anywhere.send("POST", f"/v1/orders/{placed['number']}/legs/x/receive")
    assert unknown.status_code == 404
    (decision,) = await anywhere.get(f"/v1/orders/{placed['number']}/decisions")
    assert decision["explanation"]["gathering"]["at"] == "loc-lille"
