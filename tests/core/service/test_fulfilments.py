from core.contract import commands as c
from core.service.cause import office_cause
from core.service.fulfilments import SHORT_ID_ALPHABET, move, short_id
from core.service.refusal import Refusal
from core.store import feed
from core.store.database import Database
from tests.core.service.office import fulfilments_of, place, stock, tell
from tests.support.core import NOW, build_world


def do_move(database: Database, fulfilment_id: str, location_id: str) -> Refusal | None:
    with database.write() as connection:
        return move(connection, office_cause(NOW), fulfilment_id, location_id)


def test_a_moved_fulfilment_leaves_one_store_and_enters_the_other(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    (before,) = fulfilments_of(database, made.order_id)
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    assert do_move(database, before.id, world.lyon) is None
    (after,) = fulfilments_of(database, made.order_id)
    assert after.location_id == world.lyon
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)
    assert stock(database, world.lyon, "SKU-1") == (10, 2, 0, 0)
    with database.read() as connection:
        parts = [feed.store_part(world.lille), feed.store_part(world.lyon)]
        changes = {(change.part, change.deleted) for change in feed.changes(connection, parts, since)}
    assert changes == {(parts[0], True), (parts[1], False)}


def test_it_moves_only_where_the_stock_is_and_while_nobody_works_on_it(database: Database):
    world = build_world(database)
    place(database, world, {"SKU-1": 9}, location_id=world.lyon)
    made = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    refusals = [do_move(database, fulfilment.id, world.lyon), do_move(database, "nobody", world.lyon)]
    assert stock(database, world.lyon, "SKU-1") == (10, 9, 0, 0)
    tell(database, c.ScanItem(fulfilment.id, fulfilment.lines[0].id, 1, c.How.WEDGE))
    refusals.append(do_move(database, fulfilment.id, world.lyon))
    assert [refused.code if refused else "" for refused in refusals] == [
        "stock_lacking",
        "fulfilment_unknown",
        "work_has_begun",
    ]


def test_short_ids_differ_among_the_open_work_of_a_store(sqlite_database: Database):
    world = build_world(sqlite_database)
    made = place(sqlite_database, world, {"SKU-1": 1}, location_id=world.lille)
    (fulfilment,) = fulfilments_of(sqlite_database, made.order_id)
    with sqlite_database.read() as connection:
        other = short_id(connection, world.lille, fulfilment.id)
        elsewhere = short_id(connection, world.lyon, fulfilment.id)
    assert other != fulfilment.short_id
    assert elsewhere == fulfilment.short_id
    assert set(other) <= set(SHORT_ID_ALPHABET)
