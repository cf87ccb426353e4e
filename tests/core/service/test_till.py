from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from core.service import till
from core.service.cause import office_cause
from core.service.till import Condition, Taken, TillLine
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import ledger, order_row, place, stock
from tests.support.core import NOW, World, build_world


def sold(world: World, units: int = 2, **more: str) -> TillLine:
    return TillLine(world.lille, more.get("receipt", "R1"), more.get("line", "1"), more.get("sku", "SKU-1"), units, NOW)


def take(database: Database, *lines: TillLine) -> Taken:
    with database.write() as connection:
        return till.take(connection, office_cause(NOW + timedelta(minutes=5), "usr-till"), lines)


def test_each_line_of_a_receipt_counts_once(database: Database):
    world = build_world(database)
    lines = (sold(world), sold(world, 1, line="2", sku="SKU-2"), sold(world, 1, line="3"))
    assert take(database, *lines) == Taken(3)
    assert take(database, *lines, sold(world, 4, receipt="R2")) == Taken(1, 3)
    assert stock(database, world.lille, "SKU-1") == (3, 0, 0, 0)
    assert stock(database, world.lille, "SKU-2") == (9, 0, 0, 0)
    assert ledger(database, world.lille, "SKU-1") == (-7, 0, 0, 0)
    m = t.movements.c
    with database.read() as connection:
        rows = connection.execute(select(m.kind, m.reason, m.at, m.user_id)).all()
    assert {tuple(row) for row in rows} == {("sale", "R1", NOW, "usr-till"), ("sale", "R2", NOW, "usr-till")}


def test_a_line_told_with_other_units_or_of_nothing_known_is_refused_alone(database: Database):
    world = build_world(database)
    take(database, sold(world))
    done = take(database, sold(world, 3), sold(world, line="2", sku="SKU-9"), sold(world, 1, line="3"))
    assert (done.taken, [(one.index, one.refusal.code) for one in done.refused]) == (
        1, [(0, "receipt_line_changed"), (1, "variant_unknown")],
    )  # fmt: skip
    nowhere = take(database, replace(sold(world), location_id="loc-nowhere"))
    assert [one.refusal.code for one in nowhere.refused] == ["location_unknown"]


def test_more_sold_than_lay_there_corrects_the_books(database: Database):
    world = build_world(database)
    assert take(database, sold(world, 13)) == Taken(1)
    assert stock(database, world.lille, "SKU-1") == (0, 0, 0, 0)
    assert ledger(database, world.lille, "SKU-1") == (-10, 0, 0, 0)
    m = t.movements.c
    with database.read() as connection:
        rows = connection.execute(select(m.kind, m.on_hand).order_by(m.on_hand)).all()
    assert [tuple(row) for row in rows] == [("sale", -13), ("correction", 3)]


def test_what_comes_back_is_sold_again_or_reviewed(database: Database):
    world = build_world(database)
    waits = place(database, world, {"SKU-1": 22})
    damaged = replace(sold(world, 1), condition=Condition.DAMAGED, order_id=waits.order_id)
    take(database, damaged)
    assert stock(database, world.lille, "SKU-1") == (11, 10, 0, 1)
    assert order_row(database, waits.order_id).waiting
    with database.read() as connection:
        noted = connection.execute(select(t.declarations.c.origin, t.declarations.c.units)).one()
        names = connection.execute(select(t.events.c.name).where(t.events.c.order_id == waits.order_id)).scalars().all()
    assert tuple(noted) == ("return", 1)
    assert "StockReturned" in names
    take(database, replace(sold(world, 2, line="2"), condition=Condition.SELLABLE))
    assert not order_row(database, waits.order_id).waiting
    assert stock(database, world.lille, "SKU-1") == (13, 12, 0, 1)


def test_a_return_may_have_the_name_of_a_sale(database: Database):
    world = build_world(database)
    take(database, sold(world))
    assert take(database, replace(sold(world), condition=Condition.SELLABLE)) == Taken(1)
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)
