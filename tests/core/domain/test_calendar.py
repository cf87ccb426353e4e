from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar import (
    Calendar,
    CalendarInvalid,
    after_working,
    before_working,
    local_day,
    moment,
    open_days,
    parse_time,
    spans,
    without,
)

SHOP = ((600, 780), (840, 1140))  # 10:00-13:00, 14:00-19:00
WEEK = (SHOP,) * 6 + ((),)
PARIS = Calendar("Europe/Paris", WEEK, holidays=((date(2026, 5, 1), "Fête du Travail"),))
ALWAYS = Calendar("Europe/Paris", (((0, 1440),),) * 7)

hours = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda h: h[1] - h[0] >= 60).map(lambda h: (h,))
weeks = st.lists(st.one_of(st.just(()), hours), min_size=7, max_size=7).map(tuple).filter(any)
zones = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"])
calendars = st.builds(Calendar, zones, weeks)
moments = st.integers(0, 2 * 365 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def test_hours_are_those_of_the_local_clock_in_winter_and_summer():
    assert spans(PARIS, date(2026, 3, 28))[0][0] == datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    assert spans(PARIS, date(2026, 3, 30))[0][0] == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_the_day_in_which_clocks_change_has_its_true_length():
    (spring,) = spans(ALWAYS, date(2026, 3, 29))
    (autumn,) = spans(ALWAYS, date(2026, 10, 25))
    assert spring[1] - spring[0] == timedelta(hours=23)
    assert autumn[1] - autumn[0] == timedelta(hours=25)


def test_a_day_says_why_it_is_closed():
    assert PARIS.closed_because(date(2026, 5, 1)) == "public_holiday"
    assert PARIS.holiday(date(2026, 5, 1)) == "Fête du Travail"
    assert PARIS.closed_because(date(2026, 5, 3)) == "weekday"
    assert PARIS.closed_because(date(2026, 5, 4)) == ""
    inventory = Calendar("Europe/Paris", WEEK, special=((date(2026, 5, 4), ()), (date(2026, 5, 3), SHOP)))
    assert inventory.closed_because(date(2026, 5, 4)) == "special_day"
    assert inventory.closed_because(date(2026, 5, 3)) == ""


def test_minutes_of_work_pass_only_while_it_is_open():
    noon = moment("Europe/Paris", date(2026, 4, 30), 12 * 60)
    assert after_working(PARIS, noon, 60) == moment("Europe/Paris", date(2026, 4, 30), 13 * 60)
    assert after_working(PARIS, noon, 61) == moment("Europe/Paris", date(2026, 4, 30), 14 * 60 + 1)
    # The first of May is a holiday, the second a Saturday.
    assert after_working(PARIS, noon, 60 + 300 + 30) == moment("Europe/Paris", date(2026, 5, 2), 10 * 60 + 30)
    assert before_working(PARIS, moment("Europe/Paris", date(2026, 5, 2), 10 * 60 + 30), 391) == noon - timedelta(
        minutes=1
    )


def test_a_place_that_never_opens_has_no_moment():
    never = Calendar("Europe/Paris", ((),) * 7)
    assert after_working(never, datetime(2026, 5, 4, tzinfo=UTC), 1) is None
    assert before_working(never, datetime(2026, 5, 4, tzinfo=UTC), 1) is None
    assert list(open_days(never, date(2026, 5, 4))) == []


def test_a_skipped_reading_of_the_clock_is_the_hour_before():
    assert moment("Europe/Paris", date(2026, 3, 29), 150) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_day_is_that_of_the_place():
    assert local_day("America/New_York", datetime(2026, 5, 4, 2, tzinfo=UTC)) == date(2026, 5, 3)


@pytest.mark.parametrize(
    ("zone", "week"),
    [
        ("Europe/Paris", WEEK[:6]),
        ("Europe/Paris", (((600, 600),), *WEEK[1:])),
        ("Europe/Paris", (((600, 900), (840, 1000)), *WEEK[1:])),
        ("Europe/Paris", (((600, 1441),), *WEEK[1:])),
        ("Mars/Olympus", WEEK),
    ],
)
def test_hours_nobody_can_keep_are_refused(zone: str, week):
    with pytest.raises(CalendarInvalid):
        Calendar(zone, week)


def test_times_are_read_or_refused():
    assert [parse_time(text) for text in ("00:00", "09:30", "24:00")] == [0, 570, 1440]
    for text in ("9:30", "24:01", "12:60", "noon", "", "-1:00"):
        with pytest.raises(ValueError):
            parse_time(text)


@given(calendars, moments, st.integers(0, 3000))
def test_work_ends_while_the_place_is_open_and_takes_its_time(calendar: Calendar, at: datetime, minutes: int):
    done = after_working(calendar, at, minutes)
    assert done is not None
    assert done - at >= timedelta(minutes=minutes)
    day = local_day(calendar.timezone, done)
    around = [span for d in (day - timedelta(days=1), day) for span in spans(calendar, d)]
    assert any(opens <= done <= closes for opens, closes in around)


@given(calendars, moments, st.integers(1, 3000))
def test_counting_back_what_was_worked_comes_to_the_last_moment_to_begin(
    calendar: Calendar, at: datetime, minutes: int
):
    done = after_working(calendar, at, minutes)
    assert done is not None
    latest = before_working(calendar, done, minutes)
    assert latest is not None
    assert latest >= at
    assert after_working(calendar, latest, minutes) == done
    late = after_working(calendar, latest + timedelta(minutes=1), minutes)
    assert late is not None
    assert late > done


def test_a_closure_takes_its_hours_away_and_no_others():
    closed = without(PARIS, [(datetime(2026, 5, 4, 10, tzinfo=UTC), datetime(2026, 5, 6, 15, tzinfo=UTC))])
    assert closed.hours(date(2026, 5, 4)) == ((600, 720),)  # closed from 12:00 by the local clock
    assert closed.hours(date(2026, 5, 5)) == ()
    assert closed.hours(date(2026, 5, 6)) == ((1020, 1140),)
    assert closed.hours(date(2026, 5, 7)) == SHOP
    assert closed.hours(date(2026, 5, 1)) == (), "a public holiday stays one"
    assert without(PARIS, []) is PARIS


@given(calendars, moments, st.integers(1, 5 * 1440))
def test_nothing_is_open_within_a_closure(calendar: Calendar, since: datetime, minutes: int):
    until = since + timedelta(minutes=minutes)
    closed = without(calendar, [(since, until)])
    first = local_day(calendar.timezone, since) - timedelta(days=1)
    for count in range(minutes // 1440 + 4):
        for opens, closes in spans(closed, first + timedelta(days=count)):
            assert closes <= since or opens >= until
