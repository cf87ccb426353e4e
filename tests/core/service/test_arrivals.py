from core.domain.collection import Waiting
from core.service import arrivals
from core.service.cause import office_cause
from core.store.database import Database
from tests.core.service.collect_world import collection_of, place
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW


def test_who_comes_too_early_waits_too(database: Database):
    made = place(database, build_delivery_world(database), "collect", {"SKU-1": 1})
    with database.write() as connection:
        assert arrivals.note(connection, office_cause(NOW), made.pick_up_code, "desk") is False
        assert arrivals.note(connection, office_cause(NOW), "000000000000", "") == arrivals.UNKNOWN
    assert collection_of(database, made.order_id).waiting == Waiting(NOW, "desk")
