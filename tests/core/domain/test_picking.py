from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.domain import picking
from core.domain.fulfilment import packed_units, picked_share, surplus, to_put_back
from core.domain.lifecycle import FulfilmentState
from core.domain.packing import Measures, close_parcel, open_parcel, pack
from core.domain.picking import (
    FulfilmentComplete,
    FulfilmentRejected,
    LineComplete,
    NothingShort,
    OverPicked,
    Picked,
    PickedAfterCancel,
    PutBack,
    PutBackTooMany,
    Shorted,
    UnknownLine,
    undoable,
)
from tests.support.orders import a_line, an_order, cancelled, line_of, packed, picked

# Answers of several rules are looked at one after the other under one name.
pick: Any = picking.pick
put_back: Any = picking.put_back
report_short: Any = picking.report_short


def two_lines() -> Any:
    return an_order("f1", a_line("l1", quantity=2), a_line("l2", quantity=1))


def test_the_first_unit_starts_the_order_and_the_last_one_finishes_it():
    order, told = pick(two_lines(), "l1", 1)
    assert (told, order.state) == (Picked(1), FulfilmentState.PICKING)
    order, told = pick(order, "l1", 1)
    assert (told, order.state) == (LineComplete(), FulfilmentState.PICKING)
    order, told = pick(order, "l2", 1)
    assert (told, order.state) == (FulfilmentComplete(), FulfilmentState.PICKED)


def test_two_people_who_finish_the_same_line_leave_a_surplus_to_put_back():
    order, _ = pick(two_lines(), "l1", 2)
    order, told = pick(order, "l1", 2)
    assert told == OverPicked(2)
    assert to_put_back(order) == 2


def test_a_short_line_is_done_without_its_units():
    order, told = report_short(two_lines(), "l1", 1, "not_found")
    assert told == Shorted(1)
    assert line_of(order, "l1").short_reason == "not_found"
    order, told = pick(order, "l1", 1)
    assert told == LineComplete()
    order, told = report_short(order, "l2", 1, "damaged")
    assert (told, order.state) == (FulfilmentComplete(), FulfilmentState.PICKED)
    assert picked_share(order.lines) == (3, 3)


def test_an_order_of_which_nothing_is_found_is_rejected():
    order, _ = report_short(two_lines(), "l1", 2, "not_found")
    order, told = report_short(order, "l2", 1, "not_found")
    assert (told, order.state) == (FulfilmentRejected(), FulfilmentState.REJECTED)


def test_what_a_colleague_found_meanwhile_is_not_short():
    order, _ = pick(two_lines(), "l1", 2)
    same, told = report_short(order, "l1", 2, "not_found")
    assert (same, told) == (order, NothingShort())
    part, _ = pick(two_lines(), "l1", 1)
    part, told = report_short(part, "l1", 2, "not_found")
    assert (told, line_of(part, "l1").short) == (LineComplete(), 1)


def test_a_unit_found_after_it_was_reported_short_is_surplus():
    order, _ = report_short(two_lines(), "l1", 2, "not_found")
    order, told = pick(order, "l1", 1)
    assert told == OverPicked(1)


def test_an_undone_scan_is_picked_again():
    order, told = put_back(picked(two_lines()), "l2", 1)
    assert (told, order.state) == (PutBack(0), FulfilmentState.PICKING)
    order, told = pick(order, "l2", 1)
    assert (told, order.state) == (FulfilmentComplete(), FulfilmentState.PICKED)


def test_a_cancelled_order_goes_back_unit_by_unit():
    order = cancelled(picked(two_lines()))
    assert to_put_back(order) == 3
    order, told = put_back(order, "l1", 1)
    assert told == PutBack(1)
    order, told = put_back(order, "l1", 1)
    assert told == PutBack(0)
    assert to_put_back(order) == 1


def test_a_scan_that_arrives_after_the_cancellation_is_kept_and_told():
    order, told = pick(cancelled(two_lines()), "l1", 1)
    assert told == PickedAfterCancel(1)
    assert line_of(order, "l1").held == 1


def test_more_than_is_in_hand_cannot_go_back():
    order, told = put_back(two_lines(), "l1", 1)
    assert (told, line_of(order, "l1").held) == (PutBackTooMany(1), 0)


def test_a_unit_put_back_before_its_scan_has_arrived_is_not_in_hand_afterwards():
    order, told = put_back(two_lines(), "l1", 1)
    order, _ = pick(order, "l1", 1)
    assert told == PutBackTooMany(1)
    assert (line_of(order, "l1").held, line_of(order, "l1").remaining) == (0, 2)


def test_a_unit_put_back_out_of_a_packed_order_is_told_and_has_to_be_picked_again():
    order, told = put_back(packed(two_lines()), "l1", 1)
    assert told == PutBackTooMany(1)
    assert (order.state, line_of(order, "l1").remaining) == (FulfilmentState.PICKING, 1)
    order, _ = pick(order, "l1", 1)
    assert order.state is FulfilmentState.PACKED


def test_a_line_nobody_knows_changes_nothing():
    order = two_lines()
    for answer in (pick(order, "x", 1), put_back(order, "x", 1), report_short(order, "x", 1, "")):
        assert answer == (order, UnknownLine())


def test_what_lies_in_a_parcel_cannot_be_undone():
    order, _ = open_parcel(picked(two_lines()), "p1", "box")
    order, _ = pack(order, "p1", "l1", 1)
    assert undoable(order, line_of(order, "l1")) == 1
    assert undoable(packed(two_lines()), line_of(packed(two_lines()), "l1")) == 0


def test_when_the_last_missing_unit_is_reported_short_a_closed_parcel_makes_the_order_packed():
    """Packed while picking went on: nothing is left to be done by hand, so no hand can finish it."""
    order, _ = pick(two_lines(), "l1", 2)
    order, _ = open_parcel(order, "p1", "box")
    order, _ = pack(order, "p1", "l1", 2)
    order, _ = close_parcel(order, "p1", "340123450000000018", "dhl", Measures(100))
    assert order.state is FulfilmentState.PICKING
    order, told = report_short(order, "l2", 1, "not_found")
    assert (told, order.state) == (FulfilmentComplete(), FulfilmentState.PACKED)


FACTS = st.lists(
    st.tuples(st.sampled_from([pick, report_short, put_back]), st.sampled_from(["l1", "l2"]), st.integers(1, 3)),
    max_size=20,
)


@given(facts=FACTS, stopped=st.booleans())
def test_no_order_of_facts_gives_or_takes_a_unit(facts, stopped):
    order = cancelled(two_lines()) if stopped else two_lines()
    taken = dict.fromkeys(("l1", "l2"), 0)
    for rule, line_id, quantity in facts:
        before = line_of(order, line_id)
        order, told = rule(order, line_id, quantity, *(["lost"] if rule is report_short else []))
        after = line_of(order, line_id)
        taken[line_id] += quantity if rule is pick else 0
        assert after.picked == taken[line_id]
        assert after.put_back >= before.put_back
        assert after.short >= before.short
        assert told.params() is not None
    for line in order.lines:
        assert line.held >= 0
        assert line.held + line.remaining >= line.wanted
        assert surplus(order, line) == (line.held if order.closed else max(0, line.held - line.wanted))
        assert packed_units(order, line.id) == 0


@given(facts=FACTS)
def test_picks_and_shorts_of_two_people_leave_the_same_work_in_any_order(facts):
    """Picks alone commute; what is short depends on what was found before, and says so."""
    picks = [(line_id, quantity) for rule, line_id, quantity in facts if rule is pick]
    one = two = two_lines()
    for line_id, quantity in picks:
        one, _ = pick(one, line_id, quantity)
    for line_id, quantity in reversed(picks):
        two, _ = pick(two, line_id, quantity)
    assert one == replace(two, state=one.state)
    assert one.state == two.state
