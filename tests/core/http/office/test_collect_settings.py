from sqlalchemy import select

from core.service.collections import terms_of
from core.store import feed
from core.store import tables as t
from tests.core.http.headquarters import Office


async def test_a_division_says_how_its_stores_hand_over(anywhere: Office):
    office, path = anywhere, f"/v1/divisions/{anywhere.world.division}/collect"
    first = await office.get(path)
    assert (first["settings"], first["terms"]["pick_up_days"], first["version"]) == ({}, 7, 1)
    wanted = {"settings": {"pick_up_days": 10, "identity": "required", "documents": ["passport"], "signature": True}}
    answer = await office.send("PUT", path, wanted, If_Match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json() == await office.get(path)
    assert answer.json()["terms"] == first["terms"] | wanted["settings"]
    with office.database.read() as connection:
        terms = terms_of(connection, office.world.division, office.world.lille)
        assert (terms.pick_up_days, terms.signature, terms.documents) == (10, True, ("passport",))
        marks = select(t.sync_rows.c.id).where(t.sync_rows.c.part == feed.ORG, t.sync_rows.c.entity == "division")
        assert office.world.division in connection.execute(marks).scalars().all()


async def test_who_did_not_read_the_newest_or_writes_nonsense_changes_nothing(office: Office):
    path = f"/v1/divisions/{office.world.division}/collect"
    stale = await office.send("PUT", path, {"settings": {"signature": True}}, If_Match='"7"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    wrong = await office.send("PUT", path, {"settings": {"pick_up_days": -1}}, If_Match='"1"')
    assert (wrong.status_code, wrong.json()["code"]) == (422, "collect_terms_invalid")
    assert wrong.json()["params"]["field"] == "pick_up_days"
    unknown = await office.send("PUT", "/v1/divisions/nobody/collect", {"settings": {}}, If_Match='"1"')
    assert (unknown.status_code, unknown.json()["code"]) == (404, "division_unknown")
    assert (await office.get(path))["settings"] == {}


async def test_a_store_says_what_differs_there(office: Office):
    path = f"/v1/locations/{office.world.lille}"
    changed = await office.send("PATCH", path, {"collect": {"identity": "none"}}, If_Match='"1"')
    assert changed.json()["collect"] == {"identity": "none"}
    wrong = await office.send("PATCH", path, {"collect": {"colour": "red"}}, If_Match='"2"')
    assert (wrong.status_code, wrong.json()["code"]) == (422, "collect_terms_invalid")
    with office.database.read() as connection:
        assert terms_of(connection, office.world.division, office.world.lille).identity == "none"
