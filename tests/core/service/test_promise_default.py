from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from core.domain.fulfilment import Address
from core.service import orders, promise_orders
from core.service.cause import office_cause
from core.service.orders import NewLine, NewOrder, Received
from core.service.promise_network import forget
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT, build_delivery_world, put_stock
from tests.core.service.office import event_names, fulfilments_of, order_row
from tests.support.core import NOW, World

LYON = Address("Camille Roche", "3 rue Basse", "69003", "Lyon", "FR")


def place(database: Database, world: World, units: int = 1, at: datetime = NOW, **more: Any) -> str:
    new = NewOrder(world.division, LYON, (NewLine("SKU-1", units),), **more)
    with database.write() as connection:
        made = orders.create(connection, office_cause(at), new)
    assert isinstance(made, Received), made
    return made.order_id


def promise_row(database: Database, order_id: str) -> Any:
    with database.read() as connection:
        return promise_orders.promise_of(connection, order_id)


def test_an_order_without_a_choice_is_promised_the_first_method_of_its_level(database: Database):
    world = build_delivery_world(database)
    order_id = place(database, world)
    row, order = promise_row(database, order_id), order_row(database, order_id)
    assert (row.method, row.kind, row.state) == ("standard", "home", "kept")
    assert row.latest_at == datetime(2026, 5, 6, 16, tzinfo=UTC)
    assert row.target_at == order.target_at == datetime(2026, 5, 4, 15, tzinfo=UTC)
    assert [one.target_at for one in fulfilments_of(database, order_id)] == [row.target_at]
    assert (row.degraded, row.price_minor) == (["method_by_default", "price_unknown"], None)
    assert [reason["code"] for reason in row.explanation] == ["leaves", "transit", "arrives"]


def test_it_says_the_same_day_as_a_customer_who_asked_would_have_been_told(database: Database):
    world = build_delivery_world(database)
    for level in ("standard", "express"):
        chosen = place(database, world, delivery=promise_orders.Choice(level))
        left = place(database, world, service_level=level)
        ours, theirs = promise_row(database, left), promise_row(database, chosen)
        names = ("method", "earliest_at", "latest_at", "target_at", "timezone")
        assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]


def test_it_steers_where_the_order_goes_when_its_place_fails(database: Database):
    """The other shop opens on Fridays only; the depot is farther away, and in time."""
    world = build_delivery_world(database)
    put_stock(database, DEPOT, "SKU-1", 50)
    with database.write() as connection:
        lille = update(t.locations).where(t.locations.c.id == world.lille)
        week = {"week": [[], [], [], [], [["10:00", "19:00"]], [], []]}
        connection.execute(lille.values(hours=week, version=t.locations.c.version + 1))
        forget(connection)
    order_id = place(database, world)
    with database.read() as connection:
        late = promise_orders.late_places(connection, order_id, NOW)
    assert late == frozenset({world.lille})


def test_an_order_that_has_not_left_in_time_raises_the_alert_once(database: Database):
    world = build_delivery_world(database)
    order_id = place(database, world)
    after = promise_row(database, order_id).target_at + timedelta(seconds=1)
    for _ in range(2):
        with database.write() as connection:
            promise_orders.watch(connection, office_cause(after), order_id)
    assert event_names(database, order_id).count("PromiseBroken") == 1
    with database.read() as connection:
        jobs = connection.execute(select(t.jobs.c.run_at).where(t.jobs.c.kind == promise_orders.WATCH)).scalars().all()
    assert jobs == [after], "places have it already, so there is no last moment to begin"


def test_an_order_for_two_places_is_promised_by_its_last_part(database: Database):
    world = build_delivery_world(database)
    order_id = place(database, world, units=15)
    row, parts = promise_row(database, order_id), fulfilments_of(database, order_id)
    assert len(parts) == row.parcels == 2
    assert row.target_at == max(part.target_at for part in parts)


def test_without_methods_of_head_office_or_without_a_place_nothing_is_promised(database: Database):
    world = build_delivery_world(database)
    assert promise_row(database, place(database, world, units=500)) is not None, "some places have a part of it"
    assert promise_row(database, place(database, world, units=1)) is None, "nothing is left"
    with database.write() as connection:
        connection.execute(delete(t.delivery_methods))
        forget(connection)
    put_stock(database, DEPOT, "SKU-1", 50)
    order_id = place(database, world)
    assert promise_row(database, order_id) is None
    assert fulfilments_of(database, order_id)[0].target_at == order_row(database, order_id).target_at > NOW


def test_a_release_in_the_future_moves_the_promise_with_it(database: Database):
    world = build_delivery_world(database)
    order_id = place(database, world, release_at=NOW + timedelta(days=7))
    assert promise_row(database, order_id).target_at == datetime(2026, 5, 11, 15, tzinfo=UTC)


def test_methods_that_a_place_may_not_use_are_passed_over(database: Database):
    world = build_delivery_world(database)
    with database.write() as connection:
        m = t.delivery_methods.c
        only = {"preparation_minutes": 180, "from_kinds": ["warehouse"]}
        connection.execute(update(t.delivery_methods).where(m.code == "standard").values(body=only, version=2))
        slow = {
            "id": "slow", "account_id": "acc", "division_id": None, "code": "slow", "kind": "home",
            "service_id": "colis-hexa:standard", "labels": {}, "body": {"preparation_minutes": 600}, "position": 9,
            "active": True, "version": 1,
        }  # fmt: skip
        connection.execute(insert(t.delivery_methods), [slow])
        forget(connection)
    assert promise_row(database, place(database, world)).method == "slow"
