from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from core.contract import commands as c
from core.domain.collection import CollectionKind, to_put_back
from core.domain.lifecycle import CollectionState, FulfilmentState
from core.service import cancellation, collections
from core.service.cause import office_cause
from core.service.customers import Customer
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import (
    collection_of,
    expire,
    handover,
    jobs_of,
    messages_of,
    place,
    prepared,
    tasks_of,
    until,
)
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import event_names, fulfilments_of, order_row, stock, tell
from tests.core.service.test_promise_orders import LYON
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def test_an_order_to_collect_is_expected_at_its_store(database: Database, world: World):
    made = place(database, world, "collect", {"SKU-1": 2})
    assert (made.state, made.kind, made.location_id) == (CollectionState.EXPECTED, CollectionKind.COLLECT, world.lille)
    (work,) = fulfilments_of(database, made.order_id)
    (part,) = made.parts
    assert (part.id, part.own, [item.quantity for item in part.items], made.complete) == (work.id, True, [2], True)
    assert (made.customer_name, len(made.pick_up_code)) == ("Camille Roche", 12)
    assert "CollectionPlanned" in event_names(database, made.order_id)


def test_who_gave_an_address_only_with_the_account_is_told_too(database: Database, world: World):
    to = replace(LYON, email="", phone="")
    account = Customer("C-1", "Camille", "camille@example.org", "0600000000", "fr")
    made = place(database, world, "collect", {"SKU-1": 1}, ship_to=to, customer=account)
    assert (made.email, made.phone) == ("camille@example.org", "0600000000")


def test_put_away_makes_it_ready_and_the_customer_is_told_once(database: Database, world: World):
    ready = prepared(database, world)
    assert (ready.state, ready.ready_at) == (CollectionState.READY, NOW + timedelta(seconds=2))
    # Seven days of the store's calendar, to the end of the last one.
    assert ready.pick_up_by == datetime(2026, 5, 11, 22, tzinfo=UTC)
    assert ready.latest_pick_up == datetime(2026, 5, 25, 22, tzinfo=UTC)
    (told,) = messages_of(database, ready.id)
    assert (told.kind, told.state, told.due_at) == ("ready", "waiting", told.made_at)
    assert [len(jobs_of(database, kind, ready.id)) for kind in (collections.EXPIRE, collections.REMIND)] == [1, 1]
    (work,) = fulfilments_of(database, ready.order_id)
    assert work.state is FulfilmentState.PACKED


def test_nobody_comes_and_what_was_paid_goes_back(database: Database, world: World):
    ready = prepared(database, world)
    expire(database, ready, until(ready) - timedelta(seconds=1))
    assert collection_of(database, ready.order_id).state is CollectionState.READY
    expire(database, ready, until(ready))
    over = collection_of(database, ready.order_id)
    assert over.state is CollectionState.EXPIRED
    (task,) = tasks_of(database, ready.order_id)
    assert (task.kind, task.reason) == ("refund", "not_collected")
    works = tuple(part.fulfilment_id for part in ready.parts)
    tell(database, c.ReturnToShelf(ready.id, ready.lines[0].id, 2, "A1", works))
    (work,) = fulfilments_of(database, ready.order_id)
    assert work.state is FulfilmentState.REJECTED
    assert stock(database, world.lille, "SKU-1")[1:3] == (0, 0)
    assert order_row(database, ready.order_id).waiting is False  # nobody sources it again


def test_what_goes_back_piece_by_piece_is_counted_once(database: Database, world: World):
    ready = prepared(database, world, 3)
    expire(database, ready, until(ready))
    works = tuple(part.fulfilment_id for part in ready.parts)
    left = []
    for _ in range(3):
        tell(database, c.ReturnToShelf(ready.id, ready.lines[0].id, 1, "A1", works))
        over = collection_of(database, ready.order_id)
        left.append((to_put_back(over, over.lines[0]), over.state))
    assert left == [(2, CollectionState.EXPIRED), (1, CollectionState.EXPIRED), (0, CollectionState.REFUSED)]
    assert stock(database, world.lille, "SKU-1")[1:3] == (0, 0)


def test_what_was_refused_and_put_back_is_not_missed_when_the_rest_is_over(database: Database, world: World):
    ready = prepared(database, world, 3)
    line, works = ready.lines[0].id, tuple(part.fulfilment_id for part in ready.parts)
    tell(database, handover(ready, 1, refused=1))
    tell(database, c.ReturnToShelf(ready.id, line, 1, "A1", works))
    expire(database, ready, until(ready))
    over = collection_of(database, ready.order_id)
    assert (over.state, to_put_back(over, over.lines[0])) == (CollectionState.EXPIRED, 1)


def test_a_cancelled_order_is_not_waited_for(database: Database, world: World):
    made = place(database, world, "collect", {"SKU-1": 2})
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), made.order_id) is None
    after = collection_of(database, made.order_id)
    assert (after.state, messages_of(database, made.id)) == (CollectionState.CANCELLED, [])


def test_a_place_may_keep_it_for_a_shorter_time(database: Database, world: World):
    with database.write() as connection:
        place_ = update(t.locations).where(t.locations.c.id == world.lille)
        connection.execute(place_.values(collect={"pick_up_days": 2, "reminder_days": 0}))
    ready = prepared(database, world)
    assert ready.pick_up_by == datetime(2026, 5, 6, 22, tzinfo=UTC)
    assert jobs_of(database, collections.REMIND, ready.id) == []
