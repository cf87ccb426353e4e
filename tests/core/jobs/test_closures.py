from datetime import timedelta

from sqlalchemy import select

from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.service import closures
from core.service.cause import office_cause
from core.service.closures import Closing
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world
from tests.support.http import Clock


def test_a_closure_begins_once_however_often_its_job_runs(database: Database):
    world = build_world(database)
    with database.write() as connection:
        closures.close(connection, office_cause(NOW), Closing(world.lyon, NOW, NOW + timedelta(days=2)))
    worker = Worker(database, HANDLERS, Clock(NOW + timedelta(minutes=1)))
    for _ in range(2):
        worker.turn()
    with database.read() as connection:
        names = connection.execute(select(t.events.c.name).where(t.events.c.name == "LocationClosed")).scalars().all()
    assert names == ["LocationClosed"]
