from datetime import timedelta

import pytest

from core.service.offer_figures import Figures, figures
from tests.core.service.shops import build_shops, claim, decline, offered_order, offers_of, pass_time, publish, release
from tests.support.core import NOW

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def world(database):
    return build_shops(database)


def of(database, division_id: str, since=NOW, until=TOMORROW) -> dict[str, Figures]:
    with database.read() as connection:
        return {one.location_id: one for one in figures(connection, division_id, since, until)}


def test_each_answer_counts_once_and_its_time_from_being_asked(database, world):
    first, second = (offers_of(database, offered_order(database, world, 1))[0].id for _ in range(2))
    decline(database, first, "loc-paris", at=NOW + timedelta(seconds=100))
    claim(database, first, "loc-lille", NOW + timedelta(seconds=60))
    claim(database, second, "loc-lille", NOW + timedelta(seconds=180))
    found = of(database, world.division)
    assert found["loc-lille"] == Figures("loc-lille", 2, claimed=2, median_answer_s=120, p90_answer_s=168)
    assert found["loc-paris"] == Figures("loc-paris", 2, declined=1, lost=1, median_answer_s=100, p90_answer_s=100)
    assert found["loc-nice"] == Figures("loc-nice", 2, lost=2)


def test_silence_and_what_is_given_back_are_told_apart(database, world):
    publish(database, world, {"rules": [{"candidates": 1, "timeout_minutes": 30}]}, number=2)
    given = offers_of(database, offered_order(database, world, 1))[0].id
    (store,) = of(database, world.division)
    claim(database, given, store)
    release(database, given, store)
    offered_order(database, world, 1)
    pass_time(database, NOW + timedelta(minutes=31))
    found = of(database, world.division)[store]
    assert (found.claimed, found.released, found.no_answer, found.median_answer_s) == (0, 1, 1, None)


def test_what_the_core_claims_by_itself_is_nobodys_answer_time(database, world):
    publish(database, world, {"rules": [{"candidates": 1, "automatic": "at_once"}]}, number=2)
    offered_order(database, world, 1)
    (found,) = of(database, world.division).values()
    assert (found.claimed, found.median_answer_s) == (1, None)


def test_only_the_asked_time_and_division_count(database, world):
    offered_order(database, world, 1)
    assert of(database, "another") == {}
    assert of(database, "", until=NOW) == {}
    assert set(of(database, "")) == set(of(database, world.division))
