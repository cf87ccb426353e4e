import random
from collections.abc import Iterable

import pytest
from sqlalchemy import func, select

from core.service import adjustments
from core.service.cause import office_cause
from core.service.imports import stock_full, stock_sheets
from core.service.imports.stock_full import best_sellers
from core.store import tables as t
from core.store.database import Database
from tests.core.service.imports.test_stock import on_hand, send
from tests.core.service.office import place
from tests.support.core import NOW, World, build_world

HEADER = "sku,location,on_hand\n"


def full(database: Database, rows: Iterable[tuple[str, str, object]]) -> dict[str, int]:
    report = send(database, HEADER + "".join(f"{sku},{code},{units}\n" for sku, code, units in rows), "stock-full")
    assert not report.code
    return dict(report.counts)


def everything(world: World, lille: int = 10, lyon: int = 10) -> list[tuple[str, str, object]]:
    return [(sku, code, units) for code, units in (("LILLE", lille), ("LYON", lyon)) for sku in world.skus]


def movements(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(t.movements)).scalar_one())


def adjust(database: Database, location_id: str, sku: str, units: int) -> None:
    with database.write() as connection:
        adjustments.adjust(connection, office_cause(NOW), adjustments.Adjustment(location_id, sku, units))


def test_only_what_changed_is_written(database):
    world = build_world(database)
    assert full(database, everything(world)) == {"unchanged": 6}
    assert movements(database) == 0
    assert full(database, everything(world, lille=7)) == {"updated": 3, "unchanged": 3}
    assert full(database, everything(world, lille=7)) == {"unchanged": 6}
    assert (on_hand(database, world), movements(database)) == ([7, 7, 7], 3)


def test_what_was_sold_since_the_last_file_is_compared_again(database):
    world = build_world(database)
    full(database, everything(world))
    full(database, everything(world))
    adjust(database, world.lille, "SKU-2", 4)
    assert full(database, everything(world)) == {"updated": 1, "unchanged": 5}
    assert on_hand(database, world) == [10, 10, 10]


def test_an_article_that_the_file_names_no_more_is_gone(database):
    world = build_world(database)
    full(database, everything(world))
    rows = everything(world)
    assert full(database, rows[1:]) == {"unchanged": 5, "zeroed": 1}
    assert full(database, rows[1:]) == {"unchanged": 5}
    adjust(database, world.lille, "SKU-1", 2)
    assert full(database, rows[1:]) == {"unchanged": 5, "zeroed": 1}
    assert on_hand(database, world) == [0, 10, 10]


def test_a_location_in_two_pieces_loses_nothing(database):
    world = build_world(database)
    rows = [("SKU-1", "LILLE", 1), ("SKU-1", "LYON", 2), ("SKU-2", "LILLE", 3)]
    assert full(database, rows)["zeroed"] == 3
    assert on_hand(database, world) == [1, 3, 0]


def test_blank_is_not_zero_and_a_later_row_counts(database):
    world = build_world(database)
    rows = [("SKU-1", "LILLE", ""), ("SKU-2", "LILLE", 5), ("SKU-3", "LILLE", 1), ("SKU-2", "LILLE", 6)]
    full(database, rows)
    full(database, rows)
    assert on_hand(database, world) == [10, 6, 1]


def test_from_a_broken_row_on_each_row_is_looked_at_and_nothing_is_zeroed(database):
    world = build_world(database)
    report = send(database, HEADER + 'SKU-1,LILLE,4\n"SKU-2,LILLE,1\nSKU-3,LYON,8\n', "stock-full")
    assert (report.rows, dict(report.by_code)) == (3, {"broken_quotes": 1})
    assert dict(report.counts) == {"updated": 2, "not_zeroed": 4}
    assert on_hand(database, world) == [4, 10, 10]


def test_an_unknown_article_is_refused_alone(database):
    world = build_world(database)
    report = send(database, HEADER + "SKU-1,LILLE,4\nSKU-9,LILLE,4\nSKU-2,LILLE,5\nSKU-3,LILLE,6\n", "stock-full")
    assert [(one.line, one.code, one.value) for one in report.refusals] == [(3, "sku_unknown", "SKU-9")]
    assert on_hand(database, world) == [4, 5, 6]


@pytest.mark.parametrize("seed", range(6))
def test_blocks_and_single_rows_come_to_the_same(sqlite_database, monkeypatch, seed):
    """However the file is cut into chunks; a quote somewhere makes the reader go row by row from there."""
    rng = random.Random(seed)
    world = build_world(sqlite_database)
    monkeypatch.setattr(stock_full, "CHUNK_BYTES", rng.choice((8, 20, 40, 1000)))
    monkeypatch.setattr(stock_sheets, "MOST_CORRECTED", seed % 2)
    monkeypatch.setattr(stock_full, "GATHERED", rng.choice((1, 4, 1000)))
    for _ in range(5):
        said = {
            (sku, code): rng.randint(0, 3) for sku in world.skus for code in ("LILLE", "LYON") if rng.random() < 0.8
        }
        rows = [f"{sku},{code},{units}\n" for (sku, code), units in sorted(said.items(), key=lambda item: item[0][1])]
        if rng.random() < 0.4 and rows:
            index = rng.randrange(len(rows))
            rows[index] = '"' + rows[index].replace(",", '",', 1)
        report = send(sqlite_database, HEADER + "".join(rows), "stock-full")
        assert (report.refused, report.rows) == (0, len(rows))
        named = {code for _, code in said}
        for code, location_id in (("LILLE", world.lille), ("LYON", world.lyon)):
            if code in named:
                with sqlite_database.read() as connection:
                    p = t.positions.c
                    query = select(p.sku, p.on_hand).where(p.location_id == location_id)
                    kept = dict(connection.execute(query).all())
                assert kept == {sku: said.get((sku, code), 0) for sku in world.skus}
        adjust(sqlite_database, world.lille, rng.choice(world.skus), rng.randint(0, 3))


def test_best_sellers_are_written_first_and_channels_are_told(database):
    world = build_world(database)
    place(database, world, {"SKU-2": 3, "SKU-3": 1})
    with database.read() as connection:
        assert best_sellers(connection) == {"SKU-2": 0, "SKU-3": 1}
    full(database, everything(world, lille=30, lyon=10))
    with database.read() as connection:
        events = select(t.events.c.data).where(t.events.c.name == "StockImported")
        (told,) = connection.execute(events).scalars().all()
    assert told == {"articles": 3, "first": ["SKU-2", "SKU-3", "SKU-1"], "zeroed": 0, "locations": 2}


def test_new_stock_serves_who_waits(database):
    world = build_world(database)
    place(database, world, {"SKU-1": 25})
    assert full(database, everything(world, lille=30))["orders_served"] == 1


def test_what_this_file_wrote_is_not_looked_at_by_the_next(database, monkeypatch):
    world = build_world(database)
    full(database, everything(world))
    full(database, everything(world, lille=7))
    looked = []
    monkeypatch.setattr(stock_full.FullStock, "write", lambda self, connection, cause, batch: looked.append(batch))
    assert full(database, everything(world, lille=7)) == {"unchanged": 6}
    assert looked == []


def test_a_new_article_in_an_old_order_is_written_and_remembered(database):
    world = build_world(database)
    rows = everything(world)
    full(database, rows[:2] + rows[3:])
    assert full(database, everything(world, lille=8)) == {"updated": 3, "unchanged": 3}
    assert full(database, everything(world, lille=8, lyon=11)) == {"updated": 3, "unchanged": 3}
    assert on_hand(database, world) == [8, 8, 8]


def test_codes_that_changed_places_are_not_taken_for_each_other(database):
    world = build_world(database)
    full(database, everything(world, lille=1, lyon=2))
    with database.write() as connection:
        for code, id in (("X", world.lille), ("LILLE", world.lyon), ("LYON", world.lille)):
            connection.execute(t.locations.update().where(t.locations.c.id == id).values(code=code))
    assert full(database, everything(world, lille=1, lyon=2)) == {"updated": 6}
    assert on_hand(database, world) == [2, 2, 2]
