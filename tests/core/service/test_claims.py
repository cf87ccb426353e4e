from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.contract import commands as c
from core.contract.sync import Answer
from core.domain.offer_answers import OfferClaimed, OfferExpired, OfferTaken, OfferUnknown
from core.service import claims, inbox
from core.service.cause import office_cause
from core.service.claims import Claimer
from core.store import feed
from tests.core.service.office import fulfilments_of, place
from tests.core.service.shops import asked, build_crowd, offers_of, reserved
from tests.support.core import NOW, Sender, build_world, put_offer


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
    assert claim(database, copies[world.lille], world.lille) == OfferClaimed()
    assert claim(database, copies[world.lyon], world.lyon) == OfferTaken("Lille")


def test_every_store_that_saw_the_offer_hears_of_the_claim(database, world, copies):
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    claim(database, copies[world.lille], world.lille)
    with database.read() as connection:
        parts = [feed.store_part(location) for location in copies]
        assert {change.id for change in feed.changes(connection, parts, since)} == set(copies.values())


def test_an_offer_that_ran_out_is_nobodys(database, world, copies):
    late = NOW + timedelta(minutes=30)
    assert claim(database, copies[world.lille], world.lille, late) == OfferExpired()


def test_the_copy_of_another_store_is_none_of_ours(database, world, copies):
    assert claim(database, copies[world.lyon], world.lille) == OfferUnknown()
    assert claim(database, "nothing", world.lille) == OfferUnknown()


def test_one_of_two_hundred_claimers_wins_also_when_answers_are_lost_and_asked_again(database):
    """Each claimer is the tablet of a store of its own; every second one loses the answer and sends its claim again."""
    world, devices = build_crowd(database, 200)
    order_id = place(database, world, {"SKU-1": 2}).order_id
    (offer,) = offers_of(database, order_id)
    copies = asked(database, offer.id)

    def ask(number: int) -> list[Answer]:
        device = devices[number]
        command = Sender(device, world.ana).command(c.ClaimOffer(copies[device.location_id]))
        told = [inbox.receive(database, device, command, NOW) for _ in range(1 + number % 2)]
        while told[-1].verdict is None:
            told.append(inbox.receive(database, device, command, NOW))
        return told

    with ThreadPoolExecutor(40) as at_once:
        answers = list(at_once.map(ask, range(200)))
    final = [{answer.code for answer in told if answer.verdict is not None} for told in answers]
    assert Counter(code for codes in final for code in codes) == {"offer_claimed": 1, "taken_by": 199}
    winner = devices[final.index({"offer_claimed"})].location_id
    (made,) = fulfilments_of(database, order_id)
    assert made.location_id == offers_of(database, order_id)[0].winner == winner
    assert reserved(database) == {winner: 2}
