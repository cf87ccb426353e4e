"""Units on hand that an order keeps while it waits for announced stock, on both databases."""

from datetime import datetime, timedelta
from gettext import NullTranslations
from typing import Any

from sqlalchemy import func, select, update

from core.service import (
    adjustments,
    cancellation,
    inbound,
    order_state,
    orders,
    sourcing,
    stock_rules,
    taking_away,
    telling,
    waiting_holds,
)
from core.service.adjustments import Adjustment
from core.service.cause import office_cause
from core.service.resourcing import source_again
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, ledger, new_order, order_row, place, stock
from tests.core.service.shops import pass_time, reserved
from tests.core.service.test_inbound_stock import TOMORROW, order_that_would_split
from tests.support.core import NOW, World, build_world
from tests.support.stock_world import wanted

SOON = NOW + timedelta(minutes=1)


def waiting_order(database: Database, world: World, days: int = 2) -> str:
    """It holds SKU-1 in Lille, where SKU-2 arrives tomorrow; Lyon has SKU-2."""
    with database.write() as connection:
        return order_that_would_split(connection, world, days)


def held(database: Database) -> list[tuple[str, str, int]]:
    h = t.waiting_holds.c
    with database.read() as connection:
        rows = connection.execute(select(h.location_id, h.sku, h.units).order_by(h.location_id, h.sku)).all()
        p = t.positions.c
        kept = select(p.location_id, p.sku, p.reserved).where(p.reserved != 0)
        assert {(row[0], row[1]): row[2] for row in connection.execute(kept)} == wanted(connection)
    return [(row[0], row[1], row[2]) for row in rows]


def sent(database: Database, order_id: str) -> dict[str, list[str]]:
    """Articles by location."""
    return {
        one.location_id: [line.sku for line in one.lines]
        for one in fulfilments_of(database, order_id)
        if not one.closed
    }


def supply(database: Database) -> Any:
    with database.read() as connection:
        return connection.execute(select(t.inbound)).one()


def receive(database: Database, units: int, at: datetime = TOMORROW) -> None:
    row = supply(database)
    with database.write() as connection:
        inbound.receive(connection, office_cause(at), row.id, row.version, units)


def change(database: Database, **values: Any) -> None:
    row = supply(database)
    with database.write() as connection:
        assert isinstance(inbound.change(connection, office_cause(NOW), row.id, row.version, values), dict)


def test_what_it_saw_is_reserved_for_it_and_for_nobody_else(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    assert held(database) == [(world.lille, "SKU-1", 1)]
    assert ledger(database, world.lille, "SKU-1")[1] == stock(database, world.lille, "SKU-1")[1] == 1
    with database.read() as connection:
        (decision,) = sourcing.decisions_of(connection, order_id)
    said = telling.headline(telling.Translations(NullTranslations()), decision)
    assert said[-1] == "1 x SKU-1 at LILLE Lille are kept for it until then."
    other = place(database, world, {"SKU-1": 10})
    assert other.missing_units == 1
    receive(database, 5)
    assert sent(database, order_id) == {world.lille: ["SKU-1", "SKU-2"]}
    assert held(database) == []
    assert stock(database, world.lille, "SKU-1") == (10, 10, 0, 0)


def test_two_orders_for_the_last_unit_hold_it_once(database: Database):
    """Both wait for one parcel from Lille; the second one does not see the shirt any more."""
    world = build_world(database)
    with database.write() as connection:
        change_stock = update(t.positions).where(t.positions.c.sku == "SKU-1")
        connection.execute(change_stock.values(on_hand=1))
    first = waiting_order(database, world)
    second = place(database, world, {"SKU-1": 1, "SKU-2": 1})
    assert held(database) == [(world.lille, "SKU-1", 1)]
    assert sent(database, second.order_id) == {world.lyon: ["SKU-2"]}
    assert order_row(database, second.order_id).waiting
    receive(database, 5)
    assert sent(database, first) == {world.lille: ["SKU-1", "SKU-2"]}


def test_orders_that_arrive_together_do_not_see_what_those_before_them_hold(database: Database):
    world = build_world(database)
    waiting_order(database, world)
    with database.write() as connection:
        asked = [(office_cause(NOW), new_order(world, {"SKU-1": 5, "SKU-2": 1})) for _ in range(2)]
        orders.create_each(connection, asked)
    # Nine were left: one order waits with five of them, the other one gets what there is.
    assert held(database) == [(world.lille, "SKU-1", 1), (world.lille, "SKU-1", 5)]
    assert reserved(database)[world.lille] == 6 + 4


def test_a_cancelled_order_lets_go(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    with database.write() as connection:
        assert cancellation.cancel(connection, office_cause(NOW), order_id, "customer") is None
    assert (held(database), reserved(database)) == ([], {})
    assert order_row(database, order_id).state == "cancelled"
    assert ledger(database, world.lille, "SKU-1")[1] == 0


def test_what_is_left_of_a_partly_cancelled_order_does_not_wait_for_nothing(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    with database.write() as connection:
        o = t.order_lines.c
        line = connection.execute(select(o.id).where(o.order_id == order_id, o.sku == "SKU-2")).scalar_one()
        assert cancellation.cancel(connection, office_cause(NOW), order_id, "customer", {line: 1}) is None
    assert sent(database, order_id) == {world.lille: ["SKU-1"]}
    assert held(database) == []
    assert not order_row(database, order_id).waiting


def test_supply_that_never_comes_ends_the_waiting_when_its_day_has_come(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    pass_time(database, TOMORROW - timedelta(seconds=1))
    assert held(database) == [(world.lille, "SKU-1", 1)]
    pass_time(database, TOMORROW)
    assert sent(database, order_id) == {world.lille: ["SKU-1"], world.lyon: ["SKU-2"]}
    assert held(database) == []


def test_supply_that_is_put_off_is_waited_for_as_long_as_the_rules_allow(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    change(database, expected_at=NOW + timedelta(days=2))
    pass_time(database, TOMORROW)
    assert held(database) == [(world.lille, "SKU-1", 1)]
    change(database, expected_at=NOW + timedelta(days=3))
    pass_time(database, TOMORROW)
    assert sent(database, order_id) == {world.lille: ["SKU-1"], world.lyon: ["SKU-2"]}
    assert held(database) == []


def test_cancelled_supply_is_known_at_once(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    change(database, state="cancelled")
    pass_time(database, SOON)
    assert sent(database, order_id) == {world.lille: ["SKU-1"], world.lyon: ["SKU-2"]}


def test_supply_that_comes_early_is_sent_early(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    receive(database, 1, SOON)
    assert sent(database, order_id) == {world.lille: ["SKU-1", "SKU-2"]}
    pass_time(database, TOMORROW)
    assert sent(database, order_id) == {world.lille: ["SKU-1", "SKU-2"]}


def test_a_count_below_what_is_held_has_the_order_decided_anew(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    with database.write() as connection:
        adjustments.adjust(connection, office_cause(NOW), Adjustment(world.lille, "SKU-1", on_hand=0))
    pass_time(database, SOON)
    assert held(database) == []
    assert sent(database, order_id) == {world.lyon: ["SKU-2"]}
    assert stock(database, world.lille, "SKU-1")[:2] == (0, 0)
    assert order_row(database, order_id).waiting


def test_a_count_takes_from_the_newest_promise_whether_it_is_work_or_held(database: Database):
    world = build_world(database)
    old = waiting_order(database, world)
    new = place(database, world, {"SKU-1": 4}, location_id=world.lille)
    o, f = t.orders.c, t.fulfilments.c
    with database.write() as connection:
        connection.execute(update(t.orders).where(o.id == old).values(target_at=NOW))
        connection.execute(update(t.fulfilments).where(f.order_id == new.order_id).values(target_at=TOMORROW))
        adjustments.adjust(connection, office_cause(NOW), Adjustment(world.lille, "SKU-1", on_hand=3))
    pass_time(database, SOON)
    assert held(database) == [(world.lille, "SKU-1", 1)]
    assert stock(database, world.lille, "SKU-1")[:2] == (3, 3)
    with database.write() as connection:
        connection.execute(update(t.orders).where(o.id == old).values(target_at=TOMORROW + timedelta(days=1)))
        adjustments.adjust(connection, office_cause(NOW), Adjustment(world.lille, "SKU-1", on_hand=2))
    pass_time(database, SOON + timedelta(minutes=1))
    assert held(database) == []
    assert stock(database, world.lille, "SKU-1")[:2] == (2, 2)


def test_announced_stock_is_kept_for_what_is_not_held(database: Database):
    """The channel promises supply: of the article that is on hand none is taken, and the order sees its own again."""
    world = build_world(database)
    with database.write() as connection:
        p = t.positions.c
        for location_id, sku in ((world.lille, "SKU-2"), (world.lyon, "SKU-1")):
            connection.execute(update(t.positions).where(p.location_id == location_id, p.sku == sku).values(on_hand=0))
        wanted_channel = stock_rules.NewCatalogue(world.division, "web", "Web", (), 0, 14)
        stock_rules.put_catalogue(connection, office_cause(NOW), wanted_channel)
    order_id = waiting_order(database, world)
    with database.write() as connection:
        p = t.inbound_promises.c
        row = supply(database)
        kept = connection.execute(select(p.inbound_id, p.units).where(p.order_id == order_id)).all()
        assert [tuple(one) for one in kept] == [(row.id, 1)]
        connection.execute(update(t.inbound).values(quantity=1))
    with database.write() as connection:
        assert not source_again(connection, office_cause(SOON), order_id)
        order_state.refresh(connection, office_cause(SOON), order_id)
    assert held(database) == [(world.lille, "SKU-1", 1)]
    assert supply(database).promised == 1
    receive(database, 1)
    assert sent(database, order_id) == {world.lille: ["SKU-1", "SKU-2"]}
    assert (held(database), supply(database).promised) == ([], 0)


def test_no_more_is_held_than_is_lacking(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    with database.write() as connection:
        (line_id,) = waiting_holds.units_of(connection, order_id)
        order_state.refresh(connection, office_cause(NOW), order_id)
        assert waiting_holds.units_of(connection, order_id) == {line_id: 1}
        lines = t.order_lines.c
        connection.execute(update(t.order_lines).where(lines.id == line_id).values(cancelled=lines.quantity))
        order_state.refresh(connection, office_cause(NOW), order_id)
        assert waiting_holds.units_of(connection, order_id) == {}
        assert not waiting_holds.let_go(connection, office_cause(NOW), order_id, [line_id])
        assert waiting_holds.give_up(connection, office_cause(NOW), (line_id, world.lille), 1) == 0
    assert reserved(database) == {}


def test_a_place_that_closes_keeps_nothing_for_anybody(database: Database):
    world = build_world(database)
    order_id = waiting_order(database, world)
    with database.write() as connection:
        connection.execute(update(t.locations).where(t.locations.c.id == world.lille).values(active=False))
        stock_rules.locations_changed(connection, office_cause(NOW))
        taking_away.close(connection, office_cause(NOW), world.lille)
    pass_time(database, SOON)
    assert held(database) == []
    assert sent(database, order_id) == {world.lyon: ["SKU-2"]}


def test_a_crash_in_the_middle_leaves_neither_half(database: Database):
    world = build_world(database)

    class Crash(Exception):
        pass

    try:
        with database.write() as connection:
            order_that_would_split(connection, world, 2)
            assert connection.execute(select(func.count()).select_from(t.waiting_holds)).scalar() == 1
            raise Crash
    except Crash:
        pass
    assert (held(database), reserved(database)) == ([], {})
