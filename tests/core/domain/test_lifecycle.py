import re

import pytest

from core.domain.lifecycle import (
    FULFILMENT,
    MANIFEST,
    OFFER,
    PARCEL,
    RUN,
    FulfilmentState,
    ManifestState,
    OfferState,
    ParcelState,
    RunState,
    describe,
    next_state,
)

TABLES = [
    (FULFILMENT, FulfilmentState),
    (PARCEL, ParcelState),
    (RUN, RunState),
    (MANIFEST, ManifestState),
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
