import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from core.service import adjustments, atp_remake, order_state, stock_rules
from core.service.atp import availability, available
from core.service.atp_projection import compute, computed, differences, rebuild
from core.service.cause import office_cause
from core.service.stock_book import book_of
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW
from tests.support.postgres import new_database
from tests.support.stock_world import CORRECTING, COUNTING, OTHER_BRAND, RULING, SELLING, History, books, build, wanted

NUMBERS = st.tuples(*[st.integers(0, 60)] * 3)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def histories(names: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, tuple[int, int, int]]]]:
    return st.lists(st.tuples(st.sampled_from(names), NUMBERS), min_size=5, max_size=25)


@contextmanager
def copy_of(template: Path) -> Iterator[Database]:
    """hypothesis runs many examples in one test: each gets a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, f"{folder}/core.db")
        database = Database(f"sqlite:///{folder}/core.db")
        yield database
        database.close()


def conserved(history: History) -> None:
    """What must hold after whatever happened."""
    with history.database.read() as connection:
        for location_id, sku, position, ledger in books(connection):
            assert position == ledger, (location_id, sku)
            assert min(position[1:]) >= 0, (location_id, sku, position)
        assert differences(connection) == []
        assert_answers_are_those_of_the_positions(connection)
        rows = connection.execute(select(t.atp)).all()
        assert min((row.units for row in rows), default=0) >= 0
        s = t.segments.c
        held = select(s.location_id, s.sku, func.sum(s.reserved), func.min(s.reserved)).group_by(s.location_id, s.sku)
        reserved = {(place, sku): position[1] for place, sku, position, _ in books(connection)}
        for place, sku, units, least in connection.execute(held):
            assert (int(units), least >= 0) == (reserved[place, sku], True)
        mine = select(s.location_id, s.sku, s.reserved).where(s.division_id != OTHER_BRAND, s.reserved != 0)
        assert {(row[0], row[1]): row[2] for row in connection.execute(mine)} == wanted(connection)
        assert_holds_are_of_what_is_lacking(connection)


def assert_holds_are_of_what_is_lacking(connection: Connection) -> None:
    """Units on hand and announced ones together: never more than the order still waits for."""
    h, p = t.waiting_holds.c, t.inbound_promises.c
    units: dict[tuple[str, str], int] = {}
    held = (select(some.order_id, some.order_line_id, some.units) for some in (h, p))
    for order_id, line_id, count in [row for query in held for row in connection.execute(query)]:
        units[order_id, line_id] = units.get((order_id, line_id), 0) + count
    for (order_id, line_id), count in units.items():
        parts = order_state.load(connection, order_id)
        assert parts is not None
        assert 0 < count <= parts.unassigned.get(line_id, 0)


def assert_answers_are_those_of_the_positions(connection: Connection) -> None:
    """Also of rows that a change of rules made old, in the midst of their being made again."""
    book = book_of(connection)
    for catalogue in book.catalogues.values():
        skus = ("SKU-1", "SKU-2", "SKU-3")
        seen = available(connection, catalogue.division_id, catalogue.code, skus)
        told = availability(connection, catalogue.id, skus, NOW, why=True)
        for full, row in zip(
            compute(connection, book, skus, (catalogue,)),
            computed(connection, book, skus, (catalogue,)), strict=True,
        ):  # fmt: skip
            assert told[full.sku].in_stock == full.total.units == seen.most.get(full.sku, 0)
            assert bool(row["inbound"]) >= bool(told[full.sku].later)
            for place, some in seen.units.items():
                units = full.places[place].units if place in full.places else 0
                assert some.get(full.sku, 0) == min(units, full.total.units)


def play(history: History, steps: list[tuple[str, tuple[int, int, int]]]) -> None:
    for name, numbers in steps:
        history.do(name, numbers)
        conserved(history)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(steps=histories((*SELLING, *CORRECTING)))
@pytest.mark.slow
def test_stock_is_conserved_through_any_history(sqlite_template, steps):
    with copy_of(sqlite_template) as database:
        play(History(database), steps)


@settings(max_examples=5, deadline=None, suppress_health_check=SLOW)
@given(steps=histories((*SELLING, *CORRECTING)))
@pytest.mark.slow
@pytest.mark.postgres
def test_stock_is_conserved_on_postgres_too(postgres_url, postgres_template, steps):
    with new_database(postgres_url, f"h{uuid.uuid4().hex}", postgres_template) as url:
        database = Database(url)
        play(History(database), steps)
        database.close()


@contextmanager
def rows_made_by_jobs() -> Iterator[None]:
    """As in a network that is too large for one transaction."""
    kept = atp_remake.POSITIONS_AT_ONCE
    atp_remake.POSITIONS_AT_ONCE = 0
    try:
        yield
    finally:
        atp_remake.POSITIONS_AT_ONCE = kept


MIXED = (*SELLING, *CORRECTING, *RULING, *RULING)


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(steps=histories(MIXED))
@pytest.mark.slow
def test_answers_are_right_while_a_change_of_rules_is_half_done(sqlite_template, steps):
    with copy_of(sqlite_template) as database, rows_made_by_jobs():
        history = History(database)
        conserved(history)
        play(history, steps)


@settings(max_examples=5, deadline=None, suppress_health_check=SLOW)
@given(steps=histories(MIXED))
@pytest.mark.slow
@pytest.mark.postgres
def test_and_on_postgres(postgres_url, postgres_template, steps):
    with new_database(postgres_url, f"h{uuid.uuid4().hex}", postgres_template) as url, rows_made_by_jobs():
        database = Database(url)
        play(History(database), steps)
        database.close()


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(steps=histories(SELLING))
@pytest.mark.slow
def test_selling_never_reserves_more_than_there_is(sqlite_template, steps):
    with copy_of(sqlite_template) as database:
        history = History(database)
        for name, numbers in steps:
            with database.read() as connection:
                before = {row[:2]: row[2] for row in books(connection)}
            history.do(name, numbers)
            with database.read() as connection:
                for place, sku, (on_hand, reserved, _, unavailable), _ in books(connection):
                    assert reserved <= on_hand
                    if reserved > before[place, sku][1]:
                        assert reserved + unavailable <= on_hand


def nothing_promised_twice(history: History) -> None:
    """Once the work that a correction left is done; what is in somebody's hands is there, whatever was counted."""
    history.do("surplus", (0, 0, 0))
    with history.database.read() as connection:
        for place, sku, (on_hand, reserved, picked, _), _ in books(connection):
            assert reserved <= max(on_hand, picked), (place, sku)


COUNTED = tuple(name for name in (*SELLING, *COUNTING) if name != "other_brand")


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(steps=histories(COUNTED))
@pytest.mark.slow
def test_what_is_sold_counted_or_imported_away_is_promised_to_nobody(sqlite_template, steps):
    with copy_of(sqlite_template) as database:
        history = History(database)
        for name, numbers in steps:
            history.do(name, numbers)
            nothing_promised_twice(history)
            conserved(history)


@settings(max_examples=4, deadline=None, suppress_health_check=SLOW)
@given(steps=histories(COUNTED))
@pytest.mark.slow
@pytest.mark.postgres
def test_nor_on_postgres(postgres_url, postgres_template, steps):
    with new_database(postgres_url, f"h{uuid.uuid4().hex}", postgres_template) as url:
        database = Database(url)
        history = History(database)
        for name, numbers in steps:
            history.do(name, numbers)
        nothing_promised_twice(history)
        conserved(history)
        database.close()


def test_what_a_savepoint_took_back_is_not_in_the_projection(database):
    world = build(database)
    with database.write() as connection:
        cause = office_cause(NOW)
        adjustments.adjust(connection, cause, adjustments.Adjustment(world.lille, "SKU-1", on_hand=20))
        savepoint = connection.begin_nested()
        adjustments.adjust(connection, cause, adjustments.Adjustment(world.lille, "SKU-1", on_hand=1))
        adjustments.adjust(connection, cause, adjustments.Adjustment(world.lyon, "SKU-2", on_hand=1))
        savepoint.rollback()
    with database.read() as connection:
        assert differences(connection) == []
        assert available(connection, world.division, "web", ["SKU-1"]).units[world.lille]["SKU-1"] == 18


def test_a_transaction_sees_what_it_has_moved_itself(database):
    world = build(database)
    with database.write() as connection:
        adjustments.adjust(connection, office_cause(NOW), adjustments.Adjustment(world.lille, "SKU-1", on_hand=1))
        seen = available(connection, world.division, "web", ["SKU-1", "SKU-2"])
    with database.read() as connection:
        assert available(connection, world.division, "web", ["SKU-1", "SKU-2"]) == seen
    assert seen.most["SKU-1"] == 8 - 1


def test_the_projection_can_be_made_from_nothing(database):
    world = build(database)
    with database.write() as connection:
        kept = connection.execute(select(t.atp).order_by(t.atp.c.catalogue_id, t.atp.c.sku)).all()
        connection.execute(t.atp.delete())
        assert len(differences(connection)) == 6
        assert rebuild(connection, book_of(connection)) == 6
        assert connection.execute(select(t.atp).order_by(t.atp.c.catalogue_id, t.atp.c.sku)).all() == kept
    assert {row.sku for row in kept} == set(world.skus)


def test_closing_a_location_takes_its_stock_out(database):
    world = build(database)
    with database.write() as connection:
        connection.execute(t.locations.update().where(t.locations.c.id == world.lyon).values(active=False))
        stock_rules.locations_changed(connection, office_cause(NOW))
        assert set(available(connection, OTHER_BRAND, "web", world.skus).units) == {world.lille}
        assert differences(connection) == []
