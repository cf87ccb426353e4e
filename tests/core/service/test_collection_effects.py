from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.contract import commands as c
from core.contract.commands import How
from core.domain.collecting_answers import Extended, ExtendedTooFar, HandedOver, HandedOverTwice, PartlyHandedOver
from core.domain.collection import CollectionKind
from core.domain.lifecycle import CollectionState, FulfilmentState, OrderState
from core.domain.order import CustomerState, customer_state
from core.domain.outcome import Verdict
from core.service import cancellation, collections, message_templates, payments, sealing
from core.service.cause import office_cause
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import (
    collection_of,
    events,
    expire,
    handover,
    jobs_of,
    messages_of,
    opening,
    prepared,
    shipped_to_store,
    tasks_of,
    until,
)
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import fulfilments_of, order_row, stock, tell
from tests.core.service.till_world import Shop, due, expired, late, names, open_debts, rows
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


@pytest.fixture
def shop(database: Database, world: World, tmp_path: Path) -> Shop:
    return Shop(database, world, tmp_path)


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


def test_a_number_of_a_document_is_never_kept_and_the_handover_counts(database: Database, world: World):
    ready = prepared(database, world)
    assert tell(database, handover(ready, 1, identity="FR-ID 12AB34567")) == PartlyHandedOver(1)
    with database.write() as connection:
        connection.execute(update(t.locations).values(collect={"documents": ["student_card"]}))
    tell(database, handover(ready, 1, id="h2", identity="student_card"))
    with database.read() as connection:
        proofs = connection.execute(select(t.handovers.c.identity).order_by(t.handovers.c.id)).scalars().all()
    told = [one.data["identity"] for one in events(database, ready.order_id) if "handover_id" in one.data]
    assert (proofs, sorted(told)) == (["", "student_card"], ["", "student_card"])


def test_each_handover_is_proved_to_who_ordered_with_what_was_given_and_to_whom(database: Database, world: World):
    ready = prepared(database, world)
    tell(database, handover(ready, 1, collector="Bo Prima"))
    tell(database, handover(ready, 1, id="h2", collector="Bo Prima"))
    tell(database, handover(ready, 1, id="h2", collector="Bo Prima"))
    kinds = sorted(row.kind for row in messages_of(database, ready.id))
    with database.read() as connection:
        values = message_templates.values_of(connection, collection_of(database, ready.order_id), "fr")
    assert kinds == ["collected", "collected", "ready"]  # a handover that is told twice is one
    assert values["articles"].startswith("2 × ")
    assert (values["collector"], "2026" in values["handed_over_on"]) == ("Bo Prima", True)


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


def test_what_was_handed_over_in_time_and_told_later_is_kept_and_the_rest_goes_back(database, world, shop):
    over = expired(database, world, shop)
    answer = late(shop, over, 2, refused=1)
    assert (answer.verdict, answer.code) == (Verdict.ACCEPTED, "handed_over")
    shop.clock.at += timedelta(hours=1)
    shop.work()
    assert [(row.amount_minor, row.state) for row in rows(database, t.refunds)] == [(1000, "done")]
    after = collection_of(database, over.order_id)
    assert (after.state, after.due_minor, tasks_of(database, over.order_id)) == (CollectionState.COLLECTED, 0, [])
    with database.read() as connection:
        o = t.order_lines.c
        assert connection.execute(select(o.cancelled).where(o.order_id == over.order_id)).scalars().all() == [1]
    assert names(database, over)[-2:] == ["RefundCalledOff", "RefundDone"]


def test_what_went_back_already_for_what_the_customer_has_is_owed(database, world, shop):
    over = expired(database, world, shop, hours=2)
    assert [row.state for row in rows(database, t.refunds)] == ["done"]
    late(shop, over, 2)
    after = collection_of(database, over.order_id)
    assert (after.state, after.due_minor, open_debts(database, over)) == (CollectionState.EXPIRED, 2000, [2000])
    shop.say(c.TakeCash(over.id, "pay-2", 2000))
    assert (collection_of(database, over.order_id).due_minor, open_debts(database, over)) == (0, [])
    assert names(database, over)[-2:] == ["PaymentOwed", "CashTaken"]


def cancelled(database, world, shop):
    """Three articles of 10.00, paid by card; head office has cancelled the order, the tablet does not know."""
    ready = due(database, world, 1000, units=3)
    shop.say(c.ChargeCard(ready.id, "pay-1", 3000))
    shop.work()
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(shop.clock.at), ready.order_id) is None
    assert collection_of(database, ready.order_id).state is CollectionState.CANCELLED
    return ready


def test_what_was_cancelled_and_is_handed_over_is_not_refunded(database, world, shop):
    ready = cancelled(database, world, shop)
    assert late(shop, ready, 2).code == "handed_over_after_end"
    shop.work()
    assert [(row.amount_minor, row.state) for row in rows(database, t.refunds)] == [(1000, "done")]
    assert (collection_of(database, ready.order_id).due_minor, tasks_of(database, ready.order_id)) == (0, [])


def test_what_was_cancelled_and_refunded_and_is_handed_over_is_owed(database, world, shop):
    ready = cancelled(database, world, shop)
    shop.work()
    late(shop, ready, 2)
    (task,) = tasks_of(database, ready.order_id)
    assert (task.kind, task.reason, task.amount_minor) == ("payment", "given_after_end", 2000)
    assert collection_of(database, ready.order_id).due_minor == 2000
    late(shop, ready, 2)
    assert open_debts(database, ready) == [2000, 1000]
    shop.say(c.TakeCash(ready.id, "pay-2", 3000))
    assert (collection_of(database, ready.order_id).due_minor, open_debts(database, ready)) == (0, [])


def test_what_was_put_back_here_and_handed_over_there_is_owed(database, world, shop):
    over = expired(database, world, shop, hours=2)
    works = tuple(part.fulfilment_id for part in over.parts)
    shop.say(c.ReturnToShelf(over.id, over.lines[0].id, 1, "A1", works))
    assert late(shop, over, 3).code == "handed_over_after_end"
    assert (collection_of(database, over.order_id).due_minor, sorted(open_debts(database, over))) == (
        3000,
        [1000, 2000],
    )


def test_head_office_settles_what_is_owed(database, world, shop):
    over = expired(database, world, shop, hours=2)
    late(shop, over, 3)
    (task,) = tasks_of(database, over.order_id)
    with database.write() as connection:
        assert payments.close_by_hand(connection, office_cause(NOW, "usr-head"), task.id) is None
    after = collection_of(database, over.order_id)
    assert (after.state, after.due_minor, open_debts(database, over)) == (CollectionState.COLLECTED, 0, [])
    assert "PaymentSettled" in names(database, over)


def test_cash_of_before_its_end_that_is_told_later_stays(database, world, shop):
    ready = due(database, world, 1000)
    expire(database, ready, until(ready))
    shop.clock.at = until(ready)
    shop.say(c.TakeCash(ready.id, "pay-1", 1000))
    assert [row.reason for row in rows(database, t.refunds)] == ["paid_twice"]
    assert late(shop, ready, 1).code == "handed_over"
    assert [row.state for row in rows(database, t.refunds)] == ["called_off"]
    after = collection_of(database, ready.order_id)
    assert (after.due_minor, tasks_of(database, ready.order_id)) == (0, [])


def test_who_is_given_more_time_still_gets_back_what_was_refused(database, world, shop):
    over = expired(database, world, shop)
    late(shop, over, 1, refused=1)
    tell(database, c.ExtendPickUp(over.id, until(over) + timedelta(days=1)), at=shop.clock.at)
    assert [(row.amount_minor, row.state) for row in rows(database, t.refunds)] == [(1000, "asking")]
    assert collection_of(database, over.order_id).due_minor == 0
    shop.clock.at += timedelta(hours=1)
    shop.work()
    assert shop.charged()[1][1:] == (1000, "refunded")


def test_a_refund_that_fails_is_not_owed(database, world, shop):
    ready = due(database, world, 1094)
    shop.say(c.ChargeCard(ready.id, "pay-1", 1094))
    shop.work()
    expire(database, ready, until(ready))
    with database.write() as connection:  # the provider is being asked
        connection.execute(update(t.refunds).values(tries=1))
    shop.clock.at = until(ready)
    late(shop, ready, 1)
    assert (collection_of(database, ready.order_id).due_minor, open_debts(database, ready)) == (1094, [1094])
    shop.clock.at += timedelta(hours=1)
    shop.work()
    assert [row.state for row in rows(database, t.refunds)] == ["called_off"]
    assert (collection_of(database, ready.order_id).due_minor, tasks_of(database, ready.order_id)) == (0, [])
