from datetime import timedelta

from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.service import claims
from tests.core.service.shops import HALF_AN_HOUR, asked, build_shops, offered_order, offers_of
from tests.support.core import NOW
from tests.support.http import Clock


def test_there_is_somebody_for_every_timer_of_an_offer():
    assert {claims.TIMEOUT, claims.FORGET} <= set(HANDLERS)


def test_the_timer_of_an_offer_moves_it_on_and_plans_the_next_one(database):
    world = build_shops(database)
    order_id = offered_order(database, world)
    clock = Clock(NOW + HALF_AN_HOUR - timedelta(seconds=1))
    worker = Worker(database, HANDLERS, clock)
    assert worker.turn() == 0
    clock.at += timedelta(seconds=1)
    assert (worker.turn(), worker.turn()) == (1, 0)
    (offer,) = offers_of(database, order_id)
    assert (offer.step, offer.expires_at) == (1, NOW + 2 * HALF_AN_HOUR)
    assert len(asked(database, offer.id)) == len(asked(database, offer.id, "no_answer")) == 4
