from core.domain.lifecycle import FulfilmentState
from core.service import allocation, order_state
from core.service.allocation import Terms
from core.service.cause import office_cause
from core.store.database import Database
from tests.core.service.office import fulfilments_of, place, stock
from tests.support.core import NOW, build_world


def test_more_units_join_the_work_that_waits_at_the_same_place(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1, "SKU-2": 1}, location_id=world.lille)
    with database.write() as connection:
        parts = order_state.load(connection, made.order_id, lock=True)
        assert parts is not None
        again = allocation.allocate(connection, office_cause(NOW), parts, {parts.lines[0].id: 2})
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert [(line.sku, line.quantity) for line in fulfilment.lines] == [("SKU-1", 3), ("SKU-2", 1)]
    assert again.missing == {}
    assert stock(database, world.lille, "SKU-1") == (10, 3, 0, 0)
    assert allocation.not_begun(fulfilment)
    assert fulfilment.state is FulfilmentState.OPEN


def test_where_every_place_is_excluded_the_units_wait(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    with database.write() as connection:
        parts = order_state.load(connection, made.order_id, lock=True)
        assert parts is not None
        line = parts.lines[0].id
        terms = Terms("resourcing", {line: frozenset({world.lille, world.lyon})})
        nothing = allocation.allocate(connection, office_cause(NOW), parts, {line: 1}, terms)
    assert (nothing.fulfilments, nothing.missing) == ((), {line: 1})
