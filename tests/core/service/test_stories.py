from datetime import timedelta

import pytest
from sqlalchemy import select

from core.contract.story import Story, Subject
from core.service import stories
from core.service.cause import office_cause
from core.service.events import Happening, record
from core.service.refusal import Refusal
from core.store import tables as t
from tests.core.service.shops import asked, build_shops, claim, decline, offered_order, offers_of
from tests.support.core import NOW


@pytest.fixture
def world(database):
    return build_shops(database, {"rules": [{"candidates": 3}]})


def told(database, location_id, kind, id) -> Story | Refusal:
    with database.read() as connection:
        return stories.tell(connection, location_id, kind, id, NOW + timedelta(minutes=1))


def story(database, location_id, kind, id) -> Story:
    found = told(database, location_id, kind, id)
    assert isinstance(found, Story), found
    return found


def work_of(database, order_id) -> str:
    f = t.fulfilments.c
    with database.read() as connection:
        return connection.execute(select(f.id).where(f.order_id == order_id)).scalar_one()


def test_a_store_reads_what_happened_to_its_own_order_in_order(database, world):
    offer = offers_of(database, offered_order(database, world))[0]
    decline(database, offer.id, "loc-paris", at=NOW + timedelta(minutes=1))
    claim(database, offer.id, "loc-lille", NOW + timedelta(minutes=2))
    found = story(database, "loc-lille", Subject.FULFILMENT, work_of(database, offer.order_id))
    codes = [line.code for line in found.lines]
    assert found.told_at == NOW + timedelta(minutes=1)
    assert codes[0] == "OrderReceived"
    assert codes.index("OrderOffered") < codes.index("OfferDeclined") < codes.index("OfferClaimed")


def test_only_what_the_sentences_need_travels_and_no_name_of_another_store_s_people(database, world):
    offer = offers_of(database, offered_order(database, world))[0]
    decline(database, offer.id, "loc-paris")
    claim(database, offer.id, "loc-lille")
    data = {"name": "Shirt", "address": "Rue Secrète 9", "customer": "Ada"}
    cause = office_cause(NOW, world.ana)
    with database.write() as connection:
        record(connection, cause, [Happening("ItemPicked", "fulfilment", "f", offer.order_id, data)])
    found = story(database, "loc-lille", Subject.FULFILMENT, work_of(database, offer.order_id))
    assert [dict(line.params) for line in found.lines if line.code == "ItemPicked"] == [{"name": "Shirt"}]
    assert {line.who for line in found.lines if line.where != "Lille"} <= {""}


def test_another_store_s_work_is_unknown_and_an_offer_is_told_to_who_was_asked(database, world):
    offer = offers_of(database, offered_order(database, world))[0]
    copies = asked(database, offer.id)
    claim(database, offer.id, "loc-lille")
    work = work_of(database, offer.order_id)
    refused = told(database, "loc-paris", Subject.FULFILMENT, work)
    assert isinstance(refused, Refusal)
    assert refused.code == "fulfilment_unknown"
    lost = story(database, "loc-paris", Subject.OFFER, copies["loc-paris"])
    assert "OfferClaimed" in [line.code for line in lost.lines]
    stranger = told(database, "loc-nice", Subject.OFFER, copies["loc-paris"])
    assert isinstance(stranger, Refusal)
    assert stranger.code == "offer_unknown"


def test_what_has_no_sentence_is_left_out(database, world):
    offer = offers_of(database, offered_order(database, world))[0]
    with database.write() as connection:
        record(connection, office_cause(NOW), [Happening("Unheard", "order", "o", offer.order_id)])
    copy_id = asked(database, offer.id)["loc-lille"]
    assert "Unheard" not in [line.code for line in story(database, "loc-lille", Subject.OFFER, copy_id).lines]
