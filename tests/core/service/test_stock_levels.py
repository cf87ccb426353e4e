import pytest
from sqlalchemy import func, select

from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import atp_projection, stock_rules
from core.service.cause import office_cause
from core.service.stock import Delta, Movement, move
from core.service.stock_levels import Changed, UnknownArticles, set_levels
from core.service.stock_rules import NewCatalogue
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world


def positions(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    p = t.positions.c
    with database.read() as connection:
        rows = connection.execute(select(p.location_id, p.sku, p.on_hand, p.version))
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def set_to(database: Database, levels: dict[tuple[str, str], int]) -> Changed | UnknownArticles:
    with database.write() as connection:
        return set_levels(connection, office_cause(NOW), levels)


def test_only_what_differs_is_written_to_position_ledger_and_feed(database):
    world = build_world(database)
    with database.read() as connection:
        since = feed.current_snapshot(connection)
    done = set_to(database, {(world.lille, "SKU-1"): 4, (world.lille, "SKU-2"): 10, (world.lyon, "SKU-1"): 12})
    assert done == Changed(2, frozenset({"SKU-1"}), frozenset({"SKU-1"}))
    assert positions(database)[world.lille, "SKU-1"] == (4, 2)
    assert positions(database)[world.lille, "SKU-2"] == (10, 1)
    m = t.movements.c
    with database.read() as connection:
        ledger = connection.execute(select(m.location_id, m.sku, m.kind, m.on_hand, m.at).order_by(m.id)).all()
        changes = feed.changes(connection, [feed.stock_part(world.lille), feed.stock_part(world.lyon)], since)
    assert [tuple(row) for row in ledger] == [
        (world.lille, "SKU-1", "import", -6, NOW), (world.lyon, "SKU-1", "import", 2, NOW)
    ]  # fmt: skip
    assert {(change.part, change.id) for change in changes} == {
        (feed.stock_part(world.lille), "SKU-1"), (feed.stock_part(world.lyon), "SKU-1")
    }  # fmt: skip


def test_a_position_nobody_knew_is_made_and_an_unknown_article_stops_all(database):
    world = build_world(database)
    with database.write() as connection:
        connection.execute(t.positions.delete().where(t.positions.c.sku == "SKU-2"))
    assert set_to(database, {(world.lille, "SKU-1"): 1, (world.lille, "SKU-9"): 1}) == UnknownArticles(
        frozenset({"SKU-9"})
    )
    assert positions(database)[world.lille, "SKU-1"] == (10, 1)
    done = set_to(database, {(world.lille, "SKU-2"): 3, (world.lyon, "SKU-2"): 0})
    assert isinstance(done, Changed)
    assert (done.positions, positions(database)[world.lille, "SKU-2"][0]) == (1, 3)


def test_what_holds_less_than_is_reserved_is_named(database):
    world = build_world(database)
    with database.write() as connection:
        move(connection, office_cause(NOW), [Movement(world.lille, "SKU-1", "reservation", Delta(reserved=4))])
    done = set_to(database, {(world.lille, "SKU-1"): 3, (world.lyon, "SKU-1"): 3})
    assert isinstance(done, Changed)
    assert (done.short, done.more) == (((world.lille, "SKU-1"),), frozenset())


@pytest.mark.parametrize("twice", [False, True])
def test_the_projection_follows_also_when_it_is_set_twice_in_one_write(database, twice):
    world = build_world(database)
    with database.write() as connection:
        cause = office_cause(NOW)
        stock_rules.put_catalogue(connection, cause, NewCatalogue(world.division, "web"))
        stock_rules.put_rule(connection, cause, Rule("", RuleKind.SAFETY, Scope(sku="SKU-1"), basis_points=2500))
    with database.write() as connection:
        if twice:
            set_levels(connection, office_cause(NOW), {(world.lille, "SKU-1"): 90, (world.lyon, "SKU-3"): 2})
        with connection.begin_nested() as savepoint:
            set_levels(connection, office_cause(NOW), {(world.lille, "SKU-2"): 1})
            savepoint.rollback()
        set_levels(connection, office_cause(NOW), {(world.lille, "SKU-1"): 7})
    with database.read() as connection:
        assert atp_projection.differences(connection) == []
        assert connection.execute(select(func.count()).select_from(t.atp)).scalar() == 3


def test_no_levels_are_no_change(sqlite_database):
    build_world(sqlite_database)
    assert set_to(sqlite_database, {}) == Changed()
