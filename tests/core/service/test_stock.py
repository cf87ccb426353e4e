import threading

from sqlalchemy import select

from core.service.cause import office_cause
from core.service.stock import Delta, Movement, Shortage, make_positions, move, reserve
from core.service.stock_effects import positions
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import ledger, stock
from tests.support.core import NOW, World, build_world


def claim(world: World, sku: str, units: int) -> Movement:
    return Movement(world.lille, sku, "reservation", Delta(reserved=units))


def test_a_reservation_is_all_or_nothing(database: Database):
    world = build_world(database)
    with database.write() as connection:
        savepoint = connection.begin_nested()
        refused = reserve(connection, office_cause(NOW), [claim(world, "SKU-1", 3), claim(world, "SKU-2", 11)])
        savepoint.rollback()
    assert refused == Shortage(((world.lille, "SKU-2"),))
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)
    assert ledger(database, world.lille, "SKU-1") == (0, 0, 0, 0)


def test_protected_and_declared_units_are_not_promised(database: Database):
    world = build_world(database)
    with database.write() as connection:
        protect = Movement(world.lille, "SKU-1", "correction", Delta(unavailable=3, safety=2))
        move(connection, office_cause(NOW), [protect])
        assert reserve(connection, office_cause(NOW), [claim(world, "SKU-1", 5)]) is None
        assert reserve(connection, office_cause(NOW), [claim(world, "SKU-1", 1)]) is not None


def test_the_last_unit_goes_to_one_of_many(database: Database):
    world = build_world(database)
    winners: list[int] = []

    def buy(number: int) -> None:
        with database.write() as connection:
            if reserve(connection, office_cause(NOW), [claim(world, "SKU-1", 7)]) is None:
                winners.append(number)

    buyers = [threading.Thread(target=buy, args=(number,)) for number in range(8)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert len(winners) == 1
    assert stock(database, world.lille, "SKU-1") == (10, 7, 0, 0)


def test_a_movement_is_position_ledger_and_feed_together(database: Database):
    world = build_world(database)
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    with database.write() as connection:
        movement = Movement(world.lille, "SKU-1", "correction", Delta(on_hand=-4, picked=1), "broken")
        move(
            connection, office_cause(NOW, "usr-ana"), [movement, Movement(world.lille, "SKU-2", "correction", Delta())]
        )
    assert stock(database, world.lille, "SKU-1") == (6, 0, 1, 0)
    assert ledger(database, world.lille, "SKU-1") == (-4, 0, 1, 0)
    with database.read() as connection:
        (row,) = connection.execute(select(t.movements)).all()
        changed = feed.changes(connection, [feed.stock_part(world.lille)], since)
    assert (row.kind, row.reason, row.user_id, row.at) == ("correction", "broken", "usr-ana", NOW)
    assert [change.id for change in changed] == ["SKU-1"]


def test_stock_of_an_article_the_place_never_had_starts_from_zero(database: Database):
    world = build_world(database)
    with database.write() as connection:
        connection.execute(t.positions.delete())
        move(connection, office_cause(NOW), [Movement(world.lille, "SKU-1", "import", Delta(on_hand=2))])
        make_positions(connection, world.lille, ["SKU-1", "SKU-2"])
        rows = positions(connection, world.lille, ["SKU-1", "SKU-2", "SKU-3"])
    assert {sku: position.on_hand for sku, position in rows.items()} == {"SKU-1": 2, "SKU-2": 0}
