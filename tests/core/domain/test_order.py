from dataclasses import replace

import pytest

from core.domain.handover import close_manifest, load
from core.domain.lifecycle import FulfilmentState, OrderState
from core.domain.order import (
    CUSTOMER_STATES,
    CustomerState,
    OrderLine,
    assigned_units,
    customer_state,
    derive_order_state,
    sent_units,
    unassigned_units,
)
from core.domain.picking import pick, report_short
from tests.support.orders import NOON, a_line, a_manifest, an_order, cancelled, packed, picked

LINES = (OrderLine("o-l1", 2), OrderLine("o-l2", 1))
SHIRTS, BELTS = an_order("f1", a_line("l1", quantity=2)), an_order("f2", a_line("l2", quantity=1))


def sent(order):
    manifest, loaded, _ = load(a_manifest(), packed(order, f"p-{order.id}"), f"p-{order.id}")
    return close_manifest(manifest, {order.id: loaded}, NOON, "ada")[1][order.id]


@pytest.mark.parametrize(
    ("fulfilments", "state"),
    [
        ((SHIRTS, BELTS), OrderState.RECEIVED),
        ((), OrderState.WAITING_FOR_STOCK),
        ((SHIRTS,), OrderState.WAITING_FOR_STOCK),
        ((SHIRTS, replace(BELTS, hold="fraud")), OrderState.ON_HOLD),
        ((pick(SHIRTS, "l1", 1)[0], BELTS), OrderState.IN_PREPARATION),
        ((picked(SHIRTS),), OrderState.IN_PREPARATION),
        ((sent(SHIRTS), BELTS), OrderState.PARTLY_SHIPPED),
        ((sent(SHIRTS), replace(BELTS, hold="fraud")), OrderState.PARTLY_SHIPPED),
        ((sent(SHIRTS), sent(BELTS)), OrderState.SHIPPED),
        ((cancelled(SHIRTS), SHIRTS, BELTS), OrderState.RECEIVED),
    ],
)
def test_the_state_of_an_order_follows_its_parts(fulfilments, state):
    assert derive_order_state(LINES, fulfilments) is state


def test_a_hold_on_the_order_shows_until_something_has_left():
    assert derive_order_state(LINES, (SHIRTS, BELTS), hold="address") is OrderState.ON_HOLD
    assert derive_order_state(LINES, (sent(SHIRTS), BELTS), hold="address") is OrderState.PARTLY_SHIPPED


def test_an_order_without_wanted_lines_is_cancelled_unless_something_left():
    nothing = tuple(replace(line, cancelled=line.quantity) for line in LINES)
    assert derive_order_state(nothing, (cancelled(SHIRTS),)) is OrderState.CANCELLED
    assert derive_order_state(nothing, (sent(SHIRTS),)) is OrderState.SHIPPED


def test_a_line_that_the_customer_took_off_is_not_waited_for():
    lines = (LINES[0], replace(LINES[1], cancelled=1))
    assert derive_order_state(lines, (sent(SHIRTS),)) is OrderState.SHIPPED


def test_what_is_short_or_rejected_is_to_be_sourced_again():
    short, _ = report_short(SHIRTS, "l1", 1, "not_found")
    assert unassigned_units(LINES, (short, BELTS)) == {"o-l1": 1}
    rejected, _ = report_short(SHIRTS, "l1", 2, "not_found")
    assert rejected.state is FulfilmentState.REJECTED
    assert unassigned_units(LINES, (rejected, BELTS)) == {"o-l1": 2}
    assert unassigned_units(LINES, (rejected, BELTS, replace(SHIRTS, id="f3"))) == {}


def test_what_left_although_it_was_cancelled_is_not_sent_twice():
    manifest, loaded, _ = load(a_manifest(), cancelled(packed(SHIRTS)), "p1")
    gone = close_manifest(manifest, {"f1": loaded}, NOON, "ada")[1]["f1"]
    assert sent_units([gone]) == {"o-l1": 2}
    assert unassigned_units(LINES, (gone, BELTS)) == {}


def test_assigned_units_are_those_of_living_fulfilments():
    assert assigned_units([SHIRTS, cancelled(BELTS)]) == {"o-l1": 2}


def test_every_state_has_a_word_for_the_customer():
    assert set(CUSTOMER_STATES) == set(OrderState)
    assert customer_state(OrderState.WAITING_FOR_STOCK) is CustomerState.CONFIRMED
    assert customer_state(OrderState.PARTLY_SHIPPED) is CustomerState.PARTLY_ON_ITS_WAY
