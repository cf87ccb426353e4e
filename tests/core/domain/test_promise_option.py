from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.calendar import Calendar
from core.domain.promise import Item, Method, MethodKind, NotPossible, Option, Reason
from core.domain.promise_choice import Distances, Shelf
from core.domain.promise_dispatch import Rhythm
from core.domain.promise_option import Basket, Store, collected
from tests.core.domain.promise_world import HOLIDAYS, MONDAY, WEEK, promise, shop

hours = st.tuples(st.integers(0, 10), st.integers(12, 24)).map(lambda h: ((h[0] * 60, h[1] * 60),))
weeks = st.lists(st.one_of(st.just(()), hours), min_size=7, max_size=7).map(tuple).filter(lambda week: any(week[:5]))
zones = st.sampled_from(["Europe/Paris", "Europe/Lisbon", "America/New_York", "Asia/Tokyo"])
calendars = st.lists(st.builds(shop, zones, weeks), min_size=1, max_size=4)
moments = st.integers(0, 400 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ANY = settings(max_examples=60, deadline=None)


@st.composite
def cases(draw):
    places = draw(calendars)
    wanted = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    row = st.lists(st.integers(0, 4), min_size=len(places), max_size=len(places))
    return places, wanted, draw(st.lists(row, min_size=len(wanted), max_size=len(wanted)))


@ANY
@given(cases(), moments)
def test_a_promise_never_lands_on_a_closed_day(case, at):
    places, wanted, stock = case
    found = promise(at, stock, wanted, places)
    if isinstance(found, Option):
        assert found.day.weekday() != 6
        assert found.day not in dict(HOLIDAYS)
        assert at <= found.cutoff_at < found.latest_at
        assert all(at <= part.begins_at <= part.leaves_at <= found.target_at < found.latest_at for part in found.parts)
        for part in found.parts:
            place = places[int(part.location_id.rpartition("-")[2])]
            leaves = part.leaves_at.astimezone(UTC)
            assert any(place.hours((leaves + timedelta(days=days)).date()) for days in (-1, 0, 1))


@ANY
@given(cases(), moments, st.data())
def test_more_stock_never_makes_a_promise_later(case, at, data):
    places, wanted, stock = case
    found = promise(at, stock, wanted, places)
    more = [[units + data.draw(st.integers(0, 2)) for units in row] for row in stock]
    better = promise(at, more, wanted, places)
    if isinstance(found, Option):
        assert isinstance(better, Option)
        assert better.day <= found.day


@ANY
@given(cases(), moments)
def test_the_countdown_is_true_to_the_second(case, at):
    places, wanted, stock = case
    found = promise(at, stock, wanted, places)
    if isinstance(found, Option):
        last = promise(found.cutoff_at, stock, wanted, places)
        assert isinstance(last, Option)
        assert (last.day, last.cutoff_at) == (found.day, found.cutoff_at)
        late = promise(found.cutoff_at + timedelta(seconds=1), stock, wanted, places)
        assert isinstance(late, Option)
        assert late.day > found.day


@ANY
@given(cases(), moments)
def test_the_parts_are_what_was_asked_for_and_what_is_there(case, at):
    places, wanted, stock = case
    found = promise(at, stock, wanted, places)
    if isinstance(found, Option):
        given_units = dict.fromkeys((f"SKU-{n}" for n in range(len(wanted))), 0)
        for part in found.parts:
            place = int(part.location_id.rpartition("-")[2])
            for sku, units in part.units:
                given_units[sku] += units
                assert units <= stock[int(sku[4:])][place]
        assert list(given_units.values()) == wanted


def test_a_basket_that_needs_too_many_parcels_is_refused():
    found = promise(MONDAY, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 1, 1], [shop()] * 3, most=2)
    assert isinstance(found, NotPossible)
    assert found.reasons == (Reason("too_many_parcels", {"most": 2}),)


def test_what_is_collected_is_ready_within_opening_hours_at_the_store_that_is_first():
    calendar = Calendar("Europe/Paris", WEEK)
    late = Calendar("Europe/Paris", (((900, 1140),),) * 7)
    method = Method("c", "collect", MethodKind.COLLECT, None, {}, preparation_minutes=60)
    stores = [Store("near", 0, late), Store("far", 1, calendar)]
    basket = Basket(
        MONDAY, (Item("A", 1),), Shelf.of([1], [[1, 1]], 1, True), ["near", "far"], Distances([5, 9]), "EUR"
    )
    rhythms = {0: Rhythm(late, 60), 1: Rhythm(calendar, 60)}
    found = collected(basket, method, stores, rhythms)
    assert isinstance(found, Option)
    assert (found.store_id, found.latest_at) == ("far", MONDAY + timedelta(hours=1))
    evening = MONDAY + timedelta(hours=8)
    tomorrow = collected(
        Basket(evening, basket.items, basket.shelf, basket.location_ids, basket.distances, "EUR"),
        method,
        stores,
        rhythms,
    )
    assert isinstance(tomorrow, Option)
    assert tomorrow.day == date(2026, 5, 5)
