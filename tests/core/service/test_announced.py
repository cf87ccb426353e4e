import threading
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from core.service import cancellation, inbound, orders, promise_orders
from core.service.atp_projection import differences
from core.service.cause import office_cause
from core.service.orders import NewLine, NewOrder, Received
from core.service.promise_orders import Choice
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT
from tests.core.service.office import event_names, fulfilments_of, order_row
from tests.core.service.supply_world import ARRIVES, announce, build_supply_world
from tests.core.service.test_promise_default import LYON, place, promise_row
from tests.support.core import NOW


def held(database: Database, order_id: str) -> list[tuple[str, int]]:
    p = t.inbound_promises.c
    with database.read() as connection:
        rows = connection.execute(select(p.inbound_id, p.units).where(p.order_id == order_id)).all()
        assert differences(connection) == []
    return [(row.inbound_id, row.units) for row in rows]


def supply(database: Database, id: str) -> Any:
    with database.read() as connection:
        return connection.execute(select(t.inbound).where(t.inbound.c.id == id)).one()


def change(database: Database, id: str, **values: Any) -> None:
    with database.write() as connection:
        version = connection.execute(select(t.inbound.c.version).where(t.inbound.c.id == id)).scalar_one()
        assert isinstance(inbound.change(connection, office_cause(NOW), id, version, values), dict)


def receive(database: Database, id: str, units: int) -> None:
    version = supply(database, id).version
    with database.write() as connection:
        assert isinstance(inbound.receive(connection, office_cause(ARRIVES), id, version, units), dict)


def test_an_order_that_nobody_has_is_promised_announced_stock_and_a_date_of_it(database: Database):
    world = build_supply_world(database)
    id = announce(database, 5)
    order_id = place(database, world, units=2)
    row, order = promise_row(database, order_id), order_row(database, order_id)
    assert held(database, order_id) == [(id, 2)]
    assert supply(database, id).promised == 2
    assert order.state == "waiting_for_stock"
    assert row.explanation[0] == {
        "code": "from_inbound",
        "params": {"sku": "SKU-1", "units": 2, "location": DEPOT, "at": ARRIVES.isoformat()},
    }
    assert row.target_at == order.target_at > ARRIVES
    assert row.latest_at > row.target_at


def test_what_does_not_cover_all_of_it_or_comes_too_late_is_left_to_others(database: Database):
    world = build_supply_world(database)
    announce(database, 2)
    announce(database, 9, NOW + timedelta(days=15))
    order_id = place(database, world, units=3)
    assert held(database, order_id) == []
    assert promise_row(database, order_id) is None
    assert len(held(database, place(database, world, units=2))) == 1


def test_who_waits_already_is_promised_what_is_announced_later(database: Database):
    world = build_supply_world(database)
    later, first = place(database, world, units=2, service_level="express"), place(database, world, units=2)
    assert order_row(database, first).target_at < order_row(database, later).target_at
    id = announce(database, 3)
    assert (held(database, first), held(database, later)) == ([(id, 2)], [])
    assert promise_row(database, first).target_at == order_row(database, first).target_at


def test_what_is_received_goes_to_whom_it_was_promised(database: Database):
    world = build_supply_world(database)
    urgent = place(database, world, units=3)  # waits, not covered
    id = announce(database, 2)
    order_id = place(database, world, units=2)
    receive(database, id, 2)
    assert held(database, order_id) == []
    assert order_row(database, order_id).state == "received"
    assert [one.location_id for one in fulfilments_of(database, order_id)] == [DEPOT]
    assert fulfilments_of(database, order_id)[0].target_at == promise_row(database, order_id).target_at
    assert order_row(database, urgent).state == "waiting_for_stock"
    assert (supply(database, id).promised, supply(database, id).state) == (0, "received")


def test_a_part_of_it_serves_the_most_urgent_and_the_rest_keeps_its_promise(database: Database):
    world = build_supply_world(database)
    id = announce(database, 4)
    first, second = place(database, world, units=2), place(database, world, units=2)
    receive(database, id, 2)
    assert sorted([len(held(database, first)), len(held(database, second))]) == [0, 1]
    assert (supply(database, id).promised, supply(database, id).state) == (2, "expected")


def test_a_cancelled_order_gives_back_what_it_was_promised(database: Database):
    world = build_supply_world(database)
    id = announce(database, 5)
    order_id = place(database, world, units=3)
    with database.read() as connection:
        line = connection.execute(select(t.order_lines.c.id)).scalar_one()
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), order_id, units={line: 1}) is None
    assert held(database, order_id) == [(id, 2)]
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), order_id) is None
    assert (held(database, order_id), supply(database, id).promised) == ([], 0)


def test_a_date_that_slips_raises_the_alert_once(database: Database):
    world = build_supply_world(database)
    id = announce(database, 5)
    order_id = place(database, world)
    change(database, id, expected_at=ARRIVES - timedelta(days=1))
    assert "PromiseAtRisk" not in event_names(database, order_id)
    for days in (1, 2):
        change(database, id, expected_at=ARRIVES + timedelta(days=days))
    assert event_names(database, order_id).count("PromiseAtRisk") == 1
    row = promise_row(database, order_id)
    assert (row.state, row.reason) == ("at_risk", "supply_late")


def test_an_order_by_a_date_of_announced_stock_is_no_risk_until_others_took_it(database: Database):
    world = build_supply_world(database)
    announce(database, 2)
    first = place(database, world, units=2, delivery=Choice("standard"))
    assert len(held(database, first)) == 1
    assert promise_row(database, first).state == "kept"
    shown = promise_row(database, first).latest_at
    late = place(database, world, units=2, delivery=Choice("standard", latest_at=shown))
    assert held(database, late) == []
    assert promise_row(database, late).state == "at_risk"


def test_orders_at_once_never_have_the_same_announced_units(database: Database):
    world = build_supply_world(database)
    id = announce(database, 7)
    made: list[str] = []

    def order() -> None:
        new = NewOrder(world.division, LYON, (NewLine("SKU-1", 2),))
        with database.write() as connection:
            received = orders.create(connection, office_cause(NOW), new)
        assert isinstance(received, Received)
        made.append(received.order_id)

    buyers = [threading.Thread(target=order) for _ in range(8)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert len(made) == 8
    assert sorted(len(held(database, id)) for id in made) == [0, 0, 0, 0, 0, 1, 1, 1]
    with database.read() as connection:
        taken = connection.execute(select(func.sum(t.inbound_promises.c.units))).scalar_one()
        dated = [id for id in made if promise_orders.promise_of(connection, id) is not None]
    assert supply(database, id).promised == taken == 6
    assert len(dated) == 3
