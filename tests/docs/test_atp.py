"""The worked example of docs/atp.md, executed as it stands there."""

import json
import re
from pathlib import Path

from core.domain.atp import Place, Shelf, place_of, sum_of, terms_of
from core.domain.stock_rules import Rule, RuleBook, RuleKind, Scope, Subject, fault_of

TEXT = (Path(__file__).parents[2] / "docs" / "atp.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| ([A-Z]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")
STEP = re.compile(r"\| (\w+) \| (-?\d+) \|")
THRESHOLD = 2


def book() -> RuleBook:
    rules = []
    for number, row in enumerate(json.loads(TEXT.split("```json")[1].split("```")[0])):
        scope = Scope(row.get("location_id", ""), row.get("sku", ""))
        amounts = (row.get("units"), row.get("basis_points"))
        rules.append(Rule(str(number), RuleKind(row["kind"]), scope, row.get("owner_id", ""), *amounts))
    assert [rule for rule in rules if fault_of(rule)] == []
    return RuleBook(rules)


def places() -> dict[str, tuple[Place, int]]:
    """By store what the rules make of it, and what the page says."""
    found = {}
    for name, *figures in ROW.findall(TEXT):
        on_hand, reserved, unavailable, units = map(int, figures)
        terms = terms_of(book(), Subject(name, "SKU-1"), "web", "NORD")
        held = reserved if name == "LILLE" else 0
        found[name] = (place_of(Shelf(on_hand, reserved, unavailable, 0, held), terms), units)
    return found


def test_every_store_of_the_example_has_the_units_that_the_page_says():
    assert {name: place.units for name, (place, _) in places().items()} == {"LILLE": 3, "LYON": 2, "NICE": 0}
    assert all(place.units == said for place, said in places().values())


def test_the_steps_of_the_example_are_those_of_the_sum():
    total = sum_of([place for place, _ in places().values()], THRESHOLD)
    said = [(code, int(units)) for code, units in STEP.findall(TEXT.split("Nice has sold")[1])]
    assert [(step.code.value, step.units) for step in total.steps()] == said
    assert f"The sum is {total.units}." in TEXT
