"""docs/lifecycles.md: its tables are those of the code, and its worked example is executed as it stands there."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.domain import lifecycle
from core.domain.customer_states import states_of
from core.domain.fulfilment import Fulfilment, settled
from core.domain.lifecycle import ORDER, OfferState, OrderState, ParcelState, describe
from core.domain.order import CUSTOMER_STATES, OrderLine, customer_state, derive_order_state
from core.domain.picking import report_short
from core.service import effects, offers, transition_events
from core.service.order_state import TOLD
from tests.support.orders import a_line, an_order, packed, picked

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8")
DRAWN = {
    "Fulfilments": lifecycle.FULFILMENT,
    "Lines": lifecycle.LINE,
    "Parcels": lifecycle.PARCEL,
    "Offers": lifecycle.OFFER,
    "Pick runs": lifecycle.RUN,
    "Manifests": lifecycle.MANIFEST,
    "Collections": lifecycle.COLLECTION,
}


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str, header: str) -> list[list[str]]:
    """The cells of the table with this header."""
    table = text.split(f"| {header} |\n")[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]


def test_the_drawings_are_those_of_the_code():
    for title, table in DRAWN.items():
        assert f"```mermaid\n{describe(table)}```" in section(title), title


def test_the_table_of_orders_is_that_of_the_code():
    found = {}
    for state, arrows in rows(section("Orders"), "state | event → next state"):
        found[state] = dict(re.findall(r"(\w+) → `?(\w+)`?", arrows))
    assert found == {state.value: {event: to.value for event, to in ORDER[state].items()} for state in OrderState}


def test_every_state_is_told_as_the_page_says():
    found = rows(section("Orders"), "state | told as | the customer is told")
    assert found == [[state.value, TOLD[state], CUSTOMER_STATES[state].value] for state in OrderState]


def test_the_events_that_the_page_names_are_those_of_the_code():
    (said,) = [TEXT.split("| changed | told by |")[1].split("\n\n")[0]]
    named = set(re.findall(r"\b(?:Fulfilment|Line|Item|Parcel|Offer|OutOf)[A-Z]?\w*[a-z]\b", said)) - {"Fulfilment"}
    known = {*transition_events.NAMES.values(), *effects.EVENT_NAMES.values(), *offers.ENDED.values()}
    known |= {"OfferLeft", "OfferPassedOver", "ParcelsHandedOver", "FulfilmentCreated"}
    assert named <= known, named - known
    of_parts = {name for (kind, _), name in transition_events.NAMES.items() if kind in ("line", "parcel")}
    unsaid = of_parts - named
    assert unsaid == {"LineRejected"}, "a line is rejected with its fulfilment only"
    assert set(offers.ENDED) < set(OfferState)


def worked() -> list[tuple[str, OrderState]]:
    """What the rules make of the order of the page, step by step."""
    shirt = an_order("f-1", a_line("l1", "shirt", 1))
    belt = an_order("f-2", a_line("l2", "belt", 1))
    lines = [OrderLine(line.order_line_id, 1) for work in (shirt, belt) for line in work.lines]
    gone = packed(picked(shirt))
    parcel = replace(gone.parcels[0], state=ParcelState.HANDED_OVER)
    sent = settled(gone.with_parcel(parcel))
    lost, _ = report_short(belt, "l2", 1, "not_found")
    fewer = [lines[0], replace(lines[1], cancelled=1)]
    derive: Callable[..., OrderState] = derive_order_state
    known: dict[str, tuple[list[OrderLine], list[Fulfilment], str]] = {
        "received": (lines, [shirt, belt], ""),
        "the address is checked": (lines, [shirt, belt], "address"),
        "the address is right": (lines, [shirt, belt], ""),
        "Lille picks the shirt": (lines, [picked(shirt), belt], ""),
        "Lille sends the shirt": (lines, [sent, belt], ""),
        "Lyon cannot find the belt": (lines, [sent, lost], ""),
        "the belt is cancelled": (fewer, [sent, lost], ""),
    }
    return [(what, derive(*order)) for what, order in known.items()]


def test_customers_of_the_example_are_told_what_the_page_says():
    words = states_of(json.loads(TEXT.split("```json")[1].split("```")[0]))
    made = []
    for what, state in worked():
        told = words[customer_state(state)]
        made.append([what, state.value, told.code, told.texts.get("fr", "")])
    assert rows(TEXT, "what happened | state | the customer is told | in French") == made
