from datetime import timedelta

from core.domain.promise import Destination, NotPossible, Option
from core.service import promise
from core.service.cause import office_cause
from core.service.promise import Promised, Question, option_of
from core.service.stock import Delta, Movement, move
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT
from tests.core.service.supply_world import ARRIVES, announce, build_supply_world
from tests.core.service.test_promise_default import place, promise_row
from tests.support.core import NOW, World

LYON = Destination("FR", "69003", "Lyon")


def ask(database: Database, world: World, units: int = 1) -> Promised:
    with database.read() as connection:
        answer = promise.ask(connection, Question(world.division, (("SKU-1", units),), LYON), NOW)
    assert isinstance(answer, Promised)
    return answer


def test_a_date_of_announced_stock_is_offered_and_explained(database: Database):
    world = build_supply_world(database)
    assert isinstance(option_of(ask(database, world), "standard"), NotPossible)
    announce(database, 5)
    answer = option_of(ask(database, world, 2), "standard")
    assert isinstance(answer, Option)
    assert answer.parts[0].location_id == DEPOT
    assert answer.parts[0].leaves_at > ARRIVES
    first = answer.explanation[0]
    told = {"sku": "SKU-1", "units": 2, "location": DEPOT, "at": ARRIVES.isoformat()}
    assert (first.code, first.params) == ("from_inbound", told)
    kept = promise_row(database, place(database, world, units=2))
    assert (kept.latest_at, kept.target_at) == (answer.latest_at, answer.target_at)


def test_units_of_other_orders_and_supply_after_the_horizon_are_not_offered(database: Database):
    world = build_supply_world(database)
    announce(database, 2)
    announce(database, 9, NOW + timedelta(days=15))
    place(database, world, units=1)
    assert isinstance(option_of(ask(database, world, 2), "standard"), NotPossible)
    assert isinstance(option_of(ask(database, world, 1), "standard"), Option)


def test_two_arrivals_count_together_from_the_second(database: Database):
    world = build_supply_world(database)
    announce(database, 1)
    announce(database, 1, ARRIVES + timedelta(days=4))
    answer = option_of(ask(database, world, 2), "standard")
    assert isinstance(answer, Option)
    assert answer.parts[0].leaves_at > ARRIVES + timedelta(days=4)


def test_stock_of_now_comes_first_and_the_answer_of_a_glance_is_the_same(sqlite_database: Database):
    world = build_supply_world(sqlite_database)
    announce(sqlite_database, 5)
    question = Question(world.division, (("SKU-1", 2),), LYON)
    slow = ask(sqlite_database, world, 2)
    assert promise.ask_at_a_glance(sqlite_database, question, NOW) == slow
    with sqlite_database.write() as connection:
        move(connection, office_cause(NOW), [Movement(DEPOT, "SKU-1", "import", Delta(on_hand=5), "")])
    now = option_of(ask(sqlite_database, world, 2), "standard")
    assert isinstance(now, Option)
    assert now.explanation[0].code == "leaves"
