from datetime import timedelta

import pytest
from sqlalchemy import select

from core.contract import commands as c
from core.contract.commands import How
from core.domain.collecting_answers import Extended, ExtendedTooFar, HandedOver, HandedOverTwice
from core.domain.collection import CollectionKind
from core.domain.lifecycle import CollectionState, FulfilmentState, OrderState
from core.domain.order import CustomerState, customer_state
from core.domain.outcome import Verdict
from core.service import collections, sealing
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import (
    collection_of,
    events,
    expire,
    handover,
    jobs_of,
    opening,
    prepared,
    shipped_to_store,
    tasks_of,
    until,
)
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import fulfilments_of, order_row, stock, tell
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def test_handed_over_leaves_the_books_and_is_proved(database: Database, world: World):
    ready = prepared(database, world)
    before = stock(database, world.lille, "SKU-1")
    assert tell(database, handover(ready, 2, identity="passport", signature="1,1 2,2")) == HandedOver()
    after = collection_of(database, ready.order_id)
    assert after.state is CollectionState.COLLECTED
    assert stock(database, world.lille, "SKU-1") == (before[0] - 2, before[1] - 2, before[2] - 2, before[3])
    assert opening(database, world) == (10, 0, 0, 0)
    assert jobs_of(database, collections.EXPIRE, ready.id) == []
    row = order_row(database, ready.order_id)
    assert customer_state(OrderState(row.state), row.collection) is CustomerState.COLLECTED
    with database.write() as connection:
        proof = connection.execute(select(t.handovers)).one()
        assert (proof.identity, "1,1" in proof.signature) == ("passport", False)
        assert sealing.unseal(connection, proof.signature, NOW) == "1,1 2,2"
    told = [event for event in events(database, ready.order_id) if event.name == "CollectionItemsHandedOver"]
    assert "signature" not in told[0].data


def test_the_second_of_two_tablets_is_told_of_the_first(database: Database, world: World):
    ready = prepared(database, world)
    tell(database, handover(ready, 2))
    before = stock(database, world.lille, "SKU-1")
    answer = tell(database, handover(ready, 2, id="h2"))
    assert isinstance(answer, HandedOverTwice)
    assert (answer.units, answer.by) == (2, "usr-ana")
    assert stock(database, world.lille, "SKU-1") == before


def test_a_handover_that_is_told_again_is_proved_once(database: Database, world: World):
    ready = prepared(database, world)
    tell(database, handover(ready, 2))
    tell(database, handover(ready, 2))
    with database.read() as connection:
        assert len(connection.execute(select(t.handovers)).all()) == 1


def test_what_is_refused_is_refunded_and_free_again_when_it_lies_on_the_shelf(database: Database, world: World):
    ready = prepared(database, world)
    reserved = stock(database, world.lille, "SKU-1")[1]
    tell(database, handover(ready, 1, refused=1))
    (task,) = tasks_of(database, ready.order_id)
    assert (task.kind, task.reason) == ("refund", "too_small")
    refund = next(event for event in events(database, ready.order_id) if event.name == "RefundAsked")
    assert refund.data["amount_minor"] == ready.lines[0].unit_price_minor
    assert stock(database, world.lille, "SKU-1")[1] == reserved - 1
    works = tuple(part.fulfilment_id for part in ready.parts)
    tell(database, c.ReturnToShelf(ready.id, ready.lines[0].id, 1, "A1", works))
    assert stock(database, world.lille, "SKU-1")[1] == reserved - 2
    assert opening(database, world) == (10, 0, 0, 0)
    (work,) = fulfilments_of(database, ready.order_id)
    assert (work.state, order_row(database, ready.order_id).waiting) == (FulfilmentState.SHIPPED, False)


def test_more_time_takes_the_refund_back(database: Database, world: World):
    ready = prepared(database, world)
    expire(database, ready, until(ready))
    tell(database, c.ExtendPickUp(ready.id, until(ready) + timedelta(days=3)))
    again = collection_of(database, ready.order_id)
    assert (again.state, tasks_of(database, ready.order_id)) == (CollectionState.READY, [])
    assert [job.run_at for job in jobs_of(database, collections.EXPIRE, ready.id)][-1] == again.pick_up_by
    with database.read() as connection:
        lines = connection.execute(select(t.order_lines).where(t.order_lines.c.order_id == ready.order_id))
        assert [line.cancelled for line in lines] == [0]


def test_a_store_keeps_nothing_longer_than_its_terms_say(database: Database, world: World):
    ready = prepared(database, world)
    latest = ready.latest_pick_up
    assert latest is not None
    assert tell(database, c.ExtendPickUp(ready.id, latest)) == Extended()
    far = tell(database, c.ExtendPickUp(ready.id, latest + timedelta(days=1)))
    assert far == ExtendedTooFar(latest.isoformat())
    assert far.verdict is Verdict.REJECTED
    kept = collection_of(database, ready.order_id)
    assert kept.pick_up_by == latest
    assert [job.run_at for job in jobs_of(database, collections.EXPIRE, ready.id)] == [latest]


def test_a_parcel_from_another_place_arrives_is_ready_and_what_nobody_takes_is_stock_here(
    database: Database, world: World
):
    sent = shipped_to_store(database, world)
    (part,) = sent.parts
    assert (part.id, part.own, part.sscc) == ("p1", False, "340123450000000018")
    assert (sent.complete, sent.state) == (True, CollectionState.EXPECTED)
    tell(database, c.ArriveParcel(sent.id, "p1", How.CAMERA, part.sscc))
    assert collection_of(database, sent.order_id).state is CollectionState.ARRIVED
    tell(database, c.PutAway(sent.id, "p1", "C-02"))
    ready = collection_of(database, sent.order_id)
    assert ready.state is CollectionState.READY
    before = stock(database, world.lille, "SKU-1")
    tell(database, handover(ready, 1, refused=1))
    assert stock(database, world.lille, "SKU-1") == before
    tell(database, c.ReturnToShelf(ready.id, ready.lines[0].id, 1, "A1"))
    assert stock(database, world.lille, "SKU-1") == (before[0] + 1, *before[1:])


def test_a_reservation_is_paid_when_it_is_bought(database: Database, world: World):
    ready = prepared(database, world, collect_as="reservation", pay_on_collection=True)
    price = ready.lines[0].unit_price_minor
    assert (ready.kind, ready.due_minor) == (CollectionKind.RESERVATION, 2 * price)
    tell(database, c.TakeCash(ready.id, "pay-1", price))
    assert tell(database, handover(ready, 1, refused=1)) == HandedOver()
    after = collection_of(database, ready.order_id)
    assert (after.due_minor, tasks_of(database, ready.order_id)) == (0, [])


def test_what_is_refused_when_its_time_is_over_is_refunded_once(database: Database, world: World):
    ready = prepared(database, world)
    expire(database, ready, until(ready))
    tell(database, handover(ready, 0, refused=2))
    (task,) = tasks_of(database, ready.order_id)
    assert (task.kind, task.reason) == ("refund", "not_collected")
    with database.read() as connection:
        lines = connection.execute(select(t.order_lines).where(t.order_lines.c.order_id == ready.order_id))
        assert [line.cancelled for line in lines] == [2]
