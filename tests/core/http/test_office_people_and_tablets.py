import gzip

from sqlalchemy import insert

from core.service import devices, people_set_aside, sessions
from core.service.refusal import Refusal
from core.service.sessions import Principal
from core.store import feed
from core.store import tables as t
from tests.core.http.headquarters import LILLE, Office, order
from tests.core.service.office import fulfilments_of
from tests.support.core import NOW
from tests.support.http import client_of


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
    assert (device["clock_offset_ms"], device["clock_is_wrong"]) == (None, False)
    assert (await office.get("/v1/devices?clock_is_wrong=true"))["items"] == []
    with office.database.write() as connection:
        connection.execute(t.devices.update().values(clock_offset_ms=-360_000))
    (device,) = (await office.get("/v1/devices?clock_is_wrong=true"))["items"]
    assert (device["clock_offset_ms"], device["clock_is_wrong"]) == (-360_000, True)
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


async def test_what_is_set_aside_does_not_show_who_fetched_it_and_how_they_signed(anywhere: Office):
    with anywhere.database.write() as connection:
        device = {"id": "d1", "number": 0, "location_id": "loc-lille", "enrolled_at": NOW}
        connection.execute(insert(t.devices), [device])
        arguments = {"collection_id": "c", "collector": "Bo Prima", "signature": "1,1 2,2", "relation": ""}
        payload = {"id": "c1", "name": "HandOverCollection", "arguments": arguments}
        row = {"device_id": "d1", "code": "not_permitted", "received_at": NOW}
        sealed = people_set_aside.sealed(connection, payload, NOW)
        rows = [row | {"id": "c1", "payload": sealed}, row | {"id": "c2", "payload": payload}]
        connection.execute(insert(t.quarantine), rows)
    shown = [item["payload"] for item in (await anywhere.get("/v1/quarantine"))["items"]]
    told = {"collection_id": "c", "collector": "sealed", "signature": "sealed", "relation": ""}
    assert shown == [payload | {"arguments": told}] * 2


async def test_a_tablet_that_exists_twice_is_named_and_stopped_until_a_person_has_dealt_with_it(anywhere: Office):
    office = anywhere
    code = devices.create_code(office.database, office.world.lille, NOW)
    enrolment = devices.enrol(office.database, devices.Applicant(code), NOW)
    assert not isinstance(enrolment, Refusal)
    arguments = {"fulfilment_id": "f", "line_id": "l", "quantity": 1, "how": "wedge", "code": "", "run_id": ""}
    command = {"seq": 1, "name": "ScanItem", "version": 1, "user_id": "usr-leo", "at": NOW.isoformat()}
    async with client_of(office.app, enrolment.access_token) as client:
        for id in ("of-the-one", "of-the-other"):
            commands = [command | {"id": id, "arguments": arguments}]
            pushed = await client.post("/sync/v1/push", json={"commands": commands, "wire": 1})
            assert pushed.status_code == 200
        stopped = await client.post("/sync/v1/pull", json={"group": "main", "cursor": None})
    assert (stopped.status_code, stopped.json()["code"]) == (403, "device_suspended")
    (alarm,) = (await office.get("/v1/device-alarms"))["items"]
    assert (alarm["kind"], alarm["device_id"], alarm["data"]) == ("device_copied", enrolment.device_id, {"seq": 1})
    path = f"/v1/device-alarms/{alarm['id']}/resolve"
    assert (await office.send("POST", path, {"reason": "paired again"})).status_code == 200
    assert (await office.send("POST", path, {"reason": "twice"})).json()["code"] == "already_resolved"
    assert (await office.get("/v1/device-alarms"))["items"] == []
    assert len((await office.get("/v1/device-alarms?resolved=true"))["items"]) == 1
    assert (await office.send("POST", "/v1/device-alarms/none/resolve", {"reason": "x"})).status_code == 404


def test_a_key_never_has_more_than_its_maker(office: Office):
    maker = Principal("u", "U", "u", "acc", frozenset({"read_orders"}))
    with office.database.write() as connection:
        made = sessions.create_key(connection, maker, "k", ["write_orders"], NOW)
    assert isinstance(made, Refusal)
