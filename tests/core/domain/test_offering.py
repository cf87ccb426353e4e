from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar import Calendar
from core.domain.offering import (
    Asked,
    Automatic,
    Barred,
    History,
    OfferSettings,
    Rule,
    SettingsInvalid,
    Store,
    chance_permille,
    days_of_work,
    rank,
    read_settings,
    ready_day,
)

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # a Monday
ALWAYS = Calendar("Europe/Paris", (((0, 1440),),) * 7)
WEEKDAYS = Calendar("Europe/Paris", (((540, 1140),),) * 5 + ((), ()))
NEVER = Calendar("Europe/Paris", ((),) * 7)
ASKED = Asked({"SKU-1": 2}, NOW + timedelta(days=1), NOW)
SETTINGS = OfferSettings()


def a_store(id: str, km: float = 0.0, **more) -> Store:
    return Store(
        id, more.pop("kind", "store"), km, more.pop("calendar", ALWAYS), more.pop("free", {"SKU-1": 5}), **more
    )


def why(store: Store, rule: Rule = SETTINGS.rules[0]) -> tuple[str, dict]:
    chosen, barred = rank([store], ASKED, rule, SETTINGS)
    assert not chosen
    return barred[0].code, dict(barred[0].params)


def test_a_store_that_never_answers_is_dearer_than_a_farther_one_that_does():
    near = a_store("near", 5, history=History(20, 0))
    far = a_store("far", 300, history=History(20, 19))
    chosen, _ = rank([near, far], ASKED, Rule(), SETTINGS)
    assert [one.location_id for one in chosen] == ["far", "near"]
    assert [(one.cost_minor, one.chance_permille) for one in chosen] == [(1100, 875), (510, 83)]
    assert [one.expected_cost_minor for one in chosen] == [1257, 6144]


def test_only_the_best_are_asked_and_the_next_ones_are_told_their_rank():
    stores = [a_store(f"s{n}", n * 10) for n in range(4)]
    chosen, barred = rank(stores, ASKED, Rule(candidates=2), SETTINGS)
    assert [one.location_id for one in chosen] == ["s0", "s1"]
    assert [(one.location_id, one.code, one.params["rank"]) for one in barred] == [
        ("s2", "not_among_best", 3), ("s3", "not_among_best", 4),
    ]  # fmt: skip


def test_each_store_that_is_not_asked_is_told_why():
    assert why(a_store("s", kind="warehouse")) == ("other_kind", {"kind": "warehouse"})
    assert why(a_store("s", paused=True)) == ("paused", {})
    assert why(a_store("s", refused=True)) == ("refused", {})
    assert why(a_store("s", free={"SKU-1": 1})) == ("no_stock", {"sku": "SKU-1", "units": 1})
    assert why(a_store("s", capacity_per_day=0)) == ("no_capacity", {})
    assert why(a_store("s", calendar=NEVER)) == ("closed", {})
    assert why(a_store("s", capacity_per_day=2, work=6)) == ("too_late", {"days_late": 2, "allowed": 0})


def test_a_store_that_opens_too_late_to_answer_is_closed():
    sunday = NOW.replace(day=3, hour=12)
    chosen, _ = rank([a_store("s", calendar=WEEKDAYS)], Asked({"SKU-1": 1}, NOW, NOW), Rule(), SETTINGS)
    assert len(chosen) == 1
    asked = Asked({"SKU-1": 1}, NOW, sunday)
    assert rank([a_store("s", calendar=WEEKDAYS)], asked, Rule(), SETTINGS)[1] == (
        Barred("s", "closed", {"opens_at": "2026-05-04T07:00:00+00:00"}),
    )
    patient = OfferSettings(opens_within_minutes=1440)
    assert [one.until for one in rank([a_store("s", calendar=WEEKDAYS)], asked, Rule(), patient)[0]] == [
        NOW.replace(hour=7, minute=30)
    ]


def test_work_that_waits_is_days_of_the_stores_own_calendar():
    assert [days_of_work(work, 4) for work in (0, 3, 4, 11)] == [0, 0, 1, 2]
    assert days_of_work(1_000, None) == 0
    assert days_of_work(0, 0) is None
    friday = NOW.replace(day=8)
    assert ready_day(WEEKDAYS, friday, 0) == date(2026, 5, 8)
    assert ready_day(WEEKDAYS, friday, 1) == date(2026, 5, 11)
    assert ready_day(WEEKDAYS, friday.replace(hour=20), 0) == date(2026, 5, 11)
    assert ready_day(NEVER, friday, 0) is None
    assert ready_day(ALWAYS, friday, 10_000) is None


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_chance_is_never_nothing_and_never_more_than_certain(accepted, refused):
    chance = chance_permille(History(accepted + refused, accepted), SETTINGS)
    assert 1 <= chance <= 1000
    assert chance >= chance_permille(History(accepted + refused + 1, accepted), SETTINGS)
    assert chance <= chance_permille(History(accepted + refused + 1, accepted + 1), SETTINGS)


@given(st.permutations([a_store(f"s{n}", n % 3, history=History(n, n // 2)) for n in range(7)]))
def test_the_order_in_which_stores_are_read_has_no_influence(stores):
    chosen, barred = rank(stores, ASKED, Rule(candidates=3), SETTINGS)
    straight, others = rank(sorted(stores, key=lambda s: s.location_id), ASKED, Rule(candidates=3), SETTINGS)
    assert (chosen, barred) == (straight, others)


def test_a_ruleset_is_read_with_its_defaults():
    assert read_settings({}) == OfferSettings()
    body = {"rules": [{"candidates": 3, "automatic": "on_timeout"}], "kinds": ["store", "depot"], "prior_weight": 9}
    assert read_settings(body) == OfferSettings(
        (Rule(3, automatic=Automatic.ON_TIMEOUT),), ("store", "depot"), prior_weight=9
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rules": []}, "rules"), ({"rules": [{"candidates": 0}]}, "rules.0.candidates"),
        ({"rules": [{}, {"automatic": "maybe"}]}, "rules.1.automatic"), ({"rules": [{"timeout": 3}]}, "rules.0"),
        ({"prior_permille": 0}, "prior_permille"), ({"kinds": "store"}, "kinds"), ({"candidates": 5}, "candidates"),
        ({"km_cost_minor": True}, "km_cost_minor"),
    ],
)  # fmt: skip
def test_a_ruleset_that_means_nothing_is_refused_by_name(body, field):
    with pytest.raises(SettingsInvalid) as refused:
        read_settings(body)
    assert refused.value.field == field


def test_what_the_promise_says_counts_more_than_the_day_of_work():
    assert why(a_store("s", days_late=3)) == ("too_late", {"days_late": 3, "allowed": 0})
    busy = a_store("s", capacity_per_day=2, work=6, days_late=0)
    assert rank([busy], ASKED, Rule(), SETTINGS)[0][0].days_late == 0
    assert why(a_store("s", reached=False)) == ("not_reached", {})
