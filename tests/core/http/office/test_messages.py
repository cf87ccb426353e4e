from sqlalchemy import update

from core.store import tables as t
from tests.core.http.headquarters import Office
from tests.core.service.collect_world import messages_of, prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW

READY = "/v1/divisions/div-nord/messages/ready/fr"
BODY = {"subject": "{order_number}", "text": "Code {pick_up_code} à {store}"}


async def test_a_text_is_read_shown_written_and_comes_in_versions(office: Office):
    all_of_them = await office.get("/v1/divisions/div-nord/messages")
    assert len(all_of_them) == 60
    shown = await office.send("GET", READY)
    assert (shown.json()["version"], shown.headers["etag"]) == (0, '"0"')
    preview = await office.send("POST", READY + "/preview", BODY)
    assert preview.json()["text"] == "Code 204518830156 à Lyon Bellecour"
    assert 'lang="fr"' in preview.json()["html"]
    assert (await office.send("PUT", READY, BODY)).status_code == 428
    made = await office.send("PUT", READY, BODY, If_Match='"0"')
    assert (made.status_code, made.json()["version"]) == (200, 1)
    assert (await office.send("PUT", READY, BODY, If_Match='"0"')).status_code == 412
    assert (await office.get(READY + "?version=0"))["version"] == 0
    assert (await office.get(READY))["text"] == BODY["text"]


async def test_a_text_that_cannot_be_sent_is_refused_by_its_field(office: Office):
    wrong = BODY | {"text": "{pick_up_cod}"}
    for answer in (
        await office.send("POST", READY + "/preview", wrong),
        await office.send("PUT", READY, wrong, If_Match='"0"'),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "template_invalid")
        assert answer.json()["params"]["field"] == "text"
    assert (await office.send("GET", READY.replace("/fr", "/xx"))).status_code == 404
    language = "/v1/divisions/div-nord/messages/language"
    assert (await office.send("PUT", language, {"language": "fr"})).status_code == 200
    assert (await office.send("PUT", language, {"language": "xx"})).json()["code"] == "language_unknown"


async def test_head_office_sees_the_queue_and_tries_again_what_was_given_up(sqlite_database):
    world = build_delivery_world(sqlite_database)
    ready = prepared(sqlite_database, world)
    office = Office(sqlite_database, world)
    with sqlite_database.write() as connection:
        connection.execute(update(t.messages).values(state="dead", due_at=None, error="no"))
    (dead,) = (await office.get("/v1/messages?state=dead"))["items"]
    assert (dead["number"], dead["kind"], dead["error"]) == (ready.number, "ready", "no")
    assert "camille" not in str(dead)
    assert (await office.get(f"/v1/messages?order={ready.number}"))["items"] == [dead]
    again = f"/v1/messages/{dead['id']}/retry"
    assert (await office.send("POST", again)).status_code == 200
    assert (await office.send("POST", again)).json()["code"] == "message_not_dead"
    (row,) = messages_of(sqlite_database, ready.id)
    assert (row.state, row.due_at) == ("waiting", NOW)
