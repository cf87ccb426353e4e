from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from core.service.promise_capacity import full_days, full_today
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World, build_world, put_fulfilment

TOMORROW = NOW + timedelta(days=1)


def world_with_capacity(database: Database, orders_a_day: int | None, **values: object) -> World:
    world = build_world(database)
    for number in range(2):
        put_fulfilment(database, world, f"f-{number}", (1,))
    with database.write() as connection:
        connection.execute(update(t.fulfilments).values(placed_at=NOW - timedelta(days=2), target_at=TOMORROW))
        place = update(t.locations).where(t.locations.c.id == world.lille)
        connection.execute(place.values(capacity_per_day=orders_a_day, **values))
    return world


def days_of(database: Database, world: World) -> frozenset[date]:
    with database.read() as connection:
        return full_days(connection, NOW).get(world.lille, frozenset())


def test_a_day_is_full_with_as_many_orders_due_as_the_place_takes(database: Database):
    world = world_with_capacity(database, 2)
    assert days_of(database, world) == {TOMORROW.date()}
    with database.write() as connection:
        connection.execute(update(t.fulfilments).where(t.fulfilments.c.id == "f-0").values(state="rejected"))
    assert days_of(database, world) == frozenset()


def test_without_a_limit_no_day_is_ever_full(database: Database):
    world = world_with_capacity(database, None)
    assert days_of(database, world) == frozenset()
    with database.read() as connection:
        assert full_today(connection, NOW) == frozenset()


def test_a_day_is_that_of_the_places_own_clock(database: Database):
    world = world_with_capacity(database, 2, timezone="Asia/Tokyo")
    with database.write() as connection:
        connection.execute(update(t.fulfilments).values(target_at=datetime(2026, 5, 5, 20, tzinfo=UTC)))
    assert days_of(database, world) == {date(2026, 5, 6)}


def test_who_was_given_all_it_takes_today_takes_nothing_more(database: Database):
    world = world_with_capacity(database, 2)
    with database.read() as connection:
        assert full_today(connection, NOW) == frozenset()
    with database.write() as connection:
        connection.execute(update(t.fulfilments).values(placed_at=NOW))
    with database.read() as connection:
        assert full_today(connection, NOW) == {world.lille}
