from datetime import timedelta

from sqlalchemy import select

from core.service import cancellation, resourcing, rulesets, sourcing, telling
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.rulesets import Draft
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, order_row, place
from tests.core.service.shops import pass_time
from tests.core.service.test_telling import in_english
from tests.support.core import NOW, World, build_world

HALF_AN_HOUR = timedelta(minutes=30)


def live(database: Database, world: World, body) -> None:
    with database.write() as connection:
        made = rulesets.draft(connection, office_cause(NOW), Draft(world.division, "Terms", body))
        assert not isinstance(made, Refusal), made
        rulesets.publish(connection, office_cause(NOW), made["id"])


def test_an_order_that_cools_off_reserves_nothing_until_its_timer_rings(database: Database):
    world = build_world(database)
    live(database, world, {"cooling_off_minutes": 30})
    made = place(database, world, {"SKU-1": 2})
    row = order_row(database, made.order_id)
    assert (row.state, row.waiting, row.source_at) == ("received", False, NOW + HALF_AN_HOUR)
    assert fulfilments_of(database, made.order_id) == []
    with database.write() as connection:
        (decision,) = sourcing.decisions_of(connection, made.order_id)
        assert connection.execute(select(t.positions.c.reserved).where(t.positions.c.reserved > 0)).all() == []
        # New stock is no reason to hurry.
        assert resourcing.serve_waiting(connection, office_cause(NOW), {"SKU-1"}) == 0
        assert not resourcing.source_again(connection, office_cause(NOW), made.order_id)
    assert telling.headline(in_english, decision) == [
        f"Not sourced before {NOW + HALF_AN_HOUR:%Y-%m-%d %H:%M} UTC.",
        "The order cools off first: until then it can be cancelled without taking it from anybody.",
    ]
    pass_time(database, NOW + HALF_AN_HOUR)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert fulfilment.lines[0].quantity == 2


def test_what_is_cancelled_in_the_meantime_is_never_sourced(database: Database):
    world = build_world(database)
    live(database, world, {"cooling_off_minutes": 30})
    made = place(database, world, {"SKU-1": 2})
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), made.order_id) is None
    pass_time(database, NOW + HALF_AN_HOUR)
    assert fulfilments_of(database, made.order_id) == []
    assert order_row(database, made.order_id).state == "cancelled"


def test_orders_are_released_at_a_time_of_day_and_gold_ones_at_once(database: Database):
    world = build_world(database)
    at = (NOW + timedelta(hours=3)).strftime("%H:00")
    body = {
        "strategies": [{"name": "gold", "when": {"tiers": ["gold"]}}, {"name": "by hour", "release": {"times": [at]}}]
    }
    live(database, world, body)
    plain, gold = place(database, world, {"SKU-1": 1}), place(database, world, {"SKU-1": 1}, tier="gold")
    assert [len(fulfilments_of(database, one.order_id)) for one in (plain, gold)] == [0, 1]
    pass_time(database, NOW + timedelta(hours=3))
    assert len(fulfilments_of(database, plain.order_id)) == 1
