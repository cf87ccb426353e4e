from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from core.contract import commands as c
from core.domain.lifecycle import FulfilmentState
from core.service import resourcing, taking_away
from core.service.cause import office_cause
from core.service.promise_network import forget
from core.service.promise_orders import late_places
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import build_delivery_world, put_stock
from tests.core.service.office import event_names, fulfilments_of, order_row, place, stock, tell
from tests.core.service.shops import HALF_AN_HOUR, pass_time, reserved
from tests.core.service.test_postponing import live
from tests.core.service.test_promise_orders import placed
from tests.support.core import NOW, World, build_world

SOON = {"resourcing": {"start_within_minutes": 30}}


@pytest.fixture
def world(database: Database) -> World:
    return build_world(database)


def where(database: Database, order_id: str) -> dict[str, FulfilmentState]:
    return {one.location_id: one.state for one in fulfilments_of(database, order_id)}


def test_what_a_store_does_not_begin_goes_to_another_one_and_does_not_come_back(database: Database, world: World):
    live(database, world, SOON)
    made = place(database, world, {"SKU-1": 2})
    ((first, _),) = where(database, made.order_id).items()
    other = world.lyon if first == world.lille else world.lille
    pass_time(database, NOW + HALF_AN_HOUR - timedelta(seconds=1))
    assert where(database, made.order_id) == {first: FulfilmentState.OPEN}
    pass_time(database, NOW + HALF_AN_HOUR)
    assert where(database, made.order_id) == {first: FulfilmentState.REJECTED, other: FulfilmentState.OPEN}
    assert reserved(database) == {other: 2}
    # The other one does not answer either: there is nobody left, so it keeps the work.
    pass_time(database, NOW + 2 * HALF_AN_HOUR)
    assert where(database, made.order_id) == {first: FulfilmentState.REJECTED, other: FulfilmentState.OPEN}
    assert order_row(database, made.order_id).state == "received"
    assert event_names(database, made.order_id).count("WorkTakenAway") == 1


def test_units_that_a_store_gets_later_give_it_all_the_time_again(database: Database, world: World):
    live(database, world, SOON)
    made = place(database, world, {"SKU-1": 2})
    ((first, _),) = where(database, made.order_id).items()
    later = NOW + timedelta(minutes=20)
    with database.write() as connection:
        lines = t.order_lines.c
        more = update(t.order_lines).where(lines.order_id == made.order_id)
        connection.execute(more.values(quantity=3))
        assert resourcing.source_again(connection, office_cause(later), made.order_id)
    assert reserved(database) == {first: 3}
    pass_time(database, later + HALF_AN_HOUR - timedelta(seconds=1))
    assert where(database, made.order_id) == {first: FulfilmentState.OPEN}
    pass_time(database, later + HALF_AN_HOUR)
    other = world.lyon if first == world.lille else world.lille
    assert where(database, made.order_id) == {first: FulfilmentState.REJECTED, other: FulfilmentState.OPEN}
    assert reserved(database) == {other: 3}


def test_a_store_that_has_begun_keeps_its_work(database: Database, world: World):
    live(database, world, SOON)
    made = place(database, world, {"SKU-1": 2})
    (work,) = fulfilments_of(database, made.order_id)
    tell(database, c.ScanItem(work.id, work.lines[0].id, 1, c.How.CAMERA, "x"))
    pass_time(database, NOW + 3 * HALF_AN_HOUR)
    assert where(database, made.order_id) == {work.location_id: FulfilmentState.PICKING}
    with database.read() as connection:
        waiting = select(func.count()).where(t.jobs.c.kind == "no_answer", t.jobs.c.state == "waiting")
        assert connection.execute(waiting).scalar() == 0


@pytest.mark.parametrize("ask_again", [False, True])
def test_it_may_be_asked_again_where_the_rules_allow_it(database: Database, world: World, ask_again: bool):
    live(database, world, {"resourcing": {"ask_again": ask_again}})
    made = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    with database.write() as connection:
        connection.execute(update(t.positions).where(t.positions.c.location_id == world.lyon).values(on_hand=0))
    (work,) = fulfilments_of(database, made.order_id)
    tell(database, c.ReportShort(work.id, work.lines[0].id, 1, "a reason that says nothing of the shelf"))
    units = [line.wanted for one in fulfilments_of(database, made.order_id) for line in one.lines]
    assert sum(units) == (2 if ask_again else 1)
    assert order_row(database, made.order_id).waiting is not ask_again


def test_work_that_is_late_for_its_promise_goes_to_a_place_that_still_keeps_it(database: Database):
    world = build_delivery_world(database)
    order_id = placed(database, world, location_id=world.lille)
    place_hours = {"week": [[["07:00", "11:30"]]] * 7}
    with database.write() as connection:
        connection.execute(
            update(t.locations).where(t.locations.c.id == world.lille).values(hours=place_hours, version=2)
        )
        forget(connection)
        soon = NOW + timedelta(hours=2)
        assert {world.lille, "loc-depot"} - set(late_places(connection, order_id, soon) or ()) == {"loc-depot"}
        # Nobody else has it: it stays where it is.
        connection.execute(update(t.positions).where(t.positions.c.location_id != world.lille).values(on_hand=0))
        assert taking_away.too_late(connection, office_cause(soon), order_id) == 0
    assert where(database, order_id) == {world.lille: FulfilmentState.OPEN}
    put_stock(database, world.lyon, "SKU-1", 3)
    with database.write() as connection:
        assert taking_away.too_late(connection, office_cause(soon), order_id) == 1
    assert where(database, order_id) == {world.lille: FulfilmentState.REJECTED, world.lyon: FulfilmentState.OPEN}


def test_a_place_that_closes_gives_up_what_nobody_has_begun(database: Database, world: World):
    open_ = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    begun = place(database, world, {"SKU-2": 1}, location_id=world.lille)
    (work,) = fulfilments_of(database, begun.order_id)
    tell(database, c.ScanItem(work.id, work.lines[0].id, 1, c.How.CAMERA, "x"))
    with database.write() as connection:
        connection.execute(update(t.locations).where(t.locations.c.id == world.lille).values(active=False))
        assert taking_away.close(connection, office_cause(NOW), world.lille) == 1
    pass_time(database, NOW)
    assert where(database, open_.order_id) == {world.lille: FulfilmentState.REJECTED, world.lyon: FulfilmentState.OPEN}
    assert list(where(database, begun.order_id)) == [world.lille]
    assert stock(database, world.lille, "SKU-1")[1] == 0
    assert stock(database, world.lyon, "SKU-1")[1] == 2


def test_a_place_that_opens_again_in_time_keeps_its_work(database: Database, world: World):
    made = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    with database.write() as connection:
        taking_away.close(connection, office_cause(NOW), world.lille)
    pass_time(database, NOW)
    assert where(database, made.order_id) == {world.lille: FulfilmentState.OPEN}
