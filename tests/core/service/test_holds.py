from sqlalchemy import insert

from core.domain.lifecycle import FulfilmentState
from core.service.cause import office_cause
from core.service.holds import hold, release_hold
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, order_row, place, stock
from tests.support.core import NOW, build_world


def test_a_hold_blocks_work_and_gives_nothing_up(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1}, location_id=world.lille)
    with database.write() as connection:
        connection.execute(insert(t.reasons).values(id="fraud", account_id="acc", usage="hold", labels={}))
        refused = hold(connection, office_cause(NOW), made.order_id, "because")
        assert refused is not None
        assert refused.code == "reason_unknown"
        assert hold(connection, office_cause(NOW), made.order_id, "fraud") is None
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert (fulfilment.hold, fulfilment.state) == ("fraud", FulfilmentState.OPEN)
    assert order_row(database, made.order_id).state == "on_hold"
    assert stock(database, world.lille, "SKU-1") == (10, 1, 0, 0)
    with database.write() as connection:
        assert release_hold(connection, office_cause(NOW), made.order_id) is None
    assert fulfilments_of(database, made.order_id)[0].hold == ""
    assert order_row(database, made.order_id).state == "received"


def test_a_closed_order_cannot_be_held(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    from core.service.cancellation import cancel

    with database.write() as connection:
        assert cancel(connection, office_cause(NOW), made.order_id) is None
        refused = release_hold(connection, office_cause(NOW), made.order_id)
    assert refused is not None
    assert refused.code == "order_closed"
