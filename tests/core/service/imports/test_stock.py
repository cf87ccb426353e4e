import io

from core.service.cause import office_cause
from core.service.imports.engine import Errand
from core.service.imports.kinds import Asked, import_file
from core.service.imports.report import Report
from core.store import feed
from core.store.database import Database
from tests.core.service.office import ledger, order_row, place, stock
from tests.support.core import NOW, World, build_world


def send(database: Database, content: str, kind: str = "stock") -> Report:
    errand = Errand("stock.csv", office_cause(NOW), lambda: NOW)
    report = import_file(database, Asked(kind), io.BytesIO(content.encode()), errand)
    assert isinstance(report, Report)
    return report


def on_hand(database: Database, world: World) -> list[int]:
    return [stock(database, world.lille, sku)[0] for sku in world.skus]


def test_a_count_sets_what_it_names_and_nothing_else(database: Database):
    world = build_world(database)
    content = "sku,location,on_hand,place\nSKU-1,LILLE,4,B-7\nSKU-2,LILLE,,\n"
    assert dict(send(database, content).counts) == {"updated": 1, "unchanged": 1}
    assert on_hand(database, world) == [4, 10, 10]
    assert ledger(database, world.lille, "SKU-1") == (-6, 0, 0, 0)
    assert dict(send(database, content).counts) == {"unchanged": 2}


def test_a_full_file_says_what_is_not_there_any_more(database: Database):
    world = build_world(database)
    report = send(database, "sku,location,on_hand\nSKU-1,LILLE,4\n", "stock-full")
    assert dict(report.counts) == {"updated": 1, "zeroed": 2}
    assert on_hand(database, world) == [4, 0, 0]
    assert stock(database, world.lyon, "SKU-1")[0] == 10


def test_a_refused_row_never_zeroes_its_article(database: Database):
    world = build_world(database)
    report = send(database, "sku,location,on_hand\nSKU-1,LILLE,4\nSKU-2,LILLE,many\n", "stock-full")
    assert report.by_code == {"not_a_number": 1}
    assert on_hand(database, world) == [4, 10, 0]


def test_with_a_row_nobody_can_read_nothing_is_zeroed(database: Database):
    world = build_world(database)
    report = send(database, 'sku,location,on_hand\nSKU-1,LILLE,4\n"SKU-2,LILLE,1\n', "stock-full")
    assert dict(report.counts) == {"updated": 1, "not_zeroed": 2}
    assert on_hand(database, world) == [4, 10, 10]


def test_a_delta_counts_once_whoever_sends_it_again(database: Database):
    world = build_world(database)
    content = "sku,location,change,reference\nSKU-1,LILLE,5,D-1\nSKU-1,LILLE,-2,D-2\nSKU-1,LILLE,5,D-1\n"
    assert dict(send(database, content, "stock-delta").counts) == {"updated": 2, "unchanged": 1}
    assert dict(send(database, content, "stock-delta").counts) == {"unchanged": 3}
    assert on_hand(database, world) == [13, 10, 10]


def test_an_unknown_article_is_refused_and_its_neighbours_are_taken(database: Database):
    world = build_world(database)
    report = send(database, "sku,location,on_hand\nSKU-1,LILLE,4\nSKU-9,LILLE,4\nSKU-2,NOWHERE,1\n")
    assert dict(report.by_code) == {"sku_unknown": 1, "location_unknown": 1}
    assert on_hand(database, world) == [4, 10, 10]


def test_devices_hear_of_it_and_waiting_orders_are_served(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 25})
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    report = send(database, "sku,location,on_hand\nSKU-1,LILLE,30\n")
    assert report.counts["orders_served"] == 1
    assert not order_row(database, made.order_id).waiting
    with database.read() as connection:
        changes = feed.changes(connection, [feed.stock_part(world.lille)], since)
    assert [change.id for change in changes] == ["SKU-1"]
