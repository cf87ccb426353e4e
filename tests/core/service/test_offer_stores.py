from datetime import timedelta

import pytest
from sqlalchemy import update

from core.domain.offering import Asked, History, OfferSettings, rank
from core.domain.offering import Rule as Step
from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import stock_rules
from core.service.cause import office_cause
from core.service.offer_stores import Part, settings_of, stores_of
from core.service.promise_network import forget
from core.service.promise_orders import Choice
from core.service.refusal import Refusal
from core.store import tables as t
from tests.core.service.delivery_world import build_delivery_world, put_stock
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


def test_stock_is_what_the_channel_may_promise_by_all_rules(database, world):
    with database.write() as connection:
        rule = Rule("safe", RuleKind.SAFETY, Scope("loc-lyon", "SKU-1"), units=4)
        made = stock_rules.put_rule(connection, office_cause(NOW), rule)
        assert not isinstance(made, Refusal), made
    found = stores(database, world)
    assert (found["loc-lyon"].free, found["loc-paris"].free) == ({"SKU-1": 6}, {"SKU-1": 10})


def judged(database, world, order_id: str, at=NOW):
    part = Part(world.division, LILLE, {"SKU-1": 1}, frozenset(), order_id=order_id)
    with database.read() as connection:
        found = {store.location_id: store for store in stores_of(connection, part, OfferSettings(), at)}
        asked = Asked({"SKU-1": 1}, at + timedelta(days=30), at)
        chosen, barred = rank(list(found.values()), asked, Step(), OfferSettings())
    return found, [one.location_id for one in chosen], {one.location_id: one.code for one in barred}


def test_how_late_a_store_would_be_is_what_the_promise_of_the_order_says(database):
    """Lille opens on Fridays only: whatever its own readiness, the parcel would arrive days after the promised one."""
    world = build_delivery_world(database)
    for location_id in (world.lille, world.lyon):
        put_stock(database, location_id, "SKU-1", 10)
    order_id = place(database, world, {"SKU-1": 1}, delivery=Choice("standard")).order_id
    with database.write() as connection:
        lille = update(t.locations).where(t.locations.c.id == world.lille)
        week = {"week": [[], [], [], [], [["10:00", "19:00"]], [], []]}
        connection.execute(lille.values(hours=week, version=t.locations.c.version + 1))
        forget(connection)
    found, chosen, _ = judged(database, world, order_id)
    assert (found[world.lyon].days_late, world.lyon in chosen) == (0, True)
    assert (found[world.lille].days_late or 0) > 0
    assert world.lille not in chosen


def test_work_for_days_makes_a_store_later_by_the_promise_too(database):
    world = build_delivery_world(database)
    put_stock(database, world.lyon, "SKU-1", 10)
    order_id = place(database, world, {"SKU-1": 1}, delivery=Choice("standard")).order_id
    place(database, world, {"SKU-1": 1}, location_id=world.lyon)
    change_store(database, world.lyon, capacity_per_day=1)
    busy = judged(database, world, order_id)[0][world.lyon]
    assert busy.work >= 1
    assert (busy.days_late or 0) >= 1
