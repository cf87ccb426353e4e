"""What one desk put back and another gave away is with the customer, and nowhere in the books."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.contract import commands as c
from core.contract.commands import How
from core.domain.collection import Collection
from core.domain.fulfilment import surplus
from core.service import cancellation, payments, till
from core.service.cause import office_cause
from core.service.till import TillLine
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
from tests.core.service.delivery_world import build_delivery_world, put_stock
from tests.core.service.office import fulfilments_of, ledger, place, stock, tell
from tests.core.service.till_world import Shop, expired, late, open_debts, rows
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


@pytest.fixture
def shop(database: Database, world: World, tmp_path: Path) -> Shop:
    return Shop(database, world, tmp_path)


def back(collection: Collection, units: int) -> c.ReturnToShelf:
    works = tuple(part.fulfilment_id for part in collection.parts if part.own)
    return c.ReturnToShelf(collection.id, collection.lines[0].id, units, "A1", works)


def counts(database: Database, order_id: str) -> list[tuple[str, int]]:
    """(article, units) that somebody counts."""
    doubts = [event for event in events(database, order_id) if event.name == "StockInDoubt"]
    assert any(task.kind == "count" for task in tasks_of(database, order_id)) == bool(doubts)
    return [(event.data["sku"], event.data["units"]) for event in doubts]


def test_what_was_put_back_and_given_leaves_the_books(database: Database, world: World, shop: Shop):
    over = expired(database, world, shop, hours=2)
    before = stock(database, world.lille, "SKU-1")
    shop.say(back(over, 2))
    assert stock(database, world.lille, "SKU-1")[0] == before[0]
    late(shop, over, 3)
    assert stock(database, world.lille, "SKU-1") == (before[0] - 3, before[1] - 3, before[2] - 3, before[3])
    assert opening(database, world) == (10, 0, 0, 0)
    assert counts(database, over.order_id) == [("SKU-1", 2)]
    (work,) = fulfilments_of(database, over.order_id)
    assert surplus(work, work.lines[0]) == 0


def test_what_was_put_back_and_not_given_is_nobodys_doubt(database: Database, world: World, shop: Shop):
    over = expired(database, world, shop, hours=2)
    before = stock(database, world.lille, "SKU-1")
    shop.say(back(over, 1))
    late(shop, over, 2)
    assert stock(database, world.lille, "SKU-1")[0] == before[0] - 2
    assert counts(database, over.order_id) == []


def test_who_has_counted_closes_the_task(database: Database, world: World, shop: Shop):
    over = expired(database, world, shop, hours=2)
    shop.say(back(over, 1))
    late(shop, over, 3)
    (task,) = [task for task in tasks_of(database, over.order_id) if task.kind == "count"]
    assert task.reason == "given_after_put_back"
    with database.write() as connection:
        assert payments.close_by_hand(connection, office_cause(NOW, "usr-head"), task.id) is None
    assert [task.kind for task in tasks_of(database, over.order_id)] == ["payment"] * 2


def test_a_piece_that_was_promised_to_another_order_meanwhile_is_found_elsewhere(
    database: Database, world: World, shop: Shop
):
    over = expired(database, world, shop, hours=2)
    shop.say(back(over, 3))
    on_hand, reserved, *_ = stock(database, world.lille, "SKU-1")
    place(database, world, {"SKU-1": on_hand - reserved})
    late(shop, over, 3)
    assert len(jobs_of(database, "resource_surplus", "")) == 1


def test_a_piece_that_was_sold_meanwhile_leaves_no_debt_in_the_books(database: Database, world: World, shop: Shop):
    over = expired(database, world, shop, hours=2)
    shop.say(back(over, 3))
    on_hand = stock(database, world.lille, "SKU-1")[0]
    with database.write() as connection:
        till.take(connection, office_cause(NOW), [TillLine(world.lille, "r1", "1", "SKU-1", on_hand, NOW)])
    late(shop, over, 3)
    assert stock(database, world.lille, "SKU-1") == (0, 0, 0, 0)
    assert opening(database, world) == (10, 0, 0, 0)


def arrived(database: Database, world: World) -> Collection:
    """A parcel of two from another store lies ready; then its time is over."""
    sent = shipped_to_store(database, world)
    tell(database, c.ArriveParcel(sent.id, "p1", How.CAMERA, "x"))
    tell(database, c.PutAway(sent.id, "p1", "C-02"))
    ready = collection_of(database, sent.order_id)
    expire(database, ready, until(ready))
    return ready


def test_what_came_in_a_parcel_leaves_the_books_that_it_was_put_back_into(database: Database, world: World):
    ready = arrived(database, world)
    before = stock(database, world.lille, "SKU-1")
    tell(database, back(ready, 2))
    tell(database, handover(ready, 1))
    assert stock(database, world.lille, "SKU-1") == (before[0] + 1, *before[1:])
    tell(database, handover(ready, 1, id="h2"))
    assert stock(database, world.lille, "SKU-1") == before
    assert counts(database, ready.order_id) == [("SKU-1", 1)] * 2
    with database.read() as connection:
        m = t.movements.c
        query = select(m.kind, m.on_hand).where(m.location_id == world.lille, m.reason == "given_after_put_back")
        assert [tuple(row) for row in connection.execute(query)] == [("correction", -1)] * 2


def test_of_a_parcel_only_what_was_put_back_was_ever_in_the_books(database: Database, world: World):
    ready = arrived(database, world)
    before = stock(database, world.lille, "SKU-1")
    tell(database, back(ready, 1))
    tell(database, handover(ready, 2))
    assert stock(database, world.lille, "SKU-1") == before
    assert counts(database, ready.order_id) == [("SKU-1", 1)]


def test_what_is_sold_out_by_then_stays_at_nothing(database: Database, world: World):
    ready = arrived(database, world)
    tell(database, back(ready, 2))
    moved = ledger(database, world.lille, "SKU-1")[0]
    put_stock(database, world.lille, "SKU-1", 0)
    tell(database, handover(ready, 2))
    assert stock(database, world.lille, "SKU-1")[0] == 0
    assert ledger(database, world.lille, "SKU-1")[0] == moved


def cancelled(database: Database, world: World, units: int) -> tuple[Collection, str]:
    """Three articles that the webshop was paid for lie ready; so many are cancelled, and no tablet knows it."""
    ready = prepared(database, world, 3)
    some = {ready.lines[0].id: units}
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), ready.order_id, "", some) is None
    return ready, ready.parts[0].fulfilment_id


@pytest.mark.parametrize("units", [1, 3])
def test_what_was_cancelled_and_is_still_in_hand_leaves_with_the_rest(database: Database, world: World, units: int):
    before = stock(database, world.lille, "SKU-1")
    ready, _ = cancelled(database, world, units)
    tell(database, handover(ready, 3))
    assert stock(database, world.lille, "SKU-1") == (before[0] - 3, *before[1:])
    (work,) = fulfilments_of(database, ready.order_id)
    assert surplus(work, work.lines[0]) == 0
    assert counts(database, ready.order_id) == []


@pytest.mark.parametrize("units", [1, 3])
def test_what_was_cancelled_put_back_and_given_leaves_the_books(database: Database, world: World, units: int):
    before = stock(database, world.lille, "SKU-1")
    ready, work_id = cancelled(database, world, units)
    tell(database, c.PutBackItem(work_id, fulfilments_of(database, ready.order_id)[0].lines[0].id, units))
    tell(database, handover(ready, 3))
    assert stock(database, world.lille, "SKU-1") == (before[0] - 3, *before[1:])
    assert counts(database, ready.order_id) == [("SKU-1", units)]


def debts(database: Database, ready: Collection) -> tuple[int, list[Any]]:
    """What the tablets show as due, and (reason, amount) of the tasks."""
    open_ = [(task.reason, task.amount_minor) for task in tasks_of(database, ready.order_id) if task.kind == "payment"]
    return collection_of(database, ready.order_id).due_minor, open_


def test_what_the_webshop_was_paid_for_is_not_due_because_it_was_cancelled(database: Database, world: World):
    ready, _ = cancelled(database, world, 3)
    price = ready.lines[0].unit_price_minor
    tell(database, handover(ready, 2))
    assert debts(database, ready) == (0, [("maybe_refunded", 2 * price)])


def test_only_what_went_back_is_due_of_what_the_webshop_was_paid_for(database: Database, world: World, shop: Shop):
    ready = prepared(database, world, 3)
    price = ready.lines[0].unit_price_minor
    expire(database, ready, until(ready))
    (task,) = tasks_of(database, ready.order_id)
    with database.write() as connection:
        assert payments.close_by_hand(connection, office_cause(NOW), task.id) is None  # the webshop gave it back
    shop.clock.at = until(ready) + timedelta(hours=2)
    shop.say(back(ready, 3))
    late(shop, ready, 2)
    assert debts(database, ready) == (2 * price, [("given_after_end", 2 * price)])
    assert [row.state for row in rows(database, t.refunds)] == ["done"]
    shop.say(c.TakeCash(ready.id, "pay-1", 2 * price))
    assert debts(database, ready) == (0, [])


def test_a_refund_that_has_not_begun_is_called_off_for_what_was_put_back_and_given(
    database: Database, world: World, shop: Shop
):
    ready = prepared(database, world, 3)
    expire(database, ready, until(ready))
    shop.clock.at = until(ready) + timedelta(hours=2)
    shop.say(back(ready, 3))
    late(shop, ready, 3)
    assert (debts(database, ready), open_debts(database, ready)) == ((0, []), [])
    assert [row.state for row in rows(database, t.refunds)] == ["called_off"]
