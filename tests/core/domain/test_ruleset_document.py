import json

import pytest

from core.domain.ruleset import (
    DEFAULT,
    Check,
    Consolidate,
    Criterion,
    Filters,
    Partial,
    Release,
    Ruleset,
    Strategy,
    Wait,
    When,
    Zone,
)
from core.domain.ruleset_document import read, write

FULL = Ruleset(
    (
        Strategy(
            "gold", When(tiers=("gold",), min_value_minor=1), Filters(kinds=("store",), max_km=300, min_left=1),
            (Criterion.COST, Criterion.CARBON), {Criterion.COST: 3, Criterion.CARBON: 1}, ("store",), 2, False,
            Partial(1, 2), Wait(3), "plain", Consolidate(("hub",)), 30, Release(("06:00",), "Europe/Paris"),
        ),
        Strategy("plain"),
    ),
    grid=(Zone(100, 400, 10), Zone(900, 700, 30)),
    services={"engraving": ("hub",)},
    checks=(Check("fraud", When(tiers=("new",))),),
)  # fmt: skip


ZONE = {"up_to_km": 50, "base_minor": 0, "per_kg_minor": 0}


def test_steps_of_weight_are_read_and_written():
    made = read({"grid": [ZONE | {"steps": [[500, 200], [2000, 390]]}]})
    assert isinstance(made, Ruleset)
    assert made.grid[0].steps == ((500, 200), (2_000, 390))
    assert read(write(made)) == made


@pytest.mark.parametrize("ruleset", [DEFAULT, FULL], ids=["built-in", "everything"])
def test_what_is_written_is_read_as_it_was(ruleset):
    assert read(json.loads(json.dumps(write(ruleset)))) == ruleset


def test_a_document_without_strategies_is_one():
    assert read({"max_splits": 1, "node_limit": 5}) == Ruleset((Strategy(max_splits=1),), node_limit=5)


@pytest.mark.parametrize(
    ("document", "place", "code"),
    [
        ({"colour": 1}, "colour", "unknown_field"),
        ({"max_splits": -1}, "strategies.0.max_splits", "number_out_of_range"),
        ({"max_splits": "1"}, "strategies.0.max_splits", "value_malformed"),
        ({"criteria": ["luck"]}, "strategies.0.criteria.0", "value_malformed"),
        ({"criteria": []}, "strategies.0.criteria", "criteria_twice_or_none"),
        ({"criteria": ["cost", "cost"]}, "strategies.0.criteria", "criteria_twice_or_none"),
        ({"criteria": ["cost"], "weights": {"carbon": 1}}, "strategies.0.weights", "weights_not_of_criteria"),
        ({"prefer": ["moon"]}, "strategies.0", "unknown_kind"),
        ({"fallback": "other"}, "strategies.0.fallback", "unknown_strategy"),
        ({"wait": {}}, "strategies.0.wait.max_days", "field_missing"),
        ({"wait": 3}, "strategies.0.wait", "not_an_object"),
        ({"when": {"min_value_minor": 2, "max_value_minor": 1}}, "strategies.0.when", "nobody_can_match"),
        ({"strategies": []}, "strategies", "number_out_of_range"),
        ({"strategies": [{"name": "a"}, {"name": "a"}]}, "strategies", "name_twice"),
        ({"grid": []}, "grid", "not_rising"),
        ({"grid": [ZONE | {"steps": [[500, 200], [500, 300]]}]}, "grid.0.steps", "not_rising"),
        ({"grid": [ZONE | {"steps": [[500, 200], [900, 100]]}]}, "grid.0.steps", "not_rising"),
        ({"grid": [ZONE | {"steps": [[500]]}]}, "grid.0.steps", "value_malformed"),
        ({"grid": [ZONE | {"steps": 500}]}, "grid.0.steps", "value_malformed"),
        ({"release": {"times": []}}, "strategies.0.release.times", "field_missing"),
        ({"release": {"times": ["6h"]}}, "strategies.0.release.times", "value_malformed"),
        ({"release": {"times": ["06:00"], "timezone": "Moon"}}, "strategies.0.release.timezone", "value_malformed"),
        ({"consolidate": {}}, "strategies.0.consolidate", "nobody_can_match"),
        ({"consolidate": {"kinds": ["moon"]}}, "strategies.0", "unknown_kind"),
        ({"checks": [{"reason": ""}]}, "checks.0.reason", "field_missing"),
        ({"services": {"engraving": []}}, "services.engraving", "nobody_can_match"),
        ({"way": {"km_per_day": 0}}, "way.km_per_day", "number_out_of_range"),
    ],
)
def test_a_mistake_is_told_with_its_place(document, place, code):
    mistakes = read(document)
    assert not isinstance(mistakes, Ruleset)
    assert (mistakes[0].place, mistakes[0].code) == (place, code)
