import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.service import announced, inbound
from core.service.atp_projection import differences
from core.service.cause import office_cause
from core.service.inbound import Expected
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import order_row, place, stock
from tests.support.core import NOW, World, build_world
from tests.support.stock_world import build

CAUSE = office_cause(NOW)


def expect(database: Database, world: World, **more: Any) -> Any:
    with database.write() as connection:
        wanted: dict[str, Any] = {
            "location_id": world.lille,
            "sku": "SKU-1",
            "quantity": 10,
            "expected_at": NOW + timedelta(days=2),
        }
        return inbound.expect(connection, CAUSE, Expected(**(wanted | more)))


def test_what_is_received_is_stock_and_serves_who_waits(database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 24})
    row = expect(database, world)
    with database.write() as connection:
        after = inbound.receive(connection, CAUSE, row["id"], 1, 4)
        assert isinstance(after, dict)
    assert (after["received"], after["state"], after["version"]) == (4, "expected", 2)
    assert stock(database, world.lille, "SKU-1")[0] == 14
    assert not order_row(database, made.order_id).waiting
    with database.write() as connection:
        last = inbound.receive(connection, CAUSE, row["id"], 2, 6)
        late = inbound.receive(connection, CAUSE, row["id"], 3, 1)
    assert isinstance(last, dict)
    assert last["state"] == "received"
    assert isinstance(late, Refusal)
    assert late.code == "inbound_closed"


def test_many_orders_never_take_more_than_comes(database):
    world = build(database)
    row = expect(database, world)  # 20 % are protected by a rule
    taken: list[int] = []

    def take(number: int) -> None:
        with database.write() as connection:
            if announced.take(connection, row["id"], 3):
                taken.append(number)

    takers = [threading.Thread(target=take, args=(number,)) for number in range(6)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert len(taken) == 2
    with database.write() as connection:
        assert not announced.take(connection, row["id"], 3)
        announced.give_back(connection, row["id"], 3)
        assert announced.take(connection, row["id"], 3)
    with database.read() as connection:
        assert connection.execute(select(t.inbound.c.promised)).scalar() == 6
        assert differences(connection) == []


def test_supply_is_changed_by_version_and_never_below_what_is_promised(database):
    world = build(database)
    row = expect(database, world)
    with database.write() as connection:
        assert announced.take(connection, row["id"], 4)
        less = inbound.change(connection, CAUSE, row["id"], 2, {"quantity": 3})
        gone = inbound.change(connection, CAUSE, row["id"], 2, {"state": "cancelled"})
        stale = inbound.change(connection, CAUSE, row["id"], 1, {"quantity": 30})
        codes = [one.code for one in (less, gone, stale) if isinstance(one, Refusal)]
        assert codes == ["inbound_promised", "inbound_promised", "stale_version"]
        later = inbound.change(connection, CAUSE, row["id"], 2, {"expected_at": NOW + timedelta(days=40)})
        assert isinstance(later, dict)
    with database.read() as connection:
        assert differences(connection) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"location_id": "nowhere"}, "location_unknown"),
        ({"sku": "SKU-9"}, "variant_unknown"),
        ({"quantity": 0}, "units_out_of_range"),
        ({"protected": 11}, "units_out_of_range"),
        ({"kind": "dreamt"}, "inbound_kind_unknown"),
    ],
)
def test_supply_that_means_nothing_is_refused(sqlite_database, change, code):
    refused = expect(sqlite_database, build_world(sqlite_database), **change)
    assert isinstance(refused, Refusal)
    assert refused.code == code
