from datetime import timedelta

from sqlalchemy import select

from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.service import closures
from core.service.cause import office_cause
from core.service.closures import Closing
from core.store import tables as t
from core.store.database import Database
from tests.core.service.shops import asked, build_shops, offered_order, offers_of, pass_time
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


def test_a_place_in_a_closure_leaves_its_offers(database: Database):
    world = build_shops(database)
    (offer,) = offers_of(database, offered_order(database, world))
    until = NOW + timedelta(days=2)
    with database.write() as connection:
        closures.close(connection, office_cause(NOW), Closing(offer.holder, NOW, until))
    pass_time(database, NOW)
    (after,) = offers_of(database, offer.order_id)
    assert after.holder not in ("", offer.holder)
    assert list(asked(database, offer.id, "withdrawn")) == [offer.holder]
    assert offer.holder not in asked(database, offers_of(database, offered_order(database, world))[0].id)
