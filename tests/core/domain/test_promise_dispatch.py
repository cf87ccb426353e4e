from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from core.domain.calendar import Calendar
from core.domain.promise_dispatch import (
    Entry,
    Rhythm,
    board,
    full_before,
    last_slot,
    next_slot,
    no_room,
    ready_at,
    slot_after,
    slot_of,
)
from tests.core.domain.promise_world import MONDAY, WEEK, rhythm, shop


def test_the_cut_off_leaves_time_to_prepare():
    slot = slot_of(rhythm(shop()), date(2026, 5, 4))
    assert slot is not None
    assert slot.leaves_at == datetime(2026, 5, 4, 15, tzinfo=UTC)
    assert slot.cutoff_at == datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_long_work_begins_the_day_before_or_before_the_week_end():
    slot = slot_of(rhythm(shop(), preparation=600), date(2026, 5, 4))
    assert slot is not None
    assert slot.cutoff_at == datetime(2026, 5, 2, 14, tzinfo=UTC)  # Saturday: 3 h there, 7 h on Monday


def test_no_pick_up_on_sundays_and_holidays():
    found = next_slot(rhythm(shop()), datetime(2026, 4, 30, 16, tzinfo=UTC))
    assert found is not None
    assert found.day == date(2026, 5, 4)


def test_an_hour_of_its_own_ends_the_day_earlier():
    early = Rhythm(shop(), 60, pickup_minutes=17 * 60, cutoff_minutes=12 * 60)
    slot = slot_of(early, date(2026, 5, 4))
    assert slot is not None
    assert slot.cutoff_at == datetime(2026, 5, 4, 10, tzinfo=UTC)


def test_a_place_that_never_opens_sends_nothing():
    never = Rhythm(Calendar("Europe/Paris", ((),) * 7), 60, pickup_minutes=600)
    assert next_slot(never, MONDAY) is None
    assert ready_at(never, MONDAY) is None
    assert board([Entry(never, "FR", 1)], MONDAY).departures == ()


def test_a_board_is_true_until_its_first_cut_off():
    found = board([Entry(rhythm(shop()), "FR", 1), Entry(rhythm(shop(), 60), "FR", 2)], MONDAY)
    assert found.until == datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert found.holds(found.until)
    assert not found.holds(found.until + timedelta(seconds=1))


def test_later_slots_that_are_still_in_time_count():
    (departure,) = board([Entry(rhythm(shop()), "FR", 1)], MONDAY).departures
    assert last_slot(departure, lambda slot: slot.day <= date(2026, 5, 6)).day == date(2026, 5, 6)
    after = slot_after(departure.entry.rhythm, departure.slot)
    assert after is not None
    assert after.day == date(2026, 5, 5)


def test_what_is_ordered_after_the_last_hour_is_ready_the_next_day():
    counter = Rhythm(Calendar("Europe/Paris", WEEK), 60, cutoff_minutes=16 * 60)
    assert ready_at(counter, MONDAY) == MONDAY + timedelta(hours=1)
    assert ready_at(counter, MONDAY + timedelta(hours=6)) == datetime(2026, 5, 5, 9, tzinfo=UTC)


def test_a_full_day_is_passed_over_and_named():
    free = rhythm(shop())
    full = replace(free, full=frozenset({date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 9)}))
    today, slot = next_slot(free, MONDAY), next_slot(full, MONDAY)
    assert today is not None
    assert slot is not None
    assert today.day == date(2026, 5, 4)
    assert slot.day == date(2026, 5, 6)
    assert full_before(full, MONDAY, slot) == (date(2026, 5, 4), date(2026, 5, 5))
    assert full_before(full, slot.cutoff_at, slot) == (), "too late for the full days anyway"
    (told,) = no_room("lyon", full_before(full, MONDAY, slot), slot)
    assert told.params == {"location": "lyon", "days": "2026-05-04, 2026-05-05", "day": "2026-05-06"}
    assert no_room("lyon", (), slot) == ()
