"""The worked example of docs/rulesets.md is decided as the page says."""

import json
import re
from types import SimpleNamespace

import numpy as np

from core.domain import ruleset_document
from core.domain.ruleset import (
    Check,
    Consolidate,
    Criterion,
    Filters,
    Partial,
    Release,
    Resourcing,
    Ruleset,
    Strategy,
    Wait,
    When,
)
from core.service import deciding
from core.service.asking import CODES
from core.service.deciding import Case
from core.service.network import network_of
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs/rulesets.md").read_text(encoding="utf-8")


def block(name: str):
    found = re.search(rf"```json {name}\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"docs/rulesets.md has no block {name!r}"
    return json.loads(found.group(1))


def test_the_example_is_decided_as_the_page_says():
    ruleset = ruleset_document.read(block("ruleset"))
    assert isinstance(ruleset, Ruleset), ruleset
    order = block("order")
    places = sorted(order["places"], key=lambda place: place["id"])
    rows = [
        SimpleNamespace(id=p["id"], kind=p["kind"], country="FR", latitude=0.0, longitude=0.0, capacity_per_day=None)
        for p in places
    ]
    network = network_of(rows, {}, {})
    network._metres[0.0, 0.0] = np.array([place["km"] * 1000 for place in places])
    skus = {sku for _, sku, _ in order["lines"]}
    stock = {sku: np.array([place["stock"].get(sku, 0) for place in places]) for sku in skus}
    outcome = deciding.decide(network, Case(tuple(map(tuple, order["lines"])), stock, 0.0, 0.0), ruleset)
    explained = outcome.decision.explanation
    assert {
        "assignments": sorted([one.location_id, one.line_id, one.quantity] for one in outcome.decision.assignments),
        "told": {id: CODES[code] for id, code in zip(network.ids, outcome.told["codes"], strict=True)},
        "totals": outcome.totals,
        "proved": explained.proof.proved,
        "without": {one.without: list(one.location_ids) for one in explained.alternatives},
    } == block("answer")


def test_every_field_and_criterion_of_a_strategy_is_on_the_page():
    fields = [*Strategy.__dataclass_fields__, *When.__dataclass_fields__, *Filters.__dataclass_fields__]
    fields += [*Partial.__dataclass_fields__, *Wait.__dataclass_fields__, *Ruleset.__dataclass_fields__]
    fields += [name for kind in (Check, Consolidate, Release, Resourcing) for name in kind.__dataclass_fields__]
    missing = [name for name in [*fields, *Criterion] if name != "name" and f"`{name}" not in PAGE]
    assert not missing, f"docs/rulesets.md does not name: {missing}"
