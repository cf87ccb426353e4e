import pytest

from core.domain.ruleset import (
    DEFAULT,
    Partial,
    Profile,
    Ruleset,
    Strategy,
    When,
    holds,
    parcel_carbon_g,
    parcel_cost_minor,
    parcel_minutes,
    parts_allowed,
    strategies_for,
)  # fmt: skip


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        (When(), True),
        (When(channels=("web", "shop")), True),
        (When(channels=("shop",)), False),
        (When(tiers=("gold",)), True),
        (When(countries=("BE",)), False),
        (When(service_levels=("express",)), False),
        (When(min_value_minor=5_000, max_value_minor=5_000), True),
        (When(min_value_minor=5_001), False),
        (When(max_value_minor=4_999), False),
    ],
)
def test_a_condition_asks_for_all_of_its_fields(when, fits):
    assert holds(when, Profile("web", "gold", "FR", "standard", 5_000)) == fits


def test_the_first_strategy_that_fits_decides_and_its_fallbacks_follow():
    rules = Ruleset(
        (
            Strategy("dear", When(min_value_minor=100), fallback="plain"),
            Strategy("shop", When(channels=("shop",))),
            Strategy("plain", fallback="dear"),
        )
    )
    assert [one.name for one in strategies_for(rules, Profile(value_minor=200))] == ["dear", "plain"]
    assert [one.name for one in strategies_for(rules, Profile("shop"))] == ["shop"]
    assert [one.name for one in strategies_for(rules, Profile("web"))] == ["plain", "dear"]


def test_an_order_is_cut_only_where_both_parts_are_worth_it():
    rule = Partial(min_sent_minor=2_000, min_waiting_minor=500)
    assert parts_allowed(rule, 2_000, 500)
    assert not parts_allowed(rule, 1_999, 500)
    assert not parts_allowed(rule, 2_000, 499)
    assert parts_allowed(rule, 100, 0)
    assert parts_allowed(None, 1, 1)


def test_a_parcel_costs_by_its_zone_and_weight():
    assert parcel_cost_minor(DEFAULT, 50_000, 2_000) == 490 + 80
    assert parcel_cost_minor(DEFAULT, 50_001, 2_000) == 590 + 110
    assert parcel_cost_minor(DEFAULT, 99_000_000, 500) == 1290 + 110


def test_a_parcel_takes_preparation_and_way_and_leaves_carbon():
    assert parcel_minutes(DEFAULT, "store", 500_000) == 240 + 1440
    assert parcel_minutes(DEFAULT, "elsewhere", 0) == 0
    assert parcel_carbon_g(DEFAULT, 100_000, 10_000) == 200 + 140
