from core.domain.collection import Waiting
from core.service import arrivals, cancellation
from core.service.cause import office_cause
from core.store.database import Database
from tests.core.service.collect_world import collection_of, expire, place, prepared, until
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW


def test_who_comes_too_early_waits_too(database: Database):
    made = place(database, build_delivery_world(database), "collect", {"SKU-1": 1})
    with database.write() as connection:
        assert arrivals.note(connection, office_cause(NOW), made.pick_up_code, "desk") is False
        assert arrivals.note(connection, office_cause(NOW), "000000000000", "") == arrivals.UNKNOWN
    assert collection_of(database, made.order_id).waiting == Waiting(NOW, "desk")


def test_who_waits_is_not_kept_waiting_when_it_is_cancelled_or_its_time_is_over(database: Database):
    world = build_delivery_world(database)
    cancelled, expired = prepared(database, world, 1), prepared(database, world, 1)
    with database.write() as connection:
        for one in (cancelled, expired):
            assert arrivals.note(connection, office_cause(NOW), one.pick_up_code, "desk") is True
        assert cancellation.cancel(connection, office_cause(NOW), cancelled.order_id) is None
    expire(database, expired, until(expired))
    ended = [collection_of(database, one.order_id) for one in (cancelled, expired)]
    assert [(one.state.value, one.waiting) for one in ended] == [("cancelled", None), ("expired", None)]
