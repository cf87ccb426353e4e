from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.domain.fulfilment import Address
from core.service import orders, promise_orders
from core.service.cause import office_cause
from core.service.orders import NewLine, NewOrder, Received
from core.service.promise_network import forget
from core.service.promise_orders import Choice
from core.service.refusal import Refusal
from core.service.sourcing import decisions_of
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT, build_delivery_world, put_stock
from tests.core.service.office import event_names, fulfilments_of, order_row
from tests.support.core import NOW, World, build_world

LYON = Address("Camille Roche", "3 rue Basse", "69003", "Lyon", "FR")


def place(database: Database, world: World, choice: Choice, at: datetime = NOW, **more: Any) -> Received | Refusal:
    new = NewOrder(world.division, LYON, (NewLine("SKU-1", 1),), delivery=choice, **more)
    with database.write() as connection:
        return orders.create(connection, office_cause(at), new)


def placed(database: Database, world: World, method: str = "standard", **more: Any) -> str:
    made = place(database, world, Choice(method), **more)
    assert isinstance(made, Received), made
    return made.order_id


def promise_row(database: Database, order_id: str) -> Any:
    with database.read() as connection:
        row = promise_orders.promise_of(connection, order_id)
    assert row is not None
    return row


def watch(database: Database, order_id: str, at: datetime) -> str:
    with database.write() as connection:
        return promise_orders.watch(connection, office_cause(at), order_id)


def test_an_order_keeps_what_its_customer_was_told_and_is_due_by_it(database: Database):
    world = build_delivery_world(database)
    order_id = placed(database, world)
    row, order = promise_row(database, order_id), order_row(database, order_id)
    assert (row.state, row.method, row.latest_at) == ("kept", "standard", datetime(2026, 5, 6, 16, tzinfo=UTC))
    assert row.target_at == order.target_at == datetime(2026, 5, 4, 15, tzinfo=UTC)
    assert (order.service_level, order.carrier) == ("standard", "colis-hexa")
    (fulfilment,) = fulfilments_of(database, order_id)
    assert fulfilment.target_at == row.target_at
    assert [reason["code"] for reason in row.explanation] == ["leaves", "transit", "arrives"]


def test_what_is_collected_is_prepared_in_its_store(database: Database):
    world = build_delivery_world(database)
    made = place(database, world, Choice("collect", world.lille))
    assert isinstance(made, Received)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert fulfilment.location_id == world.lille
    assert promise_row(database, made.order_id).store_id == world.lille


def test_sourcing_asks_only_places_that_keep_the_promise(database: Database):
    world = build_delivery_world(database)
    put_stock(database, DEPOT, "SKU-1", 50)
    # The shops lie nearer, but open on Friday only.
    with database.write() as connection:
        shops = update(t.locations).where(t.locations.c.kind == "store")
        week = {"week": [[], [], [], [], [["10:00", "19:00"]], [], []]}
        connection.execute(shops.values(hours=week, version=t.locations.c.version + 1))
        forget(connection)
    order_id = placed(database, world)
    (fulfilment,) = fulfilments_of(database, order_id)
    assert fulfilment.location_id == DEPOT
    with database.read() as connection:
        (decision,) = decisions_of(connection, order_id)
        late = promise_orders.lateness(connection, order_id, NOW)
    assert late is not None
    assert late[DEPOT] == 0
    assert late[world.lyon] > 0
    assert "too_late" in str(decision)


def test_a_method_that_cannot_be_had_is_refused_unless_the_customer_was_told(database: Database):
    world = build_delivery_world(database)
    for location in (world.lille, world.lyon):
        put_stock(database, location, "SKU-1", 0)
    refused = place(database, world, Choice("standard"))
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.params["why"]) == ("method_not_possible", "no_stock")
    shown = NOW + timedelta(days=2)
    made = place(database, world, Choice("standard", latest_at=shown))
    assert isinstance(made, Received)
    row = promise_row(database, made.order_id)
    assert (row.state, row.reason, row.latest_at) == ("at_risk", "no_stock", shown)
    assert event_names(database, made.order_id).count("PromiseAtRisk") == 1
    unknown = place(database, world, Choice("teleport"))
    assert isinstance(unknown, Refusal)
    assert unknown.code == "method_unknown"


def test_what_was_shown_counts_and_a_later_truth_is_a_risk(database: Database):
    world = build_delivery_world(database)
    shown = datetime(2026, 5, 5, 16, tzinfo=UTC)
    made = place(database, world, Choice("standard", latest_at=shown))
    assert isinstance(made, Received)
    row = promise_row(database, made.order_id)
    assert (row.latest_at, row.state, row.reason) == (shown, "at_risk", "later_than_shown")


def test_a_departure_is_told_once(database: Database):
    world = build_delivery_world(database)
    order_id = placed(database, world)
    row = promise_row(database, order_id)
    assert watch(database, order_id, row.cutoff_at) == "kept"
    for _ in range(2):
        assert watch(database, order_id, row.cutoff_at + timedelta(seconds=1)) == "at_risk"
    for _ in range(2):
        assert watch(database, order_id, row.target_at + timedelta(seconds=1)) == "broken"
    names = event_names(database, order_id)
    assert (names.count("PromiseAtRisk"), names.count("PromiseBroken")) == (1, 1)


@pytest.mark.parametrize(("state", "after"), [("shipped", "fulfilled"), ("cancelled", "cancelled")])
def test_a_promise_that_is_over_is_watched_no_more(database: Database, state: str, after: str):
    world = build_delivery_world(database)
    order_id = placed(database, world)
    with database.write() as connection:
        connection.execute(update(t.orders).values(state=state))
    late = promise_row(database, order_id).target_at + timedelta(days=1)
    assert watch(database, order_id, late) == after
    assert promise_row(database, order_id).state == after
    assert "PromiseBroken" not in event_names(database, order_id)


def test_the_moments_to_look_at_a_promise_are_planned_with_it(database: Database):
    world = build_delivery_world(database)
    order_id = placed(database, world)
    row = promise_row(database, order_id)
    with database.read() as connection:
        j = t.jobs.c
        query = select(j.run_at).where(j.kind == promise_orders.WATCH, j.subject == order_id).order_by(j.run_at)
        planned = list(connection.execute(query).scalars())
    assert planned == [at + timedelta(seconds=1) for at in (row.cutoff_at, row.target_at)]


def test_an_order_of_a_division_without_methods_has_no_promise(database: Database):
    world = build_world(database)
    with database.write() as connection:
        made = orders.create(connection, office_cause(NOW), NewOrder(world.division, LYON, (NewLine("SKU-1", 1),)))
    assert isinstance(made, Received)
    with database.write() as connection:
        assert promise_orders.promise_of(connection, made.order_id) is None
        assert promise_orders.lateness(connection, made.order_id, NOW) is None
        assert promise_orders.watch(connection, office_cause(NOW), made.order_id) == ""
        assert promise_orders.risk(connection, office_cause(NOW), made.order_id, "no_stock") == ""
