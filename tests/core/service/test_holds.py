from sqlalchemy import insert

from core.domain.lifecycle import FulfilmentState
from core.service.cause import office_cause
from core.service.customers import Customer
from core.service.holds import hold, release_hold, tasks
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, order_row, place, stock
from tests.core.service.test_postponing import live
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


def test_a_check_of_the_rules_holds_an_order_from_the_beginning_until_somebody_releases_it(database: Database):
    world = build_world(database)
    body = {"checks": [{"reason": "fraud", "when": {"tiers": ["new"], "min_value_minor": 1}}]}
    live(database, world, body)
    customer = Customer("C-1", "Camille", tier="new")
    held = place(database, world, {"SKU-1": 1}, customer=customer)
    free = place(database, world, {"SKU-1": 1}, customer=customer, tier="known")
    assert [order_row(database, one.order_id).state for one in (held, free)] == ["on_hold", "received"]
    assert fulfilments_of(database, held.order_id)[0].hold == "fraud"
    with database.write() as connection:
        (task,) = connection.execute(tasks()).all()
        assert (task.order_id, task.kind, task.reason, task.opened_at) == (held.order_id, "check", "fraud", NOW)
        assert release_hold(connection, office_cause(NOW, "usr-ana"), held.order_id) is None
        assert connection.execute(tasks()).all() == []
        (task,) = connection.execute(tasks(held.order_id, closed=True)).all()
    assert (task.closed_by, task.closed_at) == ("usr-ana", NOW)
    assert fulfilments_of(database, held.order_id)[0].hold == ""
