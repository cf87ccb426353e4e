from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.picking import pick, report_short
from core.domain.process import resolve
from core.domain.runs import Method, start
from core.domain.stops import Place, plan_stops, tote_numbers, with_counts
from tests.support.orders import a_line, a_run, an_order, cancelled

ZONES = ("cellar", "ground", "first floor")
PLACES = {
    "a": Place("ground", "A2", 5),
    "b": Place("ground", "A10", 1),
    "c": Place("cellar", "Z1", 0),
    "d": Place("attic", "A1", 9),
}


def walk(run, *orders, process=None):
    by_id = {order.id: order for order in orders}
    return plan_stops(run, by_id, PLACES, ZONES, resolve(process or {}))


def lines(*skus, quantity=1):
    return tuple(a_line(f"l{index}", sku, quantity) for index, sku in enumerate(skus))


def test_a_walk_follows_the_zones_of_the_store_then_the_shelves_and_unknown_zones_come_last():
    order = an_order("f1", *lines("nowhere", "d", "b", "a", "c"))
    assert [stop.sku for stop in walk(a_run("f1"), order)] == ["c", "a", "b", "nowhere", "d"]


def test_a_stop_shows_where_the_article_lies_and_how_many_are_there():
    (stop,) = walk(a_run("f1"), an_order("f1", a_line("l1", "a", 3, name="Shirt", colour="red", size="M")))
    assert (stop.zone, stop.place, stop.shelf) == ("ground", "A2", 5)
    assert (stop.name, stop.colour, stop.size, stop.wanted, stop.remaining) == ("Shirt", "red", "M", 3, 3)


def test_one_order_at_a_time_comes_order_by_order_soonest_target_first():
    late, soon = an_order("late", *lines("c", "a"), due_h=9), an_order("soon", *lines("a", "b"), due_h=1)
    stops = walk(a_run("late", "soon", method=Method.SINGLE), late, soon)
    assert [stop.id for stop in stops] == ["soon:l0", "soon:l1", "late:l0", "late:l1"]


def test_several_orders_are_one_walk_kept_apart_by_totes():
    late, soon = an_order("late", *lines("c", "a"), due_h=9), an_order("soon", *lines("a", "b"), due_h=1)
    stops = walk(a_run("late", "soon"), late, soon)
    assert [(stop.sku, stop.allocations[0].tote) for stop in stops] == [("c", 1), ("a", 2), ("a", 1), ("b", 2)]


def test_a_batch_sums_the_same_article_and_serves_the_soonest_first():
    late, soon = an_order("late", *lines("a", "a", quantity=2), due_h=9), an_order("soon", *lines("a", "c"), due_h=1)
    a = next(stop for stop in walk(a_run("late", "soon", method=Method.BATCH), late, soon) if stop.sku == "a")
    assert (a.id, a.wanted) == ("a", 5)
    assert [(x.fulfilment_id, x.line_id, x.wanted) for x in a.allocations] == [
        ("soon", "l0", 1), ("late", "l0", 2), ("late", "l1", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "skus"), [("zone", ["c", "a", "b"]), ("category", ["b", "c", "a"]), ("article", ["a", "b", "c"])]
)
def test_the_walk_can_follow_zones_categories_or_articles(sequence, skus):
    category = {"a": "shoes", "b": "belts", "c": "shoes"}
    order = an_order("f1", *(replace(line, category=category[line.sku]) for line in lines("a", "b", "c")))
    assert [stop.sku for stop in walk(a_run("f1"), order, process={"sequence": sequence})] == skus


def test_found_and_short_units_count_and_a_done_stop_stays_in_the_walk():
    order, _ = pick(an_order("f1", a_line("l1", "a", 3)), "l1", 2)
    order, _ = report_short(order, "l1", 1, "not_found")
    (stop,) = walk(a_run("f1"), order)
    assert (stop.wanted, stop.held, stop.short, stop.remaining, stop.done) == (2, 2, 1, 0, True)


def test_nothing_is_fetched_for_cancelled_held_or_foreign_orders():
    orders = (
        cancelled(an_order("cancelled")),
        an_order("held", hold="fraud"),
        an_order("foreign", run_id="another"),
        an_order("mine", run_id="r1"),
    )
    stops = walk(a_run(*(order.id for order in orders), "unknown"), *orders)
    assert {stop.allocations[0].fulfilment_id for stop in stops} == {"mine"}


def test_a_tote_keeps_its_number_when_an_order_before_it_turns_out_to_be_taken():
    orders = {name: an_order(name) for name in ("f1", "f2", "f3")}
    asked, _, _ = start(a_run("f1", "f2", "f3"), orders)
    known_now = orders | {"f2": replace(orders["f2"], run_id="another")}
    decided, _, _ = start(a_run("f1", "f2", "f3"), known_now)
    assert decided.fulfilment_ids == ("f1", "f3")
    assert tote_numbers(asked)["f3"] == tote_numbers(decided)["f3"] == 3


COUNTS = st.lists(st.tuples(st.sampled_from(["f1", "f2", "f3"]), st.integers(0, 3), st.integers(1, 3)), max_size=12)


@given(method=st.sampled_from(list(Method)), counts=COUNTS)
def test_recounting_after_each_pick_is_the_same_as_planning_anew(method, counts):
    orders = {f"f{i}": an_order(f"f{i}", *lines("a", "b", "c", "a", quantity=3), due_h=i) for i in (1, 2, 3)}
    run = a_run(*orders, method=method)
    stops = plan_stops(run, orders, PLACES, ZONES, resolve({}))
    for name, line, quantity in counts:
        orders[name], _ = pick(orders[name], f"l{line}", quantity)
        stops = with_counts(stops, orders[name])
    assert stops == plan_stops(run, orders, PLACES, ZONES, resolve({}))


@given(order=st.permutations(["f1", "f2", "f3"]))
def test_the_same_documents_give_the_same_walk_whatever_order_they_are_read_in(order):
    orders = {f"f{i}": an_order(f"f{i}", *lines("a", "b"), due_h=i % 2) for i in (1, 2, 3)}
    shuffled = {name: orders[name] for name in order}
    for method in Method:
        run = a_run("f1", "f2", "f3", method=method)
        assert walk(run, *shuffled.values()) == walk(run, *orders.values())


def test_no_unit_is_lost_or_doubled_between_orders_and_stops():
    orders = [an_order(f"f{i}", *lines("a", "b", "c", "a", quantity=i), due_h=i) for i in (1, 2, 3)]
    for method in Method:
        stops = walk(a_run("f1", "f2", "f3", method=method), *orders)
        assert sum(stop.remaining for stop in stops) == sum(line.remaining for o in orders for line in o.lines)
        assert len({stop.id for stop in stops}) == len(stops)
