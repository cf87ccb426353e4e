from datetime import timedelta

import pytest

from core.service import claims
from core.service.cause import office_cause
from core.service.claims import Claimer
from core.store import feed
from tests.support.core import NOW, build_world, put_offer


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def copies(database, world):
    return put_offer(database, world)


def claim(database, copy_id: str, location_id: str, at=NOW):
    with database.write() as connection:
        return claims.claim(connection, copy_id, Claimer(location_id, "usr-ana"), office_cause(at, "usr-ana"))


def test_the_first_claim_wins_and_the_second_hears_who_was_first(database, world, copies):
    assert claim(database, copies[world.lille], world.lille) == claims.OfferClaimed()
    assert claim(database, copies[world.lyon], world.lyon) == claims.OfferTaken("Lille")


def test_every_store_that_saw_the_offer_hears_of_the_claim(database, world, copies):
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    claim(database, copies[world.lille], world.lille)
    with database.read() as connection:
        parts = [feed.store_part(location) for location in copies]
        assert {change.id for change in feed.changes(connection, parts, since)} == set(copies.values())


def test_an_offer_that_ran_out_is_nobodys(database, world, copies):
    late = NOW + timedelta(minutes=30)
    assert claim(database, copies[world.lille], world.lille, late) == claims.OfferExpired()


def test_the_copy_of_another_store_is_none_of_ours(database, world, copies):
    assert claim(database, copies[world.lyon], world.lille) == claims.OfferUnknown()
    assert claim(database, "nothing", world.lille) == claims.OfferUnknown()
