import numpy as np

from core.service.cause import office_cause
from core.service.imports import stock_sheets
from core.service.imports.stock_lines import lines_of
from core.service.imports.stock_sheets import UNKNOWN, Draft, Sheets
from core.service.stock import Delta, Movement, move
from core.store import feed
from core.store.database import Database
from tests.support.core import NOW, World, build_world

SKUS = b"SKU-1\nSKU-2\nSKU-3"


def draft() -> Draft:
    lines = lines_of(b"SKU-1,S,10\nSKU-2,S,10\nSKU-3,S,10\n")
    assert lines is not None
    return Draft(SKUS, lines.numbers.copy())


MANY = b"\n".join(b"SKU-%d" % number for number in range(1, 21))


def keep(database: Database, world: World, draft: Draft) -> None:
    since = now(database)
    with database.write() as connection:
        stock_sheets.keep(connection, {world.lille: draft}, since, ())


def sell(database: Database, world: World, sku: str) -> str:
    with database.write() as connection:
        move(connection, office_cause(NOW), [Movement(world.lille, sku, "sale", Delta(on_hand=-1))])
        return feed.current_transaction(connection)


def now(database: Database) -> str:
    with database.read() as connection:
        return feed.current_snapshot(connection)


def test_what_changed_since_is_looked_at_again(database):
    world = build_world(database)
    since = now(database)
    with database.write() as connection:
        stock_sheets.keep(connection, {world.lille: draft(), world.lyon: draft()}, since, ())
    sell(database, world, "SKU-2")
    sheets = Sheets(database)
    lille, lyon = sheets.get(world.lille), sheets.get(world.lyon)
    assert lille is not None
    assert lyon is not None
    assert (lille.changed, lyon.changed) == (frozenset({"SKU-2"}), frozenset())
    assert lille.numbers.tolist() == draft().numbers.tolist()
    assert lyon.order.places == {"SKU-1": 0, "SKU-2": 1, "SKU-3": 2}
    assert sheets.get("loc-nowhere") is None


def test_what_others_changed_while_the_file_was_read_is_not_known(database):
    world = build_world(database)
    since = now(database)
    own = sell(database, world, "SKU-1")
    sell(database, world, "SKU-3")
    with database.write() as connection:
        stock_sheets.keep(connection, {world.lille: draft()}, since, {own})
    kept = Sheets(database).get(world.lille)
    assert kept is not None
    assert [number == UNKNOWN for number in kept.numbers.tolist()] == [False, False, True]


def test_articles_in_the_same_order_are_kept_once(database):
    world = build_world(database)
    since = now(database)
    for skus in (SKUS, b"SKU-1"):
        with database.write() as connection:
            other = Draft(skus, np.ones(skus.count(b"\n") + 1, "<u8"))
            stock_sheets.keep(connection, {world.lille: other, world.lyon: other}, since, ())
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM stock_sheet").scalar() == 3
    kept = Sheets(database).get(world.lyon)
    assert kept is not None
    assert (kept.order.skus, kept.numbers.tolist()) == ((b"SKU-1",), [1])


def test_few_lines_are_kept_as_corrections_and_count_with_their_own_snapshot(database):
    world = build_world(database)
    keep(database, world, Draft(MANY, np.arange(1, 21).astype("<u8")))
    for line, number in ((3, 103), (0, 100)):
        sell(database, world, "SKU-2")
        sheet = Sheets(database).get(world.lille)
        assert sheet is not None
        numbers = sheet.numbers.copy()
        numbers[line] = number
        keep(database, world, stock_sheets.corrected(sheet, numbers, np.array([line])))
    kept = Sheets(database).get(world.lille)
    assert kept is not None
    assert (kept.changed, kept.corrected.tolist()) == (frozenset(), [0, 3])
    assert kept.numbers.tolist() == [100, 2, 3, 103, *range(5, 21)]
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM stock_sheet").scalar() == 3


def test_many_lines_make_a_sheet_anew(database):
    world = build_world(database)
    keep(database, world, Draft(MANY, np.arange(1, 21).astype("<u8")))
    for lines in ([1, 2], [3]):
        sheet = Sheets(database).get(world.lille)
        assert sheet is not None
        numbers = sheet.numbers.copy()
        numbers[lines] += np.uint64(100)
        keep(database, world, stock_sheets.corrected(sheet, numbers, np.array(lines)))
    kept = Sheets(database).get(world.lille)
    assert kept is not None
    assert (kept.numbers.tolist(), len(kept.corrected)) == ([1, 102, 103, 104, *range(5, 21)], 0)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM stock_sheet").scalar() == 2


def test_a_line_that_others_changed_meanwhile_is_corrected_to_unknown(database):
    world = build_world(database)
    keep(database, world, Draft(MANY, np.arange(1, 21).astype("<u8")))
    sheet, since = Sheets(database).get(world.lille), now(database)
    assert sheet is not None
    sell(database, world, "SKU-3")
    with database.write() as connection:
        unchanged = stock_sheets.corrected(sheet, sheet.numbers, np.array([], int))
        stock_sheets.keep(connection, {world.lille: unchanged}, since, ())
    kept = Sheets(database).get(world.lille)
    assert kept is not None
    assert kept.numbers.tolist() == [1, 2, UNKNOWN, *range(4, 21)]


def test_corrections_of_another_order_are_not_kept(database):
    world = build_world(database)
    keep(database, world, Draft(MANY, np.arange(1, 21).astype("<u8")))
    sheet = Sheets(database).get(world.lille)
    assert sheet is not None
    keep(database, world, Draft(SKUS, np.arange(1, 4).astype("<u8")))
    keep(database, world, stock_sheets.corrected(sheet, sheet.numbers + np.uint64(1), np.array([19])))
    kept = Sheets(database).get(world.lille)
    assert kept is not None
    assert (kept.order.kept, kept.numbers.tolist()) == (SKUS, [1, 2, 3])
