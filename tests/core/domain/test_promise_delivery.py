from datetime import UTC, date, datetime

from core.domain.calendar import Calendar
from core.domain.promise_delivery import closed_between, delivery_day, ready_in_store, window
from core.domain.promise_dispatch import Slot
from tests.core.domain.promise_world import HOLIDAYS, WEEK, shop

CARRIER = Calendar("Europe/Paris", (((480, 1080),),) * 6 + ((),), holidays=HOLIDAYS)
THURSDAY = Slot(datetime(2026, 5, 7, 12, tzinfo=UTC), datetime(2026, 5, 7, 15, tzinfo=UTC), date(2026, 5, 7))


def test_days_are_those_on_which_everybody_works():
    assert delivery_day((CARRIER,), THURSDAY, 1) == date(2026, 5, 9)  # the 8th is a holiday
    assert delivery_day((CARRIER,), THURSDAY, 2) == date(2026, 5, 11)
    monday_shop = Calendar("Europe/Paris", (((600, 1140),), (), (), (), (), (), ()))
    assert delivery_day((CARRIER, monday_shop), THURSDAY, 1) == date(2026, 5, 11)


def test_the_same_day_needs_time_that_is_left():
    assert delivery_day((CARRIER,), THURSDAY, 0) == date(2026, 5, 7)
    late = THURSDAY._replace(leaves_at=datetime(2026, 5, 7, 17, tzinfo=UTC))
    assert delivery_day((CARRIER,), late, 0) == date(2026, 5, 9)


def test_a_carrier_that_never_delivers_has_no_day():
    assert delivery_day((Calendar("Europe/Paris", ((),) * 7),), THURSDAY, 1) is None


def test_the_window_is_that_of_the_destination_in_summer_and_winter():
    assert window((CARRIER,), date(2026, 5, 7), date(2026, 5, 9)) == (
        datetime(2026, 5, 7, 6, tzinfo=UTC),
        datetime(2026, 5, 9, 16, tzinfo=UTC),
    )
    assert window((CARRIER,), date(2026, 1, 7), date(2026, 1, 7))[0] == datetime(2026, 1, 7, 7, tzinfo=UTC)


def test_closed_days_are_named_week_ends_are_not():
    found = closed_between((CARRIER,), date(2026, 5, 7), date(2026, 5, 11))
    assert [(reason.params["day"], reason.params["name"]) for reason in found] == [("2026-05-08", "Victoire")]


def test_a_store_puts_away_in_its_hours():
    assert ready_in_store(shop(week=WEEK), datetime(2026, 5, 9, 16, 30, tzinfo=UTC), 60) == datetime(
        2026, 5, 11, 8, 30, tzinfo=UTC
    )
