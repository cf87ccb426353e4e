from datetime import timedelta

from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.store.database import Database
from tests.core.service.office import stock
from tests.core.service.test_declarations import declare
from tests.support.core import NOW, build_world
from tests.support.http import Clock


def test_what_was_declared_for_a_time_is_for_sale_again_when_it_is_over(database: Database):
    world = build_world(database)
    declare(database, world, expires_at=NOW + timedelta(hours=8))
    clock = Clock(NOW)
    worker = Worker(database, HANDLERS, clock)
    unavailable = []
    for hours in (7, 9):
        clock.at = NOW + timedelta(hours=hours)
        worker.turn()
        unavailable.append(stock(database, world.lille, "SKU-1")[3])
    assert unavailable == [3, 0]
