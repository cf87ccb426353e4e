from datetime import UTC, datetime, timedelta

import pytest

from core.contract.commands import PauseOffers
from core.contract.reference import Location
from core.domain.offering import OfferSettings
from core.domain.outcome import Verdict
from core.service import inbox, offer_pauses
from core.service.cause import Cause, id_maker
from core.service.offer_stores import Part, stores_of
from core.store import render
from tests.core.service.shops import (
    HALF_AN_HOUR,
    asked,
    build_shops,
    decline,
    offered_order,
    offers_of,
    pass_time,
)
from tests.support.core import NOW, Sender, put_device


@pytest.fixture
def world(database):
    return build_shops(database, {"rules": [{"candidates": 2, "automatic": "on_timeout"}]})


def pause(database, location_id="loc-lille", paused=True, at=NOW):
    cause = Cause(at, max(at, NOW), id_maker(at), "usr-ana", "", location_id)
    with database.write() as connection:
        return offer_pauses.pause(connection, cause, paused).code


def stores_asked(database, world) -> list[str]:
    return list(asked(database, offers_of(database, offered_order(database, world, 1))[0].id))


def paused(database, world, at) -> set[str]:
    part = Part(world.division, {"town": "Lille", "country": "FR"}, {"SKU-1": 1}, frozenset())
    with database.read() as connection:
        return {store.location_id for store in stores_of(connection, part, OfferSettings(), at) if store.paused}


def here(database, location_id="loc-lille") -> Location:
    with database.read() as connection:
        return render.locations(connection, location_id, [location_id])[location_id]


def test_a_store_that_takes_no_more_offers_today_is_asked_again_tomorrow(database, world):
    assert "loc-lille" in stores_asked(database, world)
    assert pause(database) == "offers_paused"
    assert "loc-lille" not in stores_asked(database, world)
    until = here(database).offers_paused_until
    assert until is not None
    assert timedelta(0) < until - NOW <= timedelta(days=1)
    assert paused(database, world, until - timedelta(seconds=1)) == {"loc-lille"}
    assert paused(database, world, until) == set()


def test_it_is_told_why_nobody_asked_it(database, world):
    pause(database)
    ranking = offers_of(database, offered_order(database, world, 1))[0].ranking
    assert [one["code"] for one in ranking if one["location_id"] == "loc-lille"] == ["paused"]


def test_the_manager_takes_offers_again_on_the_same_day(database, world):
    pause(database)
    assert pause(database, paused=False, at=NOW + timedelta(minutes=1)) == "offers_resumed"
    assert here(database).offers_paused_until is None
    assert "loc-lille" in stores_asked(database, world)


def test_what_was_said_earlier_and_comes_later_changes_nothing(database, world):
    pause(database, paused=False, at=NOW + timedelta(minutes=1))
    pause(database, at=NOW)
    assert here(database).offers_paused_until is None


def test_the_day_is_the_one_of_the_store():
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert offer_pauses.midnight_after(late, "Europe/Paris") == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    assert offer_pauses.midnight_after(late, "Europe/London") == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


def test_the_core_does_not_claim_for_a_store_that_paused_meanwhile(database, world):
    offer = offers_of(database, offered_order(database, world, 1))[0]
    first, second = asked(database, offer.id)
    pause(database, first)
    pass_time(database, NOW + HALF_AN_HOUR)
    assert [one.winner for one in offers_of(database, offer.order_id)] == [second]


def test_an_offer_that_was_made_before_can_still_be_answered(database, world):
    offer = offers_of(database, offered_order(database, world, 1))[0]
    pause(database)
    assert decline(database, offer.id, "loc-lille").code == "offer_declined"


def test_only_who_may_claim_may_pause(database, world):
    device = put_device(database, world.lille)
    sender = Sender(device, world.ana)
    allowed = inbox.receive(database, device, sender.command(PauseOffers(True)), NOW)
    assert (allowed.verdict, allowed.code) == (Verdict.ACCEPTED, "offers_paused")
    refused = inbox.receive(database, device, sender.command(PauseOffers(False), user_id=world.leo), NOW)
    assert (refused.verdict, refused.code) == (Verdict.REJECTED, "not_permitted")


def test_each_store_is_told_how_far_it_is_and_no_address(database, world):
    offer = offers_of(database, offered_order(database, world, 1))[0]
    told = {}
    for location_id, copy_id in asked(database, offer.id).items():
        with database.read() as connection:
            told[location_id] = render.offers(connection, location_id, [copy_id])[copy_id].distance_km
    assert all(isinstance(km, int) and km >= 1 for km in told.values())
    assert told["loc-lille"] < max(told.values())
