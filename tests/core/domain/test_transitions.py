"""Whatever happens to work, in any order: each change of state is one that the tables allow, and none is lost."""

from dataclasses import replace

from hypothesis import given, settings

from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import (
    FULFILMENT,
    LINE,
    PARCEL,
    FulfilmentState,
    LineState,
    ParcelState,
    reachable,
)
from core.domain.picking import report_short
from core.domain.transitions import Transition, line_states, transitions
from tests.core.contract.test_rules import STEPS, Store
from tests.support.orders import a_line, an_order, packed

TABLES = {
    "fulfilment": (FULFILMENT, FulfilmentState),
    "line": (LINE, LineState),
    "parcel": (PARCEL, ParcelState),
}


def states_of(order: Fulfilment) -> dict[tuple[str, str], str]:
    found = {("fulfilment", order.id): order.state.value}
    found |= {("line", id): state.value for id, state in line_states(order).items()}
    return found | {("parcel", parcel.id): parcel.state.value for parcel in order.parcels}


def check_arrow(one: Transition) -> None:
    table, states = TABLES[one.kind]
    if one.before:
        assert states(one.after) in reachable(table, states(one.before)), one
    else:
        assert (one.kind, one.after) == ("parcel", "open")


@settings(max_examples=300, deadline=None)
@given(steps=STEPS)
def test_any_history_walks_the_tables_and_its_transitions_are_all_of_it(steps):
    store = Store()
    told = {order.id: states_of(order) for order in store.orders}
    for seq, step in enumerate(steps, start=1):
        before = {order.id: order for order in store.orders}
        store.do(step, seq)
        for order in store.orders:
            for one in transitions(before[order.id], order):
                assert told[order.id].get((one.kind, one.id), "") == one.before, "a change nobody told came between"
                told[order.id][one.kind, one.id] = one.after
                check_arrow(one)
            assert told[order.id] == states_of(order)


def test_work_that_was_just_made_begins_and_its_lines_with_it():
    made = an_order("f1", a_line("l1", "shirt", 2))
    assert transitions(None, made) == (Transition("fulfilment", "f1", "", "open"),)
    assert line_states(made) == {"l1": LineState.OPEN}


def test_a_line_is_what_its_counts_say():
    order = an_order("f1", a_line("l1", "shirt", 2))
    (line,) = order.lines
    in_hand = order.with_line(replace(line, picked=2))
    short, _ = report_short(order, "l1", 2, "not_found")
    nothing_wanted = order.with_line(replace(line, quantity=0))
    found = {
        "one of two": order.with_line(replace(line, picked=1)),
        "both": in_hand,
        "in a parcel": packed(order),
        "none to be found": short,
        "taken off": nothing_wanted,
        "given back": order.after("reject"),
        "cancelled": in_hand.after("cancel"),
    }
    assert {name: line_states(one)["l1"].value for name, one in found.items()} == {
        "one of two": "open",
        "both": "picked",
        "in a parcel": "packed",
        "none to be found": "short",
        "taken off": "cancelled",
        "given back": "rejected",
        "cancelled": "cancelled",
    }


def test_what_was_cancelled_in_the_truck_is_shipped():
    ready = packed(an_order("f1", a_line("l1", "shirt", 1)))
    gone = ready.after("cancel").with_parcel(replace(ready.parcels[0], state=ParcelState.HANDED_OVER))
    assert line_states(gone)["l1"] is LineState.SHIPPED
