from datetime import date, timedelta

from core.domain.promise import delivery_calendar
from core.domain.promise_dispatch import Entry, Rhythm, board
from core.domain.promise_reach import Target, days_late, reach
from tests.core.domain.promise_world import HOLIDAYS, MONDAY, SERVICE, TARGET, rhythm, shop

CALENDARS = (delivery_calendar(SERVICE, "Europe/Paris", HOLIDAYS),)
FAST, SLOW = rhythm(shop(), 60), rhythm(shop(), 500)


def test_places_are_sorted_by_the_day_they_make():
    found = reach(SERVICE, board([Entry(SLOW, "FR", 2), Entry(FAST, "FR", 1)], MONDAY).departures, CALENDARS, TARGET)
    assert found.steps == [(date(2026, 5, 6), 1), (date(2026, 5, 7), 2)]
    assert found.way_of(1).departure.entry.rhythm is SLOW
    assert [call.places for call in found.last_calls(date(2026, 5, 7))] == [1, 2]


def test_what_was_assumed_of_a_place_or_an_address_makes_it_later():
    assumed = Rhythm(FAST.calendar, 60, FAST.pickup_days, FAST.pickup_minutes, flags=("hours_unknown",))
    departures = board([Entry(assumed, "FR", 1)], MONDAY).departures
    assert reach(SERVICE, departures, CALENDARS, TARGET).steps[0][0] == date(2026, 5, 9)
    sure = board([Entry(FAST, "FR", 1)], MONDAY).departures
    assert reach(SERVICE, sure, CALENDARS, Target("FR", "69002", True)).steps[0][0] == date(2026, 5, 9)


def test_a_country_that_is_not_served_has_no_ways():
    assert reach(SERVICE, board([Entry(FAST, "FR", 1)], MONDAY).departures, CALENDARS, Target("JP", "1")).steps == []


def test_lateness_counts_days_after_the_promised_one():
    found = reach(SERVICE, board([Entry(FAST, "FR", 1), Entry(SLOW, "FR", 2)], MONDAY).departures, CALENDARS, TARGET)
    assert days_late(found, date(2026, 5, 6), MONDAY) == {1: 0, 2: 1}
    assert days_late(found, date(2026, 5, 6), MONDAY + timedelta(days=1)) == {1: 1, 2: 3}
