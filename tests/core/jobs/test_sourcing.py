from sqlalchemy import select

from core.jobs.handlers import HANDLERS
from core.jobs.queue import Taken
from core.service import sourcing
from core.service.cause import office_cause
from core.store import tables as t
from core.store.database import Database
from tests.core.service.test_inbound_stock import TOMORROW, order_that_would_split, places_of
from tests.support.core import build_world


def test_supply_that_does_not_come_is_not_waited_for_any_longer(database: Database):
    world = build_world(database)
    with database.write() as connection:
        order_id = order_that_would_split(connection, world, max_days=2)
        (job,) = connection.execute(select(t.jobs).where(t.jobs.c.subject == order_id)).all()
        assert (job.kind, job.run_at) == (sourcing.SOURCE_AGAIN, TOMORROW)
        taken = Taken(job.id, job.kind, job.subject, job.arguments, job.run_at, 1)
        HANDLERS[job.kind](connection, office_cause(TOMORROW), taken)
        assert places_of(connection, order_id) == {world.lille, world.lyon}
