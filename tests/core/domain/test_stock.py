from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.handover import close_manifest, load
from core.domain.packing import open_parcel, pack
from core.domain.picking import pick, put_back, report_short
from core.domain.stock import (
    Movement,
    MovementKind,
    Position,
    StockEffect,
    StockTarget,
    apply_movement,
    atp,
    counted,
    declared,
    found_movement,
    line_movements,
    sale_corrections,
    shortage_movements,
    total,
)
from tests.support.orders import NOON, a_line, a_manifest, an_order, cancelled, packed, picked

ORDER = an_order("f1", a_line("l1", quantity=3))


def moved(before, after):
    (line,) = line_movements(before, after)
    return line.movement


def test_an_order_reserves_its_units_when_it_is_assigned():
    assert moved(None, ORDER) == Movement(MovementKind.RESERVATION, reserved=3)


def test_each_fact_moves_its_own_buckets():
    taken, _ = pick(ORDER, "l1", 2)
    assert moved(ORDER, taken) == Movement(MovementKind.PICK, picked=2)
    undone, _ = put_back(taken, "l1", 1)
    assert moved(taken, undone) == Movement(MovementKind.PUT_BACK, picked=-1)
    shorted, _ = report_short(taken, "l1", 1, "not_found")
    assert moved(taken, shorted) == Movement(MovementKind.SHORT, reserved=-1)
    assert moved(taken, cancelled(taken)) == Movement(MovementKind.RELEASE, reserved=-3)


def test_packing_moves_nothing():
    order = picked(ORDER)
    opened, _ = open_parcel(order, "p1", "box")
    full, _ = pack(opened, "p1", "l1", 3)
    assert line_movements(order, full) == ()


def test_a_handover_takes_the_units_out_of_the_house():
    manifest, loaded, _ = load(a_manifest(), packed(ORDER), "p1")
    _, changed, _ = close_manifest(manifest, {"f1": loaded}, NOON, "ada")
    assert moved(loaded, changed["f1"]) == Movement(MovementKind.SHIP, on_hand=-3, reserved=-3, picked=-3)


def test_an_order_that_moves_to_another_store_takes_its_reservation_along():
    assert moved(ORDER, None) == Movement(MovementKind.RELEASE, reserved=-3)
    taken, _ = pick(ORDER, "l1", 1)
    assert moved(taken, None) == Movement(MovementKind.RELEASE, reserved=-3, picked=-1)


def test_what_is_shipped_although_it_was_cancelled_does_not_take_a_reservation_of_others():
    manifest, loaded, _ = load(a_manifest(), cancelled(packed(ORDER)), "p1")
    _, changed, _ = close_manifest(manifest, {"f1": loaded}, NOON, "ada")
    assert moved(loaded, changed["f1"]) == Movement(MovementKind.SHIP, on_hand=-3, reserved=0, picked=-3)


def test_available_to_promise_is_what_nobody_else_has_and_never_below_zero():
    assert atp(Position(on_hand=10, reserved=3, picked=2, unavailable=1, safety=2)) == 4
    assert atp(Position(on_hand=1, reserved=3)) == 0


def test_more_in_hands_than_on_the_books_corrects_the_books():
    assert found_movement(Position(on_hand=1, picked=3)) == Movement(MovementKind.CORRECTION, on_hand=2)
    assert found_movement(Position(on_hand=3, picked=3)) is None


E, T = StockEffect, StockTarget
SHELF = Position(on_hand=10, reserved=6, picked=3, unavailable=2)  # 7 on the shelf, 2 of them not for sale


@pytest.mark.parametrize(
    ("effect", "target", "after"),
    [
        (E.NONE, T.ON_HAND, SHELF),
        (E.NONE, T.ATP, SHELF),
        (E.MINUS, T.ON_HAND, replace(SHELF, on_hand=8)),
        (E.MINUS, T.ATP, replace(SHELF, unavailable=4)),
        (E.ZERO, T.ON_HAND, replace(SHELF, on_hand=3, unavailable=0)),
        (E.ZERO, T.ATP, replace(SHELF, unavailable=7)),
    ],
)
def test_what_a_reason_says_about_the_rest_of_the_shelf(effect, target, after):
    position = SHELF
    for movement in shortage_movements(SHELF, 2, effect, target):
        position = apply_movement(position, movement)
    assert position == after


COUNTS = st.integers(0, 12)


@given(
    position=st.builds(Position, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    quantity=st.integers(-2, 20),
    effect=st.sampled_from(E),
    target=st.sampled_from(T),
)
def test_a_shortage_never_takes_units_that_are_in_hands_and_never_gives_any(position, quantity, effect, target):
    after = position
    for movement in shortage_movements(position, quantity, effect, target):
        after = apply_movement(after, movement)
    assert after.shelf >= 0
    assert (after.picked, after.reserved) == (position.picked, position.reserved)
    assert after.on_hand <= position.on_hand
    assert after.unavailable >= 0
    if target is T.ATP:
        assert after.unavailable >= position.unavailable
        assert atp(after) <= atp(position)
    if effect is E.ZERO and target is T.ON_HAND:
        assert after.shelf == 0


def test_a_count_and_a_declaration_are_absolute():
    assert counted(SHELF, 4) == Movement(MovementKind.COUNT, on_hand=-6)
    assert counted(SHELF, 12, MovementKind.IMPORT) == Movement(MovementKind.IMPORT, on_hand=2)
    assert declared(SHELF, 5) == Movement(MovementKind.DECLARED_UNAVAILABLE, unavailable=3)
    assert declared(SHELF, -1) == Movement(MovementKind.DECLARED_UNAVAILABLE, unavailable=-2)


FACTS = st.sampled_from(["pick", "back", "short", "cancel", "ship"])
STEPS = st.lists(st.tuples(FACTS, st.integers(1, 3)), max_size=15)


def _step(order, what, quantity):
    match what:
        case "pick":
            return pick(order, "l1", quantity)[0]
        case "back":
            return put_back(order, "l1", quantity)[0]
        case "short":
            return report_short(order, "l1", quantity, "lost")[0]
        case "cancel":
            return order.after("cancel")
    order, _ = open_parcel(order, f"p{len(order.parcels)}", "box")
    order, _ = pack(order, f"p{len(order.parcels) - 1}", "l1", min(quantity, order.lines[0].held))
    manifest, order, _ = load(a_manifest(), order, order.parcels[-1].id)
    return close_manifest(manifest, {"f1": order}, NOON, "ada")[1]["f1"]


@given(steps=STEPS, stock=st.integers(0, 5))
def test_the_ledger_sums_to_the_position_and_a_finished_order_leaves_nothing_behind(steps, stock):
    ledger = [Movement(MovementKind.IMPORT, on_hand=stock)]
    before = None
    order = ORDER
    position = total(tuple(ledger))
    for what, quantity in (("assign", 0), *steps):
        order = order if what == "assign" else _step(order, what, quantity)
        for line in line_movements(before, order):
            ledger.append(line.movement)
            position = apply_movement(position, line.movement)
            if found := found_movement(position):
                ledger.append(found)
                position = apply_movement(position, found)
        before = order
        assert position == total(tuple(ledger))
        assert position.reserved >= 0
        assert 0 <= position.picked <= position.on_hand
        assert atp(position) >= 0
    if order.closed:
        assert position.reserved == 0
        surplus = order.lines[0].held - sum(parcel.units for parcel in order.parcels if parcel.state == "handed_over")
        assert position.picked == max(0, surplus)


def test_a_sale_of_more_than_lay_on_the_shelf_corrects_the_books_first():
    position = Position(on_hand=5, picked=2, unavailable=2)
    assert sale_corrections(position, 1) == ()
    assert sale_corrections(position, 2) == (Movement(MovementKind.CORRECTION, unavailable=-1),)
    assert sale_corrections(position, 4) == (Movement(MovementKind.CORRECTION, on_hand=1, unavailable=-2),)
