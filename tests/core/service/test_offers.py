from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain.offer_answers import OfferClaimed, OfferExpired, OfferStockGone, OfferTaken
from core.service import cancellation, offers, orders, resourcing
from core.service.cause import office_cause
from core.store import feed, render
from core.store import tables as t
from tests.core.service.office import event_names, fulfilments_of, ledger, new_order, order_row, place, stock
from tests.core.service.shops import (
    HALF_AN_HOUR,
    TOWNS,
    asked,
    build_shops,
    change_store,
    claim,
    copy_of,
    decline,
    offered_order,
    offers_of,
    pass_time,
    publish,
    reserved,
    set_stock,
)
from tests.support.core import NOW

NEAREST = list(TOWNS)


@pytest.fixture
def world(database):
    return build_shops(database)


def feed_offer(database, copy_id: str, location_id: str):
    with database.read() as connection:
        return render.bodies(connection, "offer", feed.store_part(location_id), [copy_id])[copy_id]


def test_an_order_is_offered_to_the_best_stores_and_held_at_one(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    assert list(asked(database, offer.id)) == NEAREST
    assert (offer.state, offer.units, offer.value_minor, offer.expires_at) == ("open", 2, 3980, NOW + HALF_AN_HOUR)
    assert reserved(database) == {offer.holder: 2}
    assert fulfilments_of(database, order_id) == []
    row = order_row(database, order_id)
    assert (row.state, row.waiting, row.target_at > NOW) == ("on_offer", False, True)
    shown = feed_offer(database, copy_of(database, offer.id, world.lyon), world.lyon)
    assert [(line.sku, line.units, line.name, line.size) for line in shown.lines] == [("SKU-1", 2, "Shirt", "M")]
    assert (shown.state, shown.target_at, shown.expires_at) == ("open", offer.target_at, offer.expires_at)
    assert shown.others == len(NEAREST) - 1


def test_the_winner_has_the_work_and_its_own_stock_reserved(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    winner = next(id for id in NEAREST if id != offer.holder)
    assert claim(database, offer.id, winner) == OfferClaimed()
    (made,) = fulfilments_of(database, order_id)
    assert (made.location_id, [(line.sku, line.quantity) for line in made.lines]) == (winner, [("SKU-1", 2)])
    assert reserved(database) == {winner: 2}
    assert stock(database, winner, "SKU-1")[1] == ledger(database, winner, "SKU-1")[1] == 2
    assert ledger(database, offer.holder, "SKU-1")[1] == 0
    assert order_row(database, order_id).state == "received"
    loser = next(id for id in NEAREST if id != winner)
    assert isinstance(claim(database, offer.id, loser), OfferTaken)
    assert feed_offer(database, copy_of(database, offer.id, loser), loser).state == "taken"
    assert {"OrderOffered", "FulfilmentCreated", "OfferClaimed"} <= set(event_names(database, order_id))


def test_the_holder_that_wins_keeps_what_is_held(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    assert claim(database, offer.id, offer.holder) == OfferClaimed()
    assert reserved(database) == {offer.holder: 2}
    assert offers_of(database, order_id)[0].holder == ""


def test_who_sold_the_article_in_the_meantime_cannot_win_and_others_still_can(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    poor, rich = [id for id in NEAREST if id != offer.holder][:2]
    set_stock(database, poor, 1)
    assert claim(database, offer.id, poor) == OfferStockGone("SKU-1")
    assert reserved(database) == {offer.holder: 2}
    assert feed_offer(database, copy_of(database, offer.id, poor), poor).state == "declined"
    assert claim(database, offer.id, rich) == OfferClaimed()


def test_an_open_offer_never_lets_its_last_units_be_promised_twice(database, world):
    for id in NEAREST:
        set_stock(database, id, 2 if id == world.lille else 0)
    first = offered_order(database, world)
    second = offered_order(database, world)
    assert order_row(database, first).state == "on_offer"
    assert order_row(database, second).state == "waiting_for_stock"
    assert offers_of(database, second) == []


def test_no_answer_goes_to_the_next_rule_and_then_to_plain_sourcing(database):
    rules = [{"candidates": 1, "timeout_minutes": 10}, {"candidates": 3, "timeout_minutes": 20, "days_late": 2}]
    world = build_shops(database, {"rules": rules})
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    first = list(asked(database, offer.id))
    pass_time(database, NOW + timedelta(minutes=10))
    (offer,) = offers_of(database, order_id)
    assert (offer.step, offer.days_late, offer.expires_at) == (1, 2, NOW + timedelta(minutes=30))
    assert list(asked(database, offer.id, "no_answer")) == first
    assert len(asked(database, offer.id)) == 3
    assert reserved(database) == {offer.holder: 2}
    pass_time(database, NOW + timedelta(minutes=30))
    (offer,) = offers_of(database, order_id)
    assert (offer.state, offer.holder) == ("expired", "")
    (made,) = fulfilments_of(database, order_id)
    assert reserved(database) == {made.location_id: 2}
    assert order_row(database, order_id).state == "received"
    assert claim(database, offer.id, first[0], NOW + timedelta(minutes=31)) == OfferExpired()
    assert event_names(database, order_id).count("OrderOffered") == 2


def test_a_timer_that_comes_twice_or_late_does_nothing(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    with database.write() as connection:
        assert not offers.time_out(connection, office_cause(NOW), offer.id, 0)
        assert offers.time_out(connection, office_cause(NOW + HALF_AN_HOUR), offer.id, 0)
        assert not offers.time_out(connection, office_cause(NOW + HALF_AN_HOUR), offer.id, 0)
        assert not offers.time_out(connection, office_cause(NOW), "nowhere", 0)
    assert offers_of(database, order_id)[0].step == 1


@pytest.mark.parametrize(("automatic", "state"), [("at_once", "taken"), ("never", "open")])
def test_the_core_claims_for_the_best_store_where_the_rule_says_so(database, automatic, state):
    world = build_shops(database, {"rules": [{"automatic": automatic}]})
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    assert offer.state == state
    if state == "taken":
        (made,) = fulfilments_of(database, order_id)
        assert made.location_id == offer.winner == NEAREST[0]
        assert reserved(database) == {offer.winner: 2}


def test_the_core_claims_when_the_time_is_over_for_who_has_not_said_no(database):
    world = build_shops(database, {"rules": [{"automatic": "on_timeout"}]})
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    decline(database, offer.id, NEAREST[0])
    pass_time(database, NOW + HALF_AN_HOUR)
    assert offers_of(database, order_id)[0].winner == NEAREST[1]
    assert [f.location_id for f in fulfilments_of(database, order_id)] == [NEAREST[1]]


def test_a_store_that_cannot_keep_the_promise_is_asked_by_a_later_rule(database):
    rules = [{"timeout_minutes": 10}, {"timeout_minutes": 10, "days_late": 2}, {"days_late": 5}]
    world = build_shops(database, {"rules": rules})
    # Monday morning, promised for Tuesday: each order of work is a day. Lyon is two days late, Nice far too late.
    occupy(database, world, {"loc-lyon": 3, "loc-nice": 9, "loc-paris": 5})
    for id in NEAREST:
        change_store(database, id, capacity_per_day=1)
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    assert list(asked(database, offer.id)) == ["loc-lille"]
    why = {one["location_id"]: (one["code"], one["params"]) for one in offer.ranking}
    assert why["loc-lyon"] == ("too_late", {"days_late": 2, "allowed": 0})
    pass_time(database, NOW + timedelta(minutes=10))
    (offer,) = offers_of(database, order_id)
    assert set(asked(database, offer.id)) == {"loc-lille", "loc-lyon"}
    assert feed_offer(database, copy_of(database, offer.id, "loc-lyon"), "loc-lyon").days_late == 2
    pass_time(database, NOW + timedelta(minutes=20))
    (offer,) = offers_of(database, order_id)
    assert set(asked(database, offer.id)) == {"loc-lille", "loc-lyon", "loc-paris"}


def occupy(database, world, orders: dict[str, int]) -> None:
    for id, count in orders.items():
        for _ in range(count):
            offered_order(database, world, 1, location_id=id)


def test_capacity_zero_stops_new_offers(database, world):
    change_store(database, "loc-lille", capacity_per_day=0)
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    assert "loc-lille" not in asked(database, offer.id)
    assert {"location_id": "loc-lille", "code": "no_capacity", "params": {}} in offer.ranking


def test_closed_stores_are_not_asked_and_time_runs_while_they_are_open(database, world):
    evening = NOW.replace(hour=16, minute=50)  # 18:50 in Paris
    week = [[["09:00", "19:00"]]] * 7
    change_store(database, "loc-lille", hours={"week": week})
    for id in NEAREST[1:]:
        change_store(database, id, hours={"week": [[]] * 5 + [[["09:00", "19:00"]]] * 2})
    order_id = place_at(database, world, evening)
    (offer,) = offers_of(database, order_id)
    assert list(asked(database, offer.id)) == ["loc-lille"]
    # Ten minutes this evening, twenty from nine o'clock tomorrow.
    assert offer.expires_at == NOW.replace(day=5, hour=7, minute=20)


def place_at(database, world, at) -> str:
    with database.write() as connection:
        made = orders.create(connection, office_cause(at), new_order(world, {"SKU-1": 2}))
    assert isinstance(made, orders.Received)
    return made.order_id


def test_what_a_warehouse_sends_is_not_offered_and_neither_is_an_order_that_names_its_place(database, world):
    change_store(database, "loc-nice", kind="warehouse")
    for id in NEAREST[:3]:
        set_stock(database, id, 0, "SKU-2")
    whole = place(database, world, {"SKU-2": 1}).order_id
    assert [f.location_id for f in fulfilments_of(database, whole)] == ["loc-nice"]
    named = offered_order(database, world, location_id="loc-lyon")
    assert [f.location_id for f in fulfilments_of(database, named)] == ["loc-lyon"]
    assert offers_of(database, whole) == offers_of(database, named) == []


def test_a_channel_that_does_not_compete_is_sourced(database, world):
    publish(database, world, {"channels": ["marketplace"]}, number=2)
    assert offers_of(database, offered_order(database, world)) == []
    assert len(offers_of(database, offered_order(database, world, channel="marketplace"))) == 1


def test_each_part_of_a_divided_order_is_offered_by_itself(database, world):
    for id in NEAREST:
        set_stock(database, id, 5 if id == "loc-lille" else 0, "SKU-1")
        set_stock(database, id, 5 if id == "loc-nice" else 0, "SKU-2")
    order_id = place(database, world, {"SKU-1": 1, "SKU-2": 1}).order_id
    parts = {tuple(line["sku"] for line in offer.lines): offer for offer in offers_of(database, order_id)}
    assert {skus: list(asked(database, offer.id)) for skus, offer in parts.items()} == {
        ("SKU-1",): ["loc-lille"], ("SKU-2",): ["loc-nice"],
    }  # fmt: skip
    claim(database, parts[("SKU-1",)].id, "loc-lille")
    assert order_row(database, order_id).state == "on_offer"
    claim(database, parts[("SKU-2",)].id, "loc-nice")
    assert order_row(database, order_id).state == "received"


def test_a_cancelled_order_is_withdrawn_and_nothing_is_held_for_it(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), order_id) is None
    assert (offers_of(database, order_id)[0].state, order_row(database, order_id).state) == ("withdrawn", "cancelled")
    assert reserved(database) == {}
    assert claim(database, offer.id, world.lille) == OfferExpired()


def test_what_is_left_of_a_partly_cancelled_order_is_offered_anew(database, world):
    order_id = offered_order(database, world, 3)
    with database.write() as connection:
        (line,) = connection.execute(select(t.order_lines.c.id).where(t.order_lines.c.order_id == order_id)).scalars()
        assert cancellation.cancel(connection, office_cause(NOW), order_id, units={line: 1}) is None
    old, new = offers_of(database, order_id)
    assert (old.state, new.state, new.units) == ("withdrawn", "open", 2)
    assert reserved(database) == {new.holder: 2}


def test_an_order_that_waits_is_offered_when_stock_appears(database, world):
    for id in NEAREST:
        set_stock(database, id, 0)
    order_id = offered_order(database, world)
    assert order_row(database, order_id).waiting
    set_stock(database, "loc-nice", 5)
    with database.write() as connection:
        assert resourcing.serve_waiting(connection, office_cause(NOW), {"SKU-1"}) == 1
        assert resourcing.serve_waiting(connection, office_cause(NOW), {"SKU-1"}) == 0
    (offer,) = offers_of(database, order_id)
    assert list(asked(database, offer.id)) == ["loc-nice"]
    assert order_row(database, order_id).state == "on_offer"


def test_stores_that_keep_answering_come_before_nearer_ones_that_do_not(database, world):
    set_stock(database, "loc-nice", 100)
    for _ in range(6):
        order_id = offered_order(database, world, 1)
        claim(database, offers_of(database, order_id)[0].id, "loc-nice")
        order_id = offered_order(database, world, 1)
        decline(database, offers_of(database, order_id)[0].id, "loc-lille")
    order_id = offered_order(database, world, 1)
    (offer,) = offers_of(database, order_id)
    assert list(asked(database, offer.id)) == ["loc-paris", "loc-nice", "loc-lyon", "loc-lille"]


def test_a_day_after_it_was_closed_the_losers_forget_an_offer(database, world):
    order_id = offered_order(database, world)
    (offer,) = offers_of(database, order_id)
    claim(database, offer.id, "loc-lille")
    pass_time(database, NOW + timedelta(days=1))
    with database.read() as connection:
        parts = [feed.store_part(id) for id in NEAREST]
        shown = {change.part for change in feed.changes(connection, parts, None) if change.entity == "offer"}
    assert shown == {feed.store_part("loc-lille")}
