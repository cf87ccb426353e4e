import threading
from typing import Any

import pytest
from sqlalchemy import select

from core.domain.fulfilment import Address
from core.service import orders
from core.service.cause import office_cause
from core.service.customers import Customer
from core.service.orders import NewLine, Received
from core.service.refusal import Refusal
from core.service.sourcing import explained
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import LILLE, event_names, fulfilments_of, new_order, order_row, place, stock
from tests.support.core import NOW, build_world


def test_an_order_is_received_sourced_and_reserved_in_one_go(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 2, "SKU-2": 1}, number="N-1", gift_message="Merci")
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert fulfilment.number == "N-1-1"
    assert len(fulfilment.short_id) == 4
    assert fulfilment.ship_to == LILLE
    assert [(line.sku, line.quantity, line.name, line.unit_price_minor) for line in fulfilment.lines] == [
        ("SKU-1", 2, "Shirt", 1990),
        ("SKU-2", 1, "Shirt", 1990),
    ]
    assert fulfilment.lines[0].gtins == ("03760123000000",)
    assert stock(database, fulfilment.location_id, "SKU-1") == (10, 2, 0, 0)
    row = order_row(database, made.order_id)
    assert (row.state, row.waiting, row.total_minor) == ("received", False, 3 * 1990)
    assert row.target_at == fulfilment.target_at > NOW
    assert event_names(database, made.order_id) == ["OrderReceived", "OrderSourced", "FulfilmentCreated"]


def test_the_store_hears_of_its_new_work_and_its_stock(database: Database):
    world = build_world(database)
    with database.read() as connection:
        before = feed.current_snapshot(connection)
    made = place(database, world, {"SKU-1": 1}, location_id=world.lille)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    with database.read() as connection:
        work = feed.changes(connection, [feed.store_part(world.lille)], before)
        shelf = feed.changes(connection, [feed.stock_part(world.lille)], before)
    assert [(change.entity, change.id) for change in work] == [("fulfilment", fulfilment.id)]
    assert [(change.entity, change.id) for change in shelf] == [("position", "SKU-1")]


def test_the_price_of_the_sale_stays(database: Database):
    world = build_world(database)
    with database.write() as connection:
        new = orders.NewOrder(world.division, LILLE, (NewLine("SKU-1", 1, 990), NewLine("SKU-1", 1, 0)))
        made = orders.create(connection, office_cause(NOW), new)
    assert isinstance(made, Received)
    assert order_row(database, made.order_id).total_minor == 990


def test_what_no_place_can_promise_waits_for_stock(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 25, "SKU-2": 1})
    assert made.missing_units == 5
    row = order_row(database, made.order_id)
    assert (row.state, row.waiting) == ("waiting_for_stock", True)
    assert sum(line.quantity for f in fulfilments_of(database, made.order_id) for line in f.lines) == 21


def test_the_decision_is_kept_with_its_reasons(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    with database.read() as connection:
        row = connection.execute(select(t.decisions).where(t.decisions.c.id == made.decision_id)).one()
    assert (row.kind, row.shipments, row.optimal) == ("sourcing", 1, True)
    codes = {reason["location_id"]: reason["code"] for reason in explained(row.explanation)["locations"]}
    assert sorted(codes.values()) == ["chosen", "not_needed"]
    assert row.explanation["proof"]["proved"]


def test_a_customer_is_known_again_by_number(database: Database):
    world = build_world(database)
    camille = Customer("C-1", "Camille", "c@example.org")
    first = place(database, world, {"SKU-1": 1}, customer=camille)
    second = place(database, world, {"SKU-1": 1}, customer=camille)
    assert order_row(database, first.order_id).customer_id == order_row(database, second.order_id).customer_id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"division_id": "nobody"}, "division_unknown"),
        ({"lines": ()}, "lines_out_of_range"),
        ({"lines": (NewLine("SKU-9", 1),)}, "sku_unknown"),
        ({"lines": (NewLine("SKU-1", 0),)}, "quantity_out_of_range"),
        ({"lines": (NewLine("SKU-1", 9999, 10**9),)}, "total_out_of_range"),
        ({"service_level": "teleport"}, "service_level_unknown"),
        ({"carrier": "nobody"}, "carrier_unknown"),
        ({"ship_to": Address("Camille", "", "", "", "FR")}, "address_incomplete"),
        ({"location_id": "nowhere"}, "location_unknown"),
    ],
)
def test_a_wrong_order_is_refused_whole(sqlite_database: Database, change: dict[str, Any], code: str):
    world = build_world(sqlite_database)
    given: dict[str, Any] = {"division_id": world.division, "ship_to": LILLE, "lines": (NewLine("SKU-1", 1),)} | change
    with sqlite_database.write() as connection:
        refused = orders.create(connection, office_cause(NOW), orders.NewOrder(**given))
        assert connection.execute(select(t.orders.c.id)).all() == []
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_an_order_number_is_given_once(database: Database):
    world = build_world(database)
    place(database, world, {"SKU-1": 1}, number="N-1")
    with database.write() as connection:
        refused = orders.create(connection, office_cause(NOW), new_order(world, {"SKU-1": 1}, number="N-1"))
    assert isinstance(refused, Refusal)
    assert refused.code == "order_number_taken"


def test_nothing_is_oversold_by_many_buyers_at_once(database: Database):
    world = build_world(database)
    made: list[Received] = []
    failures: list[BaseException] = []

    def buy() -> None:
        try:
            for _ in range(4):
                made.append(place(database, world, {"SKU-1": 1, "SKU-2": 1}))
        except BaseException as fault:
            failures.append(fault)

    buyers = [threading.Thread(target=buy) for _ in range(8)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert failures == []
    assert len(made) == 32
    for sku in ("SKU-1", "SKU-2"):
        for location in (world.lille, world.lyon):
            assert stock(database, location, sku) == (10, 10, 0, 0)
    reserved = sum(line.quantity for one in made for f in fulfilments_of(database, one.order_id) for line in f.lines)
    assert reserved == 40
    assert sum(one.missing_units for one in made) == 24
