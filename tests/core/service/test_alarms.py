from datetime import timedelta

import pytest
from sqlalchemy import select

from core.service import alarms
from core.service.alarms import Alarm
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.store import tables as t
from tests.support.core import NOW, build_world, put_device


@pytest.fixture
def device(database):
    return put_device(database, build_world(database).lille)


def rows(database):
    with database.read() as connection:
        return connection.execute(select(t.device_alarms).order_by(t.device_alarms.c.first_at)).all()


def test_an_alarm_that_comes_again_is_counted_and_tells_where_the_tablet_stands_now(database, device):
    with database.write() as connection:
        alarms.raise_alarm(connection, device, Alarm("rows_differ", "main", "c1", {"rows": 1}), NOW)
    with database.write() as connection:
        alarms.raise_alarm(
            connection, device, Alarm("rows_differ", "main", "c2", {"rows": 2}), NOW + timedelta(hours=1)
        )
    (row,) = rows(database)
    assert (row.times, row.cursor, row.data, row.location_id) == (2, "c2", {"rows": 2}, device.location_id)
    assert row.last_at - row.first_at == timedelta(hours=1)
    with database.read() as connection:
        assert connection.execute(select(t.events.c.name)).scalars().all() == ["DeviceAlarmRaised"]


def test_once_resolved_the_same_thing_is_another_alarm(database, device):
    with database.write() as connection:
        alarms.raise_alarm(connection, device, Alarm("rows_differ", "main"), NOW)
        (id,) = connection.execute(select(t.device_alarms.c.id)).scalars()
        assert alarms.resolve(connection, office_cause(NOW, "ana"), id, "looked at") is None
        refused = alarms.resolve(connection, office_cause(NOW, "leo"), id, "again")
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.params) == ("already_resolved", {"by": "ana"})
        alarms.raise_alarm(connection, device, Alarm("rows_differ", "main"), NOW + timedelta(days=1))
    assert [row.resolved_at is None for row in rows(database)] == [False, True]
