from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain import runs
from core.domain.handover import load
from core.domain.lifecycle import RunState
from core.domain.packing import open_parcel, pack
from core.domain.picking import pick, put_back, report_short
from core.domain.process import resolve
from core.domain.worklist import (
    Age,
    Urgency,
    WorkFilter,
    WorkKind,
    filter_counts,
    filtered,
    is_pickable,
    next_wave,
    work_items,
)
from tests.support.orders import NOON, a_line, a_manifest, a_run, an_order, cancelled, packed, picked


def items_of(*orders, started=()):
    return work_items(orders, started, NOON)


def only(*orders, started=()):
    (item,) = items_of(*orders, started=started)
    return item


def test_an_order_goes_from_pick_to_pack_to_handover_and_leaves_the_list():
    order = an_order()
    assert only(order).kind is WorkKind.PICK
    assert only(picked(order)).kind is WorkKind.PACK
    handover = only(packed(order))
    assert (handover.kind, handover.ref, handover.done, handover.asked) == (WorkKind.HAND_OVER, "dhl", 0, 1)
    _, loaded, _ = load(a_manifest(), packed(order), "p1")
    assert (only(loaded).done, only(loaded).asked) == (1, 1)


def test_the_list_is_sorted_by_target_then_number_and_nothing_is_hidden_by_age():
    old = an_order("old", due_h=-400, placed_at=NOON - timedelta(days=40))
    items = items_of(an_order("b", due_h=2), an_order("a", due_h=2), old, an_order("c", due_h=1))
    assert [item.ref for item in items] == ["old", "c", "a", "b"]


def test_urgency_is_told_by_the_time_left():
    due = {-0.01: Urgency.OVERDUE, 0: Urgency.URGENT, 1: Urgency.URGENT, 1.01: Urgency.LATER}
    for hours, urgency in due.items():
        assert only(an_order(due_h=hours)).urgency is urgency, hours


def test_age_is_since_the_order_was_placed():
    for hours, age in {0: Age.FRESH, 3.9: Age.FRESH, 4: Age.DAY, 23.9: Age.DAY, 24: Age.OLD, 999: Age.OLD}.items():
        assert only(an_order(placed_at=NOON - timedelta(hours=hours))).age is age, hours


def test_an_order_is_hidden_until_its_release_time_unless_somebody_began_it():
    later = NOON + timedelta(minutes=1)
    waiting = an_order(release_at=later)
    assert items_of(waiting) == ()
    assert work_items([waiting], [], later) != ()
    begun, _ = pick(waiting, "l1", 1)
    assert only(begun).kind is WorkKind.PICK


def test_progress_counts_short_units_as_done():
    order, _ = pick(an_order("f1", a_line("l1", quantity=5)), "l1", 2)
    order, _ = report_short(order, "l1", 1, "not_found")
    assert (only(order).done, only(order).asked) == (3, 5)


def test_a_held_order_is_shown_with_its_reason_and_not_as_work_to_pick():
    item = only(an_order(hold="address"))
    assert (item.kind, item.detail) == (WorkKind.HELD, "address")
    assert items_of(replace(packed(an_order()), hold="fraud"))[0].kind is WorkKind.HELD


def test_a_run_stands_for_its_orders_until_it_is_over():
    orders = {name: an_order(name, due_h=due) for name, due in (("f1", 5), ("f2", 3))}
    run, changed, _ = runs.start(a_run("f1", "f2"), orders)
    item = only(*changed.values(), started=[run])
    assert (item.kind, item.ref, item.orders, item.asked) == (WorkKind.CONTINUE_RUN, "r1", 2, 4)
    assert item.target_at == orders["f2"].target_at
    run, after, _ = runs.finish(run, changed, NOON)
    assert run.state is RunState.FINISHED
    assert [x.kind for x in items_of(*after.values(), started=[run])] == [WorkKind.PICK] * 2


def test_express_in_a_run_makes_the_run_express():
    orders = {"f1": an_order("f1"), "f2": an_order("f2", service_level="express", due_h=9)}
    run, changed, _ = runs.start(a_run("f1", "f2"), orders)
    assert only(*changed.values(), started=[run]).service_level == "express"


def test_units_of_a_cancelled_order_go_back_and_then_the_order_is_gone_from_the_list():
    order, _ = pick(an_order(), "l1", 2)
    stopped = cancelled(order)
    item = only(stopped)
    assert (item.kind, item.done, item.asked) == (WorkKind.PUT_BACK, 0, 2)
    stopped, _ = put_back(stopped, "l1", 1)
    assert (only(stopped).done, only(stopped).asked) == (1, 2)
    stopped, _ = put_back(stopped, "l1", 1)
    assert items_of(stopped) == ()


def test_surplus_is_put_back_beside_the_work_that_goes_on():
    order, _ = pick(an_order(), "l1", 3)
    assert {item.kind for item in items_of(order)} == {WorkKind.PACK, WorkKind.PUT_BACK}


def test_surplus_of_an_order_in_a_run_is_put_back_at_once_and_what_was_cancelled_under_way_by_the_run():
    run, changed, _ = runs.start(a_run("f1"), {"f1": an_order("f1")})
    twice, _ = pick(changed["f1"], "l1", 3)
    assert {item.kind for item in items_of(twice, started=[run])} == {WorkKind.CONTINUE_RUN, WorkKind.PUT_BACK}
    stopped = cancelled(twice)
    assert [item.kind for item in items_of(stopped, started=[run])] == [WorkKind.CONTINUE_RUN]


def test_packing_counts_the_units_in_parcels():
    order, _ = open_parcel(picked(an_order()), "p1", "box")
    order, _ = pack(order, "p1", "l1", 1)
    assert (only(order).done, only(order).asked) == (1, 2)


def test_each_carrier_has_its_own_handover():
    first = packed(an_order("f1"))
    second = packed(an_order("f2", carrier="ups", due_h=1), "p2")
    assert [item.ref for item in items_of(first, second)] == ["ups", "dhl"]


def test_filters_narrow_the_list_and_their_counts_say_what_each_choice_would_show():
    items = items_of(
        an_order("f1", service_level="express"),
        an_order("f2"),
        picked(an_order("f3")),
        an_order("f4", placed_at=NOON - timedelta(days=3)),
    )
    asked = WorkFilter(kind=WorkKind.PICK, service_level="standard")
    assert {item.ref for item in filtered(items, asked)} == {"f2", "f4"}
    counts = filter_counts(items, asked)
    assert counts["kind"] == {"pick": 2, "pack": 1}
    assert counts["service_level"] == {"standard": 2, "express": 1}
    assert counts["age"] == {"fresh": 1, "old": 1}


FILTERS = st.builds(
    WorkFilter,
    kind=st.sampled_from([None, *WorkKind]),
    service_level=st.sampled_from([None, "standard", "express"]),
    age=st.sampled_from([None, *Age]),
    urgency=st.sampled_from([None, *Urgency]),
)


@given(asked=FILTERS, levels=st.lists(st.sampled_from(["standard", "express"]), max_size=8), due=st.integers(-3, 9))
def test_a_count_is_the_length_of_the_list_behind_it(asked, levels, due):
    orders = [an_order(f"f{i}", service_level=level, due_h=due + i) for i, level in enumerate(levels)]
    items = items_of(*(picked(order) if i % 3 == 0 else order for i, order in enumerate(orders)))
    for name, counts in filter_counts(items, asked).items():
        for choice, count in counts.items():
            assert len(filtered(items, replace(asked, **{name: choice}))) == count


def test_the_next_wave_is_soonest_first_without_what_cannot_be_picked():
    orders = [
        an_order("late", due_h=9),
        an_order("soon", due_h=1),
        an_order("held", due_h=0, hold="fraud"),
        an_order("unreleased", due_h=0, release_at=NOON + timedelta(hours=1)),
        an_order("elsewhere", due_h=0, run_id="r9"),
        picked(an_order("picked", due_h=0)),
        cancelled(an_order("cancelled", due_h=0)),
    ]
    process = resolve({"wave_size": 5})
    assert [f.id for f in next_wave(orders, process, NOON)] == ["soon", "late"]
    assert [f.id for f in next_wave(orders, process, NOON, 1)] == ["soon"]
    assert next_wave(orders, process, NOON, 0) == ()


def test_every_order_of_a_wave_can_be_started():
    orders = [an_order("f1"), an_order("f2", hold="x"), picked(an_order("f3")), an_order("f4", run_id="r9")]
    for order in orders:
        assert is_pickable(order, NOON) == runs.can_start(order, "new")
