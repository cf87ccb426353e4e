from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.service import inbound, orders, rulesets, sourcing
from core.service.cause import office_cause
from core.service.inbound import Expected
from core.service.orders import NewLine, NewOrder, Received
from core.service.refusal import Refusal
from core.service.rulesets import Draft
from core.store import tables as t
from core.store.database import Database
from tests.support.core import ADDRESS, NOW, World, build_world

TOMORROW = NOW + timedelta(days=1)


def order_that_would_split(connection, world: World, max_days: int, expected_at=TOMORROW) -> str:
    """Lille lacks the second article until tomorrow, Lyon the first."""
    made = rulesets.draft(
        connection, office_cause(NOW), Draft(world.division, "Wait", {"wait": {"max_days": max_days}})
    )
    assert not isinstance(made, Refusal)
    rulesets.publish(connection, office_cause(NOW), made["id"])
    p = t.positions.c
    for place, sku in ((world.lille, "SKU-2"), (world.lyon, "SKU-1")):
        connection.execute(update(t.positions).where(p.location_id == place, p.sku == sku).values(on_hand=0))
    coming = inbound.expect(connection, office_cause(NOW), Expected(world.lille, "SKU-2", 5, expected_at))
    assert not isinstance(coming, Refusal)
    lines = (NewLine("SKU-1", 1), NewLine("SKU-2", 1))
    received = orders.create(connection, office_cause(NOW), NewOrder(world.division, ADDRESS, lines))
    assert isinstance(received, Received)
    return received.order_id


def places_of(connection, order_id: str) -> set[str]:
    f = t.fulfilments.c
    return set(connection.execute(select(f.location_id).where(f.order_id == order_id)).scalars())


def test_an_order_waits_for_tomorrows_stock_to_go_in_one_parcel(database: Database):
    world = build_world(database)
    with database.write() as connection:
        order_id = order_that_would_split(connection, world, max_days=2)
        assert places_of(connection, order_id) == set()
        (decision,) = sourcing.decisions_of(connection, order_id)
        assert decision["explanation"]["wait_until"] == TOMORROW.isoformat()
        assert decision["explanation"]["instead_of"] == 2
        (row,) = connection.execute(select(t.inbound)).all()
        inbound.receive(connection, office_cause(TOMORROW), row.id, row.version, 5)
        assert places_of(connection, order_id) == {world.lille}


@pytest.mark.parametrize("max_days", [0, 1])
def test_supply_that_comes_too_late_is_not_waited_for(database: Database, max_days):
    world = build_world(database)
    with database.write() as connection:
        order_id = order_that_would_split(connection, world, max_days, NOW + timedelta(days=2))
        assert places_of(connection, order_id) == {world.lille, world.lyon}
