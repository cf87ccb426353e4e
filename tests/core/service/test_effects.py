from datetime import timedelta

from sqlalchemy import delete, insert, select

from core.contract import commands as c
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState
from core.domain.runs import Method
from core.service.cause import office_cause
from core.service.events import timeline
from core.service.resourcing import serve_waiting
from core.service.sourcing import explained
from core.service.stock import Delta, Movement, move
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import (
    event_names,
    fulfilments_of,
    ledger,
    order_row,
    place,
    stock,
    tell,
)
from tests.support.core import NOW, World, build_world


def one_order(database: Database, world: World, quantities: dict[str, int], location: str = "") -> Fulfilment:
    made = place(database, world, quantities, number="N-1", location_id=location or world.lille)
    return fulfilments_of(database, made.order_id)[0]


def scan(fulfilment: Fulfilment, quantity: int = 1, line: int = 0) -> c.ScanItem:
    return c.ScanItem(fulfilment.id, fulfilment.lines[line].id, quantity, c.How.WEDGE, "03760123000000")


def short(fulfilment: Fulfilment, quantity: int, reason: str = "not_found", line: int = 0) -> c.ReportShort:
    return c.ReportShort(fulfilment.id, fulfilment.lines[line].id, quantity, reason)


def ship(database: Database, fulfilment: Fulfilment, units: int) -> None:
    tell(database, c.OpenParcel(fulfilment.id, "p1", "box-s"))
    tell(database, c.PackItem(fulfilment.id, "p1", fulfilment.lines[0].id, units, c.How.WEDGE))
    tell(database, c.CloseParcel(fulfilment.id, "p1", "376012300000000018", "post", 500))
    tell(database, c.RecordLabel(fulfilment.id, "p1", "post"))
    tell(database, c.OpenManifest("m1", fulfilment.location_id, "post"))
    tell(database, c.LoadParcel("m1", fulfilment.id, "p1", c.How.WEDGE))
    tell(database, c.CloseManifest("m1", (fulfilment.id,)))


def reasons(database: Database, **by_code: tuple[str, str]) -> None:
    with database.write() as connection:
        connection.execute(delete(t.reasons))
        for code, (effect, target) in by_code.items():
            row = {"id": code, "account_id": "acc", "usage": "short", "effect": effect, "target": target}
            connection.execute(insert(t.reasons).values(row | {"labels": {}}))


def test_stock_follows_an_order_from_the_shelf_to_the_carrier(database: Database):
    world = build_world(database)
    fulfilment = one_order(database, world, {"SKU-1": 3})
    assert stock(database, world.lille, "SKU-1") == (10, 3, 0, 0)
    tell(database, scan(fulfilment, 3))
    assert stock(database, world.lille, "SKU-1") == (10, 3, 3, 0)
    ship(database, fulfilment, 3)
    assert stock(database, world.lille, "SKU-1") == (7, 0, 0, 0)
    assert order_row(database, fulfilment.order_id).state == "shipped"
    # the ledger tells the same story, from the 10 that were there before it
    assert ledger(database, world.lille, "SKU-1") == (-3, 0, 0, 0)


def test_the_story_of_an_order_says_who_did_what_when(database: Database):
    world = build_world(database)
    fulfilment = one_order(database, world, {"SKU-1": 2})
    tell(database, c.StartRun("r1", "12", world.lille, Method.SINGLE, (fulfilment.id,), (world.ana,)))
    tell(database, scan(fulfilment), at=NOW + timedelta(seconds=20))
    tell(database, scan(fulfilment), at=NOW + timedelta(seconds=40))
    ship(database, fulfilment, 2)
    with database.read() as connection:
        story = timeline(connection, fulfilment.order_id)
    codes = [entry.code for entry in story]
    for code in (
        "OrderReceived", "OrderSourced", "FulfilmentCreated", "PickingStarted", "ItemPicked", "FulfilmentPicked",
        "ParcelOpened", "ItemPacked", "ParcelClosed", "FulfilmentPacked", "LabelRecorded", "ParcelLoaded",
        "ParcelsHandedOver", "FulfilmentShipped", "OrderShipped",
    ):  # fmt: skip
        assert code in codes, code
    assert codes.count("ItemPicked") == 2
    picked = next(entry for entry in story if entry.code == "ItemPicked")
    assert (picked.user, picked.at, picked.received_at) == (
        "Ana",
        NOW + timedelta(seconds=20),
        NOW + timedelta(seconds=22),
    )
    assert (picked.params["sku"], picked.params["how"], picked.params["code"]) == ("SKU-1", "wedge", "03760123000000")


def test_one_event_per_command_is_stored(database: Database):
    world = build_world(database)
    fulfilment = one_order(database, world, {"SKU-1": 2})
    tell(database, scan(fulfilment))
    with database.read() as connection:
        names = connection.execute(select(t.events.c.name).where(t.events.c.command_id != "")).scalars().all()
    assert names.count("ItemPicked") == 1
    assert sorted(names) == ["FulfilmentPicking", "ItemPicked", "OrderBegun"]


def test_short_units_are_fetched_from_another_place(database: Database):
    world = build_world(database)
    fulfilment = one_order(database, world, {"SKU-1": 3})
    tell(database, scan(fulfilment, 1))
    tell(database, short(fulfilment, 2))
    here, there = fulfilments_of(database, fulfilment.order_id)
    assert (here.state, here.lines[0].short) == (FulfilmentState.PICKED, 2)
    assert (there.location_id, there.number, there.lines[0].quantity) == (world.lyon, "N-1-2", 2)
    # nothing is left on the shelf in Lille: one unit is in Ana's hands
    assert stock(database, world.lille, "SKU-1") == (1, 1, 1, 0)
    assert stock(database, world.lyon, "SKU-1") == (10, 2, 0, 0)
    assert order_row(database, fulfilment.order_id).state == "in_preparation"


def test_a_place_that_has_nothing_of_it_is_never_asked_again(database: Database):
    world = build_world(database)
    reasons(database, not_found=("none", "atp"))
    fulfilment = one_order(database, world, {"SKU-1": 1})
    tell(database, short(fulfilment, 1))
    here, there = fulfilments_of(database, fulfilment.order_id)
    assert here.state is FulfilmentState.REJECTED
    assert there.location_id == world.lyon
    tell(database, short(there, 1))
    assert len(fulfilments_of(database, fulfilment.order_id)) == 2
    row = order_row(database, fulfilment.order_id)
    assert (row.state, row.waiting) == ("waiting_for_stock", True)
    assert "LinesWaitForStock" in event_names(database, fulfilment.order_id)
    with database.read() as connection:
        explanations = connection.execute(select(t.decisions.c.explanation)).scalars().all()
    assert any(
        reason["code"] == "short_before" and reason["location_id"] == world.lille
        for explanation in explanations
        for reason in explained(explanation)["locations"]
    )


def test_short_units_of_two_lines_travel_together(database: Database):
    world = build_world(database)
    fulfilment = one_order(database, world, {"SKU-1": 1, "SKU-2": 1})
    tell(database, short(fulfilment, 1))
    tell(database, short(fulfilment, 1, line=1))
    _, there = fulfilments_of(database, fulfilment.order_id)
    assert [(line.sku, line.quantity) for line in there.lines] == [("SKU-1", 1), ("SKU-2", 1)]


def test_reasons_say_what_is_left_on_the_shelf(database: Database):
    world = build_world(database)
    reasons(
        database, gone=("zero", "on_hand"), lost=("zero", "atp"), broken=("minus", "atp"), sold=("minus", "on_hand")
    )
    expected = {"gone": (0, 0, 0, 0), "lost": (10, 0, 0, 10), "broken": (10, 0, 0, 2), "sold": (8, 0, 0, 0)}
    for number, (reason, result) in enumerate(expected.items()):
        made = place(database, world, {"SKU-1": 2}, number=f"R-{number}", location_id=world.lille)
        tell(database, short(fulfilments_of(database, made.order_id)[0], 2, reason))
        assert stock(database, world.lille, "SKU-1") == result, reason
        with database.write() as connection:
            on_hand, _, _, unavailable = result
            back = Delta(on_hand=10 - on_hand, unavailable=-unavailable)
            move(connection, office_cause(NOW), [Movement(world.lille, "SKU-1", "correction", back)])


def test_units_declared_lost_that_somebody_finds_are_no_longer_lost(database: Database):
    world = build_world(database)
    reasons(database, lost=("zero", "atp"))
    first = one_order(database, world, {"SKU-1": 9})
    second = place(database, world, {"SKU-1": 1}, number="N-2", location_id=world.lille)
    tell(database, short(fulfilments_of(database, second.order_id)[0], 1, "lost"))
    assert stock(database, world.lille, "SKU-1") == (10, 9, 0, 10)
    tell(database, scan(first, 9))
    assert stock(database, world.lille, "SKU-1") == (10, 9, 9, 1)


def test_waiting_orders_are_served_when_stock_appears(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 25})
    assert order_row(database, made.order_id).waiting
    with database.write() as connection:
        move(connection, office_cause(NOW), [Movement(world.lyon, "SKU-1", "import", Delta(on_hand=10))])
        assert serve_waiting(connection, office_cause(NOW), {"SKU-1"}) == 1
    row = order_row(database, made.order_id)
    assert (row.state, row.waiting) == ("received", False)
    assert sum(line.quantity for f in fulfilments_of(database, made.order_id) for line in f.lines) == 25


def test_a_fact_about_unknown_work_is_still_an_event(database: Database):
    build_world(database)
    outcome = tell(database, c.ScanItem("nobody", "line", 1, c.How.WEDGE))
    assert outcome.code == "document_missing"
    with database.read() as connection:
        row = connection.execute(select(t.events)).one()
    assert (row.name, row.subject_id, row.data["outcome"]) == ("ItemPicked", "nobody", "document_missing")
