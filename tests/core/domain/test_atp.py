from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.atp import (
    NO_TERMS,
    NOWHERE,
    Coming,
    Place,
    Shelf,
    StepCode,
    Supply,
    Terms,
    outlook,
    place_of,
    promisable,
    sum_of,
    terms_of,
)
from core.domain.stock_rules import Rule, RuleBook, RuleKind, Scope, Subject

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
UNITS = st.integers(0, 50)
SHELVES = st.builds(Shelf, st.integers(-5, 50), UNITS, UNITS, st.integers(0, 5), UNITS)
AMOUNTS = st.one_of(
    st.builds(lambda units: {"units": units}, UNITS),
    st.builds(lambda points: {"basis_points": points}, st.integers(0, 10_000)),
)


def rules(kind: RuleKind) -> st.SearchStrategy[Rule]:
    return st.builds(lambda amount: Rule("r", kind, Scope(), **amount), AMOUNTS)


TERMS = st.builds(
    Terms,
    st.none() | rules(RuleKind.SAFETY),
    st.none() | rules(RuleKind.SHARE),
    st.none() | st.just(Rule("x", RuleKind.EXCLUDE, Scope(), units=1)),
)


@given(SHELVES, TERMS)
def test_a_place_is_the_sum_of_its_steps_and_never_below_zero(shelf, terms):
    place = place_of(shelf, terms)
    steps = place.on_hand - place.reserved - place.unavailable - place.safety - place.segment - place.excluded
    assert steps + place.lacking == place.units >= 0
    assert place.units <= max(0, shelf.on_hand - shelf.reserved - shelf.unavailable)


@given(st.lists(st.tuples(SHELVES, TERMS), max_size=6), UNITS, UNITS)
def test_the_steps_add_up_to_the_answer(shelves, threshold, inbound):
    total = sum_of([place_of(*one) for one in shelves], threshold)
    steps = total.steps(inbound)
    assert sum(step.units for step in steps) == total.units + inbound
    assert total.units >= 0
    assert [step.code for step in steps] == sorted((step.code for step in steps), key=list(StepCode).index)


def test_a_lack_in_one_place_takes_nothing_from_another():
    places = [place_of(Shelf(2, 5), NO_TERMS), place_of(Shelf(4), NO_TERMS)]
    assert sum_of(places).units == 4
    assert sum_of(places).sum.lacking == 3


def test_the_position_s_own_safety_stock_counts_before_a_rule():
    ten = Terms(Rule("r", RuleKind.SAFETY, Scope(), units=10))
    assert place_of(Shelf(20, safety=3), ten).units == 17
    assert place_of(Shelf(20), ten).units == 10


def test_two_brands_that_share_a_position_never_sell_more_than_there_is():
    half = Terms(share=Rule("r", RuleKind.SHARE, Scope(), "nord", basis_points=5000))
    assert place_of(Shelf(11), half) == Place(11, segment=5, units=6)
    assert place_of(Shelf(11, 6, brand_reserved=6), half).units == 0
    assert place_of(Shelf(11, 6, brand_reserved=0), half).units == 5
    assert place_of(Shelf(1), half).units == 1


def test_what_is_excluded_is_there_and_not_sold():
    book = RuleBook(
        [
            Rule("all", RuleKind.EXCLUDE, Scope("", "", "shirts"), "web", units=1),
            Rule("but", RuleKind.EXCLUDE, Scope("", "SKU-2"), "web", units=0),
        ]
    )
    excluded = terms_of(book, Subject("lille", "SKU-1", ("shirts",)), "web", "nord")
    allowed = terms_of(book, Subject("lille", "SKU-2", ("shirts",)), "web", "nord")
    assert place_of(Shelf(5, 1), excluded) == Place(5, 1, excluded=4)
    assert place_of(Shelf(5, 1), allowed).units == 4
    assert place_of(Shelf(), excluded) == NOWHERE


def test_supply_is_promised_less_what_is_protected_and_promised_already():
    supply = Supply(NOW, 10, "in-1", "lille")
    rule = Rule("r", RuleKind.INBOUND, Scope(), basis_points=2000)
    assert promisable(Coming(supply), None).units == 10
    assert promisable(Coming(supply), rule).units == 8
    assert promisable(Coming(supply, promised=5), rule).units == 3
    assert promisable(Coming(supply, protected=1), rule).units == 9
    assert promisable(Coming(supply, promised=20), None).units == 0


def test_supply_counts_from_its_date_on():
    supplies = [Supply(NOW + timedelta(days=days), days) for days in (20, 3, 9)]
    seen = outlook(2, supplies, NOW, 7)
    assert (seen.now, [one.units for one in seen.dates]) == (5, [9, 20])
    assert [seen.at(NOW + timedelta(days=days)) for days in (0, 9, 30)] == [5, 14, 34]
    assert outlook(2, supplies, NOW, 0).at(NOW + timedelta(days=90)) == 2
