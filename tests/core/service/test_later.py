from datetime import timedelta

import pytest
from sqlalchemy import select

from core.service.cause import office_cause
from core.service.later import Job, call_off, schedule
from core.store import tables as t
from tests.support.core import NOW


def states(database) -> dict[str, str]:
    with database.read() as connection:
        return {row.subject: row.state for row in connection.execute(select(t.jobs))}


def test_work_is_planned_with_its_cause_or_not_at_all(database):
    def cause() -> None:
        with database.write() as connection:
            schedule(connection, office_cause(NOW), [Job("tell", NOW, "a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cause()
    assert states(database) == {}


def test_what_was_called_off_does_not_run(database):
    with database.write() as connection:
        ids = schedule(connection, office_cause(NOW), [Job("tell", NOW + timedelta(hours=1), s) for s in "ab"])
        call_off(connection, "tell", "a", NOW)
    assert len(set(ids)) == 2
    assert states(database) == {"a": "done", "b": "waiting"}
