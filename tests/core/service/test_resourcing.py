from core.service import order_state
from core.service.cause import office_cause
from core.service.resourcing import failed_places, serve_waiting, source_again
from core.store.database import Database
from tests.core.service.office import place
from tests.support.core import NOW, build_world


def test_an_order_that_lacks_nothing_is_left_alone(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    with database.write() as connection:
        assert not source_again(connection, office_cause(NOW), made.order_id)
        assert not source_again(connection, office_cause(NOW), "nobody")
        assert serve_waiting(connection, office_cause(NOW), {"SKU-1"}) == 0
        parts = order_state.load(connection, made.order_id)
        assert parts is not None
        assert failed_places(parts) == {}


def test_the_most_urgent_order_is_served_first(database: Database):
    world = build_world(database)
    place(database, world, {"SKU-1": 20}, number="all")
    late = place(database, world, {"SKU-1": 1}, number="late")
    early = place(database, world, {"SKU-1": 1}, number="early", service_level="express")
    from core.service.stock import Delta, Movement, move
    from tests.core.service.office import order_row

    with database.write() as connection:
        move(connection, office_cause(NOW), [Movement(world.lille, "SKU-1", "import", Delta(on_hand=1))])
        assert serve_waiting(connection, office_cause(NOW), {"SKU-1"}) == 1
    rows = {one.number: order_row(database, one.order_id).waiting for one in (late, early)}
    assert rows == {"late": True, "early": False}
