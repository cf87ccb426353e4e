from core.domain.customer_states import Told
from core.domain.order import CustomerState
from core.service import customer_states
from core.service.refusal import Refusal
from core.store.database import Database
from tests.support.core import build_world


def test_what_a_division_tells_is_kept_by_version_and_only_if_it_means_something(database: Database):
    world = build_world(database)
    with database.write() as connection:
        assert customer_states.put(connection, world.division, 1, {"confirmed": {"code": "thanks"}}) is None
        words = customer_states.by_division(connection)[world.division]
        late = customer_states.put(connection, world.division, 1, {})
        wrong = customer_states.put(connection, world.division, 2, {"lost": {}})
        nowhere = customer_states.put(connection, "nowhere", 1, {})
    assert (words[CustomerState.CONFIRMED], words[CustomerState.CANCELLED]) == (Told("thanks"), Told("cancelled"))
    refused = [one.code for one in (late, wrong, nowhere) if isinstance(one, Refusal)]
    assert refused == ["stale_version", "customer_states_invalid", "division_unknown"]
