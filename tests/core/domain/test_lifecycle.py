import re

import pytest

from core.domain.lifecycle import (
    COLLECTION,
    FULFILMENT,
    LINE,
    MANIFEST,
    OFFER,
    ORDER,
    PARCEL,
    RUN,
    CollectionState,
    FulfilmentState,
    LineState,
    ManifestState,
    OfferState,
    OrderState,
    ParcelState,
    RunState,
    describe,
    next_state,
    reachable,
)

TABLES = [
    (ORDER, OrderState),
    (LINE, LineState),
    (FULFILMENT, FulfilmentState),
    (PARCEL, ParcelState),
    (RUN, RunState),
    (MANIFEST, ManifestState),
    (COLLECTION, CollectionState),
    (OFFER, OfferState),
]


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_every_state_has_its_row_and_every_arrow_ends_in_a_state(table, states):
    assert set(table) == set(states)
    assert {target for events in table.values() for target in events.values()} <= set(states)


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_every_state_can_be_reached(table, states):
    reached = {next(iter(table))}
    for _ in states:
        reached |= {target for state in reached for target in table[state].values()}
    assert reached == set(states)


EVENTS = sorted({event for table, _ in TABLES for events in table.values() for event in events})


@pytest.mark.parametrize(("table", "state"), [(table, state) for table, states in TABLES for state in states])
def test_every_event_in_every_state_goes_where_the_table_says_or_nowhere(table, state):
    for event in EVENTS:
        after = next_state(table, state, event)
        assert type(after) is type(state)
        assert after is table[state].get(event, state), event
        # Nothing is drawn that does not change anything, but that a run may be taken over again and again.
        assert after is not state or event not in table[state] or (table, event) == (RUN, "take_over")


@pytest.mark.parametrize(
    ("table", "last"),
    [
        (ORDER, {"shipped"}),
        (FULFILMENT, {"shipped"}),
        (LINE, {"shipped"}),
        (PARCEL, {"handed_over"}),
        (RUN, {"finished"}),
        (MANIFEST, {"closed"}),
        (COLLECTION, {"collected"}),
        (OFFER, {"expired", "withdrawn", "released"}),
    ],
)
def test_nothing_leaves_the_last_states_and_all_others_lead_to_one(table, last):
    assert {state for state in table if not table[state]} == last
    assert all(reachable(table, state) & last for state in table if state not in last)


def test_what_left_the_house_never_comes_back():
    assert reachable(ORDER, OrderState.PARTLY_SHIPPED) == {OrderState.SHIPPED}
    assert reachable(ORDER, OrderState.CANCELLED) == {OrderState.SHIPPED}
    assert reachable(FULFILMENT, FulfilmentState.CANCELLED) == {FulfilmentState.SHIPPED}
    assert ParcelState.OPEN in reachable(PARCEL, ParcelState.LOADED)


def test_what_is_not_in_the_table_changes_nothing():
    assert next_state(FULFILMENT, FulfilmentState.SHIPPED, "cancel") is FulfilmentState.SHIPPED
    assert next_state(FULFILMENT, FulfilmentState.OPEN, "no such event") is FulfilmentState.OPEN


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_the_drawing_has_every_arrow_of_the_table(table, states):
    drawn = re.findall(r"^    (\w+) --> (\w+): (\w+)$", describe(table), re.MULTILINE)
    assert sorted(drawn) == sorted(
        (state, target, event) for state, events in table.items() for event, target in events.items()
    )
    assert describe(table).startswith("stateDiagram-v2\n    [*] --> ")
