from sqlalchemy import insert, select

from core.service import quarantine
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world

CAUSE = office_cause(NOW, "usr-ana")


def set_aside(database: Database, code: str) -> None:
    with database.write() as connection:
        device = {"id": "d1", "number": 0, "location_id": "loc-lille", "enrolled_at": NOW}
        connection.execute(insert(t.devices), [device])
        row = {"id": "c1", "device_id": "d1", "code": code, "payload": {"id": "c1"}, "received_at": NOW}
        connection.execute(insert(t.quarantine), [row])


def test_what_cannot_be_replayed_says_why_and_stays(database: Database):
    build_world(database)
    set_aside(database, "malformed")
    with database.write() as connection:
        answers = [quarantine.replay(connection, CAUSE, id) for id in ("c1", "nobody")]
        open_still = connection.execute(select(t.quarantine.c.resolved_at)).scalar() is None
    codes = [answer.code for answer in answers if isinstance(answer, Refusal)]
    assert (codes, open_still) == (["still_unreadable", "quarantined_command_unknown"], True)


def test_the_second_command_of_an_id_is_never_replayed(database: Database):
    build_world(database)
    set_aside(database, "id_reuse")
    with database.write() as connection:
        answer = quarantine.replay(connection, CAUSE, "c1")
    assert isinstance(answer, Refusal)
    assert answer.code == "not_replayable"


def test_a_dismissed_command_keeps_its_content_and_its_reason(database: Database):
    build_world(database)
    set_aside(database, "malformed")
    with database.write() as connection:
        assert quarantine.dismiss(connection, CAUSE, "c1", "tried out") is None
        again = quarantine.dismiss(connection, CAUSE, "c1", "tried out")
        row = connection.execute(select(t.quarantine)).one()
        event = connection.execute(select(t.events)).one()
    assert again is not None
    assert again.code == "already_resolved"
    assert (row.resolved_by, row.payload) == ("usr-ana", {"id": "c1"})
    assert (event.name, event.reason) == ("CommandDismissed", "tried out")
