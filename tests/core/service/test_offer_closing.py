"""A place that closes leaves its offers, and nobody else loses any time by it."""

import pytest
from sqlalchemy import func, select

from core.domain.offer_answers import OfferClaimed, OfferExpired
from core.service import offer_closing
from core.service.cause import office_cause
from core.store import tables as t
from tests.core.service.office import event_names
from tests.core.service.shops import (
    TOWNS,
    asked,
    build_shops,
    change_store,
    claim,
    offered_order,
    offers_of,
    pass_time,
    publish,
    reserved,
)
from tests.support.core import NOW


@pytest.fixture
def world(database):
    return build_shops(database)


def close(database, location_id: str) -> int:
    change_store(database, location_id, active=False)
    with database.write() as connection:
        return offer_closing.close(connection, office_cause(NOW), location_id)


def test_a_place_that_closes_leaves_all_its_open_offers_and_others_hold_the_units(database, world):
    orders = [offered_order(database, world) for _ in range(3)]
    holder = offers_of(database, orders[0])[0].holder
    assert close(database, holder) == 3
    pass_time(database, NOW)
    for order_id in orders:
        (offer,) = offers_of(database, order_id)
        assert (offer.state, offer.step) == ("open", 0)
        assert set(asked(database, offer.id)) == TOWNS.keys() - {holder}
        assert list(asked(database, offer.id, "withdrawn")) == [holder]
        assert offer.holder not in ("", holder)
        assert event_names(database, order_id).count("OfferLeft") == 1
        assert claim(database, offer.id, holder) == OfferExpired()
    assert holder not in reserved(database)
    assert sum(reserved(database).values()) == 6
    (offer,) = offers_of(database, orders[0])
    assert claim(database, offer.id, next(iter(asked(database, offer.id)))) == OfferClaimed()


def test_when_nobody_else_is_asked_the_next_rule_begins_at_once(database, world):
    publish(database, world, {"rules": [{"candidates": 1}, {"candidates": 4}]}, number=2)
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    (only,) = asked(database, offer.id)
    close(database, only)
    pass_time(database, NOW)
    (offer,) = offers_of(database, order_id)
    assert (offer.step, set(asked(database, offer.id))) == (1, TOWNS.keys() - {only})


def test_a_place_that_is_open_again_before_anybody_looked_stays_asked(database, world):
    (offer,) = offers_of(database, offered_order(database, world))
    close(database, world.lyon)
    change_store(database, world.lyon, active=True)
    pass_time(database, NOW)
    assert world.lyon in asked(database, offer.id)


def test_leaving_twice_is_leaving_once(database, world):
    (offer,) = offers_of(database, offered_order(database, world))
    change_store(database, world.lyon, active=False)
    with database.write() as connection:
        left = [offer_closing.leave(connection, office_cause(NOW), offer.id, world.lyon) for _ in range(2)]
        unknown = offer_closing.leave(connection, office_cause(NOW), "nothing", world.lyon)
    assert (left, unknown) == ([True, False], False)


def test_a_closing_is_no_answer_that_counts_against_the_place(database, world):
    offered_order(database, world)
    close(database, world.lyon)
    pass_time(database, NOW)
    c = t.offer_copies.c
    with database.read() as connection:
        query = select(func.count()).where(c.location_id == world.lyon, c.answer.in_(("declined", "no_answer")))
        assert connection.execute(query).scalar() == 0
