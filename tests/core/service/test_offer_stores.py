from datetime import timedelta

import pytest

from core.domain.offering import History, OfferSettings
from core.service.offer_stores import Part, settings_of, stores_of
from tests.core.service.office import place
from tests.core.service.shops import (
    build_shops,
    change_store,
    claim,
    decline,
    offered_order,
    offers_of,
    publish,
    release,
)
from tests.support.core import NOW

LILLE = {"town": "Lille", "country": "FR"}


@pytest.fixture
def world(database):
    return build_shops(database)


def stores(database, world, at=NOW, holder=""):
    part = Part(world.division, LILLE, {"SKU-1": 2}, frozenset({"loc-nice"}), holder)
    with database.read() as connection:
        return {store.location_id: store for store in stores_of(connection, part, OfferSettings(), at)}


def test_the_newest_published_rules_hold(database, world):
    publish(database, world, {"km_cost_minor": 7}, number=2)
    with database.read() as connection:
        found = settings_of(connection, world.division, NOW)
        assert found is not None
        assert (found.ruleset_id, found.settings.km_cost_minor) == ("allocation-2", 7)
        assert settings_of(connection, "another", NOW) is None


def test_a_store_is_told_by_distance_stock_work_and_refusals(database, world):
    place(database, world, {"SKU-1": 3}, location_id="loc-lyon")
    for id in ("loc-lyon", "loc-paris"):
        change_store(database, id, capacity_per_day=5)
    found = stores(database, world)
    assert found["loc-lille"].km < found["loc-paris"].km < found["loc-nice"].km
    assert found["loc-lyon"].free == {"SKU-1": 7}
    assert {id: store.work for id, store in found.items()}["loc-lyon"] == 1
    assert [id for id, store in found.items() if store.refused] == ["loc-nice"]


def test_the_holder_has_what_is_held_for_this_offer(database, world):
    order_id = offered_order(database, world)
    holder = offers_of(database, order_id)[0].holder
    assert stores(database, world)[holder].free == {"SKU-1": 8}
    assert stores(database, world, holder=holder)[holder].free == {"SKU-1": 10}


def test_history_counts_answers_and_silence_but_not_who_was_beaten(database, world):
    for answer in ("claim", "decline", "release"):
        offer_id = offers_of(database, offered_order(database, world, 1))[0].id
        if answer == "decline":
            decline(database, offer_id, "loc-lille")
            continue
        claim(database, offer_id, "loc-lille")
        if answer == "release":
            release(database, offer_id, "loc-lille")
    found = stores(database, world)
    assert found["loc-lille"].history == History(3, 1)
    assert found["loc-paris"].history == History()
    assert stores(database, world, NOW + timedelta(days=91))["loc-lille"].history == History()
