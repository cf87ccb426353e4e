from datetime import timedelta

from sqlalchemy import update

from core.domain.calendar import local_day
from core.service import resourcing
from core.service.cause import office_cause
from core.service.stock import Delta, Movement, move
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT, build_delivery_world, put_stock
from tests.core.service.office import fulfilments_of, order_row
from tests.core.service.supply_world import build_supply_world
from tests.core.service.test_postponing import live
from tests.core.service.test_promise_default import place, promise_row
from tests.support.core import NOW

LATER = NOW + timedelta(days=2)


def test_an_order_that_nobody_had_is_promised_when_it_is_served(database: Database):
    world = build_supply_world(database)
    order_id = place(database, world, units=2)
    assert promise_row(database, order_id) is None
    with database.write() as connection:
        cause = office_cause(LATER)
        move(connection, cause, [Movement(DEPOT, "SKU-1", "import", Delta(on_hand=5), "")])
        assert resourcing.serve_waiting(connection, cause, {"SKU-1"}) == 1
    row, order = promise_row(database, order_id), order_row(database, order_id)
    assert (row.method, row.state, row.made_at) == ("standard", "kept", LATER)
    assert row.target_at > LATER
    assert [one.target_at for one in fulfilments_of(database, order_id)] == [row.target_at] == [order.target_at]


def test_a_gathered_order_leaves_its_place_after_its_parts_have_come(database: Database):
    world = build_delivery_world(database)
    live(database, world, {"services": {"engraving": [world.lille]}})
    for location_id, units in ((world.lille, 1), (world.lyon, 0), (DEPOT, 20)):
        put_stock(database, location_id, "SKU-1", units)
    alone = place(database, world)  # the one unit of the gathering place, without a service
    with database.write() as connection:
        lille = update(t.positions).where(t.positions.c.location_id == world.lille)
        connection.execute(lille.values(reserved=0, on_hand=1))
    order_id = place(database, world, units=3, services=("engraving",))
    assert {one.location_id for one in fulfilments_of(database, order_id)} == {world.lille, DEPOT}
    row = promise_row(database, order_id)
    assert row.target_at == order_row(database, order_id).target_at
    assert row.parcels == 1
    leaves = [step["params"] for step in row.explanation if step["code"] == "leaves"]
    assert [one["location"] for one in leaves] == [world.lille]
    here = next(one for one in fulfilments_of(database, order_id) if one.location_id == world.lille)
    assert here.target_at == row.target_at
    assert local_day("Europe/Paris", row.target_at) > local_day("Europe/Paris", promise_row(database, alone).target_at)
