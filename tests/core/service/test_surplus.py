from datetime import timedelta

from sqlalchemy import select

from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.service import adjustments
from core.service.adjustments import Adjustment
from core.service.cause import office_cause
from core.store import tables as t
from core.store.database import Database
from tests.core.service.imports.test_stock import send
from tests.core.service.imports.test_stock_full import HEADER
from tests.core.service.office import fulfilments_of, ledger, order_row, place, stock
from tests.support.core import NOW, World, build_world
from tests.support.http import Clock


def count(database: Database, world: World, units: int) -> None:
    with database.write() as connection:
        adjustments.adjust(connection, office_cause(NOW), Adjustment(world.lille, "SKU-1", on_hand=units))


def work(database: Database) -> None:
    Worker(database, HANDLERS, Clock(NOW + timedelta(seconds=1))).turn()


def promise(database: Database, order_id: str, hours: int) -> None:
    with database.write() as connection:
        change = t.fulfilments.update().where(t.fulfilments.c.order_id == order_id)
        connection.execute(change.values(target_at=NOW + timedelta(hours=hours)))


def held(database: Database, order_id: str) -> dict[str, int]:
    """Units wanted, by location."""
    found: dict[str, int] = {}
    for fulfilment in fulfilments_of(database, order_id):
        units = sum(line.wanted for line in fulfilment.lines) if not fulfilment.closed else 0
        found[fulfilment.location_id] = found.get(fulfilment.location_id, 0) + units
    return {location_id: units for location_id, units in found.items() if units}


def test_a_count_below_what_is_reserved_moves_the_newest_promise(database: Database):
    world = build_world(database)
    new = place(database, world, {"SKU-1": 5}, location_id=world.lille)
    old = place(database, world, {"SKU-1": 4}, location_id=world.lille)
    promise(database, old.order_id, hours=2)
    promise(database, new.order_id, hours=8)
    count(database, world, 6)
    work(database)
    assert held(database, old.order_id) == {world.lille: 4}
    assert held(database, new.order_id) == {world.lille: 2, world.lyon: 3}
    assert stock(database, world.lille, "SKU-1") == (6, 6, 0, 0)
    assert stock(database, world.lyon, "SKU-1")[1] == 3
    assert ledger(database, world.lille, "SKU-1") == (-4, 6, 0, 0)
    e = t.events.c
    with database.read() as connection:
        told = connection.execute(select(e.order_id, e.data, e.reason).where(e.name == "LineShort")).one()
    assert (told.order_id, told.data["quantity"], told.reason) == (new.order_id, 3, "stock_corrected")


def test_an_order_that_nobody_else_can_serve_waits(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 20})
    count(database, world, 0)
    work(database)
    assert held(database, made.order_id) == {world.lyon: 10}
    assert order_row(database, made.order_id).waiting


def test_a_file_that_says_less_than_is_reserved_moves_orders_too(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 6}, location_id=world.lille)
    rows = "".join(f"{sku},{code},{2 if (sku, code) == ('SKU-1', 'LILLE') else 10}\n"
                   for code in ("LILLE", "LYON") for sku in world.skus)  # fmt: skip
    send(database, HEADER + rows, "stock-full")
    work(database)
    assert held(database, made.order_id) == {world.lille: 2, world.lyon: 4}


def test_a_count_that_covers_what_is_reserved_leaves_no_work(database: Database):
    world = build_world(database)
    place(database, world, {"SKU-1": 6}, location_id=world.lille)
    count(database, world, 6)
    with database.read() as connection:
        assert connection.execute(select(t.jobs).where(t.jobs.c.kind == "resource_surplus")).all() == []
