"""The worked example of docs/allocation.md, executed as it stands there."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.domain.calendar import Calendar
from core.domain.offering import Asked, Automatic, History, Ranked, Store, chance_permille, rank, read_settings

TEXT = (Path(__file__).parents[2] / "docs" / "allocation.md").read_text(encoding="utf-8")
SETTINGS = read_settings(json.loads(TEXT.split("```json")[1].split("```")[0]))
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ALWAYS = Calendar("Europe/Paris", (((0, 1440),),) * 7)
ROW = re.compile(r"\| (\w+) \| (\d+) \| (\d+) of (\d+) \| ([\d.]+) \| ([\d.]+) % \| ([\d.]+) \|")


def stores() -> list[Store]:
    found = [match.groups() for match in ROW.finditer(TEXT)]
    assert len(found) == 4
    return [
        Store(name, "store", float(km), ALWAYS, {"SHIRT": 5}, history=History(int(asked), int(kept)))
        for name, km, kept, asked, *_ in found
    ]


def asked(rule: int) -> tuple[Ranked, ...]:
    question = Asked({"SHIRT": 2}, NOW + timedelta(days=1), NOW)
    return rank(stores(), question, SETTINGS.rules[rule], SETTINGS)[0]


def test_the_table_is_what_the_ranking_says():
    ranked = {one.location_id: one for one in asked(1)}
    for name, _, kept, of, cost, chance, expected in (match.groups() for match in ROW.finditer(TEXT)):
        one = ranked[name]
        assert f"{one.cost_minor / 100:.2f}" == cost
        assert f"{one.chance_permille / 10:.1f}" == chance
        assert f"{one.expected_cost_minor / 100:.2f}" == expected
        assert one.chance_permille == chance_permille(History(int(of), int(kept)), SETTINGS)


def test_the_first_rule_asks_paris_and_lyon_and_the_second_all_four():
    assert [one.location_id for one in asked(0)] == ["Paris", "Lyon"]
    assert {one.location_id for one in asked(1)} == {"Lille", "Paris", "Lyon", "Nice"}
    assert SETTINGS.rules[1].automatic is Automatic.ON_TIMEOUT


def test_silence_costs_paris_more_than_lyon():
    silent = [
        replace(one, history=History(one.history.asked + 1, one.history.accepted))
        for one in stores()
        if one.location_id in ("Paris", "Lyon")
    ]
    question = Asked({"SHIRT": 2}, NOW + timedelta(days=1), NOW)
    chosen, _ = rank(silent, question, SETTINGS.rules[1], SETTINGS)
    assert chosen[0].location_id == "Lyon"
