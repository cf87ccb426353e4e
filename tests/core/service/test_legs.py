from sqlalchemy import insert, update

from core.contract import commands as c
from core.domain.lifecycle import FulfilmentState
from core.service.cause import office_cause
from core.service.holds import hold, release_hold
from core.service.legs import GATHERING, as_seen, legs_of
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, order_row, place, tell
from tests.core.service.shops import build_shops
from tests.core.service.test_postponing import live
from tests.support.core import NOW, build_world


def test_what_one_place_lacks_is_fetched_to_the_same_place(database: Database):
    world = build_shops(database)
    live(database, world, {"services": {"engraving": [world.lille]}})
    with database.write() as connection:
        at_lille = update(t.positions).where(t.positions.c.location_id == world.lille, t.positions.c.sku == "SKU-1")
        connection.execute(at_lille.values(on_hand=1))
    made = place(database, world, {"SKU-1": 3}, services=("engraving",))
    here, leg = sorted(fulfilments_of(database, made.order_id), key=lambda one: one.location_id)
    assert (here.hold, leg.location_id, leg.lines[0].quantity) == (GATHERING, "loc-paris", 2)
    tell(database, c.ReportShort(leg.id, leg.lines[0].id, 2, "not_found"))
    with database.read() as connection:
        legs = legs_of(connection, made.order_id)
    after = {one.id: one for one in fulfilments_of(database, made.order_id)}
    travelling = {after[id].location_id: after[id].state for id in legs}
    assert travelling == {"loc-paris": FulfilmentState.REJECTED, world.lyon: FulfilmentState.OPEN}
    assert {row.to_location_id for row in legs.values()} == {world.lille}
    assert after[here.id].hold == GATHERING
    assert {one.hold for one in as_seen(list(after.values()), legs)} == {""}


def test_a_hold_that_ends_does_not_end_the_wait_for_the_other_parts(database: Database):
    world = build_world(database)
    live(database, world, {"services": {"engraving": [world.lille]}})
    with database.write() as connection:
        at_lille = update(t.positions).where(t.positions.c.location_id == world.lille)
        connection.execute(at_lille.values(on_hand=1))
        connection.execute(insert(t.reasons).values(id="fraud", account_id="acc", usage="hold", labels={}))
    made = place(database, world, {"SKU-1": 3}, services=("engraving",))
    with database.write() as connection:
        assert hold(connection, office_cause(NOW), made.order_id, "fraud") is None
        assert release_hold(connection, office_cause(NOW), made.order_id) is None
    holds = {one.location_id: one.hold for one in fulfilments_of(database, made.order_id)}
    assert holds == {world.lille: GATHERING, world.lyon: ""}
    assert order_row(database, made.order_id).state == "received"
