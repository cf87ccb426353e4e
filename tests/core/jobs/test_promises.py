from datetime import timedelta

from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.store.database import Database
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import event_names
from tests.core.service.test_promise_orders import placed, promise_row
from tests.support.http import Clock


def test_a_promise_that_is_left_alone_is_told_at_risk_and_then_broken_in_time(database: Database):
    world = build_delivery_world(database)
    order_id = placed(database, world)
    row = promise_row(database, order_id)
    clock = Clock(row.cutoff_at)
    worker = Worker(database, HANDLERS, clock)
    states = []
    for at in (row.cutoff_at, row.cutoff_at + timedelta(seconds=1), row.target_at + timedelta(seconds=1)):
        clock.at = at
        worker.turn()
        states.append(promise_row(database, order_id).state)
    assert states == ["kept", "at_risk", "broken"]
    names = event_names(database, order_id)
    assert (names.count("PromiseAtRisk"), names.count("PromiseBroken")) == (1, 1)
