from datetime import timedelta
from typing import Any

from core.store.database import Database
from tests.core.http.headquarters import Office
from tests.support.core import NOW

SHOP = [["10:00", "19:00"]]
WEEK = [*[SHOP] * 6, []]
LYON = "/v1/locations/loc-lyon"


def hours(**more: Any) -> dict[str, Any]:
    return {"week": WEEK, "special": {"2026-12-24": [["10:00", "16:00"]]}} | more


async def test_hours_are_read_and_replaced_by_version_under_a_key(database: Database):
    office = Office(database)
    before = await office.get(f"{LYON}/hours")
    assert (before["week"], before["closures"]) == (None, [])
    version = f'"{before["version"]}"'
    written = await office.send("PUT", f"{LYON}/hours", hours(), If_Match=version, Idempotency_Key="k")
    assert written.status_code == 200, written.text
    again = await office.send("PUT", f"{LYON}/hours", hours(), If_Match=version, Idempotency_Key="k")
    assert again.json() == written.json()
    read = await office.get(f"{LYON}/hours")
    assert (read["week"], read["special"], read["version"]) == (WEEK, hours()["special"], before["version"] + 1)
    stale = await office.send("PUT", f"{LYON}/hours", hours(), If_Match=version)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    wrong = await office.send("PUT", f"{LYON}/hours", hours(week=[[["19:00", "10:00"]]] * 7), If_Match='"2"')
    assert (wrong.status_code, wrong.json()["code"]) == (422, "hours_invalid")
    assert (await office.send("GET", "/v1/locations/nowhere/hours")).status_code == 404


async def test_a_location_is_closed_and_opened_again(database: Database):
    office = Office(database)
    body = {"until_at": (NOW + timedelta(days=3)).isoformat(), "reason": "inventory"}
    closed = await office.send("POST", f"{LYON}/closures", body)
    assert closed.status_code == 201, closed.text
    (shown,) = (await office.get(f"{LYON}/hours"))["closures"]
    assert shown == closed.json()
    assert (shown["created_by"], shown["reason"]) == ("usr-head", "inventory")
    end = f"/v1/closures/{shown['id']}/end"
    assert (await office.send("POST", end)).status_code == 428
    office.clock.at = NOW + timedelta(hours=1)
    ended = await office.send("POST", end, If_Match='"1"')
    assert ended.status_code == 200, ended.text
    assert (await office.get(f"{LYON}/hours"))["closures"] == []
    past = await office.send("POST", f"{LYON}/closures", {"until_at": NOW.isoformat()})
    assert (past.status_code, past.json()["code"]) == (422, "closure_out_of_range")


async def test_only_who_manages_settings_may_change_them(database: Database):
    office = Office(database)
    office.token = office.sign_in("nobody")
    closing = {"until_at": (NOW + timedelta(days=3)).isoformat()}
    assert (await office.send("GET", f"{LYON}/hours")).status_code == 403
    assert (await office.send("PUT", f"{LYON}/hours", hours(), If_Match='"1"')).status_code == 403
    assert (await office.send("POST", f"{LYON}/closures", closing)).status_code == 403
    assert (await office.send("POST", "/v1/closures/c/end", If_Match='"1"')).status_code == 403
