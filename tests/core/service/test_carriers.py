from typing import Any

from core.service import carriers
from core.service.carriers import Change
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.store import feed
from core.store.database import Database
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW

ZONE = {"code": "FR", "countries": ["FR"], "days": [1, 2], "grid": [[1_000, 490]]}


def code_of(done: Any) -> str:
    assert isinstance(done, Refusal), done
    return done.code


def test_a_carrier_its_service_and_a_method_are_created_once_and_changed_by_version(database: Database):
    build_delivery_world(database)
    cause = office_cause(NOW)
    with database.write() as connection:
        before = feed.current_snapshot(connection)
        new = {"code": "swift", "name": "Swift", "services": ["standard"], "pickup_time": "16:00"}
        assert not isinstance(carriers.create_carrier(connection, cause, "acc", new), Refusal)
        assert code_of(carriers.create_carrier(connection, cause, "acc", new)) == "carrier_known"
        service = {"code": "next-day", "body": {"zones": [ZONE]}}
        made = carriers.create_service(connection, cause, "swift", service)
        assert not isinstance(made, Refusal)
        assert code_of(carriers.create_service(connection, cause, "swift", service)) == "service_known"
        method = {
            "code": "swift", "kind": "home", "service_id": made["id"], "division_id": None, "labels": {}, "body": {},
            "position": 9,
        }  # fmt: skip
        assert not isinstance(carriers.create_method(connection, cause, "acc", method), Refusal)
        assert code_of(carriers.create_method(connection, cause, "acc", method)) == "method_known"
    with database.write() as connection:
        changed = carriers.change_carrier(connection, cause, Change("swift", 1, {"pickup_time": "15:00"}))
        assert not isinstance(changed, Refusal)
        assert (changed["version"], changed["pickup_time"]) == (2, "15:00")
        assert code_of(carriers.change_carrier(connection, cause, Change("swift", 1, {"name": "X"}))) == "stale_version"
        body = Change(made["id"], 1, {"body": {"zones": []}})
        assert not isinstance(carriers.change_service(connection, cause, body), Refusal)
        off = Change("method-swift", 1, {"active": False})
        assert not isinstance(carriers.change_method(connection, cause, off), Refusal)
    with database.read() as connection:
        told = feed.changes(connection, [feed.ORG], before)
    assert [(change.entity, change.id) for change in told] == [("carrier", "swift")]


def test_what_is_wrong_is_refused_before_it_is_kept(sqlite_database: Database):
    build_delivery_world(sqlite_database)
    cause = office_cause(NOW)
    with sqlite_database.write() as connection:
        late = {"code": "late", "name": "Late", "services": [], "pickup_time": "25:00"}
        assert code_of(carriers.create_carrier(connection, cause, "acc", late)) == "terms_invalid"
        wrong = {"code": "x", "body": {"zones": [{}]}}
        refused = carriers.create_service(connection, cause, "colis-hexa", wrong)
        assert code_of(refused) == "terms_invalid"
        assert isinstance(refused, Refusal)
        assert refused.params["field"] == "days"
        assert code_of(carriers.create_service(connection, cause, "nobody", wrong)) == "carrier_unknown"
        method: dict[str, Any] = {
            "code": "x",
            "kind": "home",
            "service_id": "nobody",
            "division_id": None,
            "labels": {},
            "body": {},
        }
        assert code_of(carriers.create_method(connection, cause, "acc", method | {"position": 0})) == "service_unknown"
        unserved = Change("method-standard", 1, {"body": {"preparation_minutes": -1}})
        assert code_of(carriers.change_method(connection, cause, unserved)) == "terms_invalid"
        for change in (carriers.change_carrier, carriers.change_service, carriers.change_method):
            assert code_of(change(connection, cause, Change("nobody", 1, {}))).endswith("_unknown")
