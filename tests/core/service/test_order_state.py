from core.domain.lifecycle import OrderState
from core.service import order_state
from core.service.cause import office_cause
from core.store.database import Database
from tests.core.service.office import event_names, order_row, place
from tests.support.core import NOW, build_world, put_order


def test_the_row_follows_the_parts_and_tells_the_change_once(database: Database):
    world = build_world(database)
    with database.write() as connection:
        order_id = put_order(connection, world, "N-1", {"SKU-1": 1})
        states = [order_state.refresh(connection, office_cause(NOW), order_id) for _ in range(2)]
    assert states == [OrderState.WAITING_FOR_STOCK] * 2
    assert order_row(database, order_id).waiting
    assert event_names(database, order_id) == ["OrderWaitsForStock"]


def test_an_order_that_is_not_there_changes_nothing(database: Database):
    world = build_world(database)
    place(database, world, {"SKU-1": 1})
    with database.write() as connection:
        assert order_state.refresh(connection, office_cause(NOW), "nobody") is None
        assert order_state.load(connection, "nobody") is None
