from sqlalchemy import select, update

from core.contract import commands as c
from core.domain.lifecycle import FulfilmentState
from core.service import legs, sourcing, telling
from core.service.cause import office_cause
from core.service.leg_arrivals import receive
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, order_row, place, stock, tell
from tests.core.service.test_postponing import live
from tests.core.service.test_telling import in_english
from tests.support.core import NOW, build_world


def test_parts_travel_to_the_engraver_and_leave_from_there_as_one(database: Database):
    world = build_world(database)
    live(database, world, {"services": {"engraving": [world.lille]}})
    p = t.positions.c
    with database.write() as connection:
        lacking = update(t.positions).where(p.location_id == world.lille, p.sku == "SKU-2")
        connection.execute(lacking.values(on_hand=0))
    made = place(database, world, {"SKU-1": 1, "SKU-2": 2}, services=("engraving",))
    here, leg = sorted(fulfilments_of(database, made.order_id), key=lambda one: one.location_id)
    assert (here.location_id, here.hold, here.ship_to.name) == (world.lille, legs.GATHERING, "Camille Roche")
    assert (leg.location_id, leg.hold, leg.lines[0].quantity) == (world.lyon, "", 2)
    assert leg.ship_to.name.startswith("Lille")
    assert order_row(database, made.order_id).state == "received"
    with database.write() as connection:
        (decision,) = sourcing.decisions_of(connection, made.order_id)
        refused = receive(connection, office_cause(NOW), made.order_id, leg.id)
        assert refused is not None
        assert refused.code == "leg_not_sent"
    assert decision["shipments"] == 1
    told = telling.headline(in_english, decision)
    assert "which offers: engraving." in told[3]
    assert told[4].startswith("2 x from LYO")
    _send(database, world.lyon, leg)
    assert order_row(database, made.order_id).state == "in_preparation"
    for _ in range(2):
        with database.write() as connection:
            assert receive(connection, office_cause(NOW, "usr-ana"), made.order_id, leg.id) is None
    here, _ = sorted(fulfilments_of(database, made.order_id), key=lambda one: one.location_id)
    assert (here.hold, [line.quantity for line in here.lines]) == ("", [1, 2])
    assert stock(database, world.lille, "SKU-2")[:2] == (2, 2)
    _send(database, world.lille, here)
    assert order_row(database, made.order_id).state == "shipped"
    assert stock(database, world.lille, "SKU-2")[:2] == (0, 0)


def test_units_that_were_cancelled_on_their_way_are_stock_where_they_arrive(database: Database):
    from core.service.cancellation import cancel

    world = build_world(database)
    live(database, world, {"services": {"engraving": [world.lille]}})
    p = t.positions.c
    with database.write() as connection:
        connection.execute(update(t.positions).where(p.location_id == world.lille).values(on_hand=0))
    made = place(database, world, {"SKU-2": 2}, services=("engraving",))
    (leg,) = fulfilments_of(database, made.order_id)
    _send(database, world.lyon, leg)
    with database.write() as connection:
        assert cancel(connection, office_cause(NOW), made.order_id) is None
        assert receive(connection, office_cause(NOW), made.order_id, leg.id) is None
        assert (
            connection.execute(select(t.orders.c.state).where(t.orders.c.id == made.order_id)).scalar() == "cancelled"
        )
    assert stock(database, world.lille, "SKU-2")[:2] == (2, 0)


def _send(database: Database, location_id: str, fulfilment) -> None:
    """Picked, packed and handed over."""
    parcel, manifest = f"p-{fulfilment.id}", f"m-{fulfilment.id}"
    for line in fulfilment.lines:
        for _ in range(line.quantity):
            tell(database, c.ScanItem(fulfilment.id, line.id, 1, c.How.CAMERA, "x"))
    tell(database, c.OpenParcel(fulfilment.id, parcel, "box"))
    for line in fulfilment.lines:
        tell(database, c.PackItem(fulfilment.id, parcel, line.id, line.quantity, c.How.CAMERA))
    tell(database, c.CloseParcel(fulfilment.id, parcel, "", "colis", 500))
    tell(database, c.OpenManifest(manifest, location_id, "colis"))
    tell(database, c.LoadParcel(manifest, fulfilment.id, parcel, c.How.CAMERA))
    tell(database, c.CloseManifest(manifest, (fulfilment.id,)))
    (now,) = [one for one in fulfilments_of(database, fulfilment.order_id) if one.id == fulfilment.id]
    assert now.state is FulfilmentState.SHIPPED
