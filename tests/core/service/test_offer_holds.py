import pytest

from core.service import offer_holds
from core.service.cause import office_cause
from core.service.stock import Shortage
from tests.core.service.office import ledger
from tests.core.service.shops import TOWNS, build_shops, offered_order, offers_of, reserved, set_stock
from tests.support.core import NOW


@pytest.fixture
def offer(database):
    world = build_shops(database)
    return offers_of(database, offered_order(database, world))[0]


def test_units_are_held_at_one_place_whatever_happens(database, offer):
    others = [id for id in TOWNS if id != offer.holder]
    set_stock(database, others[0], 1)
    with database.write() as connection:
        assert offer_holds.shift(connection, office_cause(NOW), offer, others) == others[1]
        assert offer_holds.holder_now(connection, offer.id) == others[1]
    assert reserved(database) == {others[1]: 2}
    with database.write() as connection:
        assert offer_holds.shift(connection, office_cause(NOW), offer, others[:1]) == ""
        offer_holds.let_go(connection, office_cause(NOW), offer, "")
    assert reserved(database) == {}
    assert {ledger(database, id, "SKU-1")[1] for id in TOWNS} == {0}


def test_what_a_place_does_not_have_is_not_held_there(database, offer):
    poor = next(id for id in TOWNS if id != offer.holder)
    set_stock(database, poor, 1)
    with database.write() as connection:
        assert offer_holds.hold_at(connection, office_cause(NOW), offer, poor) == Shortage(((poor, "SKU-1"),))
    assert reserved(database) == {offer.holder: 2}
