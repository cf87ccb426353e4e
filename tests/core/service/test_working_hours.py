from datetime import UTC, datetime

import pytest

from core.domain.calendar import CalendarInvalid, after_working
from core.service.working_hours import calendar_of

WEEK = [[["09:00", "12:00"], ["14:00", "19:00"]]] * 5 + [[["10:00", "18:00"]], []]
MONDAY = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)  # 12:30 in Paris


def test_a_store_without_hours_is_always_open():
    assert after_working(calendar_of("Europe/Paris", {}), MONDAY, 0) == MONDAY


def test_lunch_sundays_and_special_days_are_heeded():
    calendar = calendar_of("Europe/Paris", {"week": WEEK, "special": {"2026-05-05": []}})
    assert after_working(calendar, MONDAY, 0) == MONDAY.replace(hour=12, minute=0)
    # Five hours this afternoon, nothing on Tuesday, the last half an hour on Wednesday.
    assert after_working(calendar, MONDAY, 330) == MONDAY.replace(day=6, hour=7, minute=30)


def test_stores_with_the_same_hours_share_a_calendar():
    assert calendar_of("Europe/Paris", {"week": WEEK}) is calendar_of("Europe/Paris", {"week": WEEK})


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"week": WEEK[:6]}, "week"), ({"week": "always"}, "week"), ({"week": [[["9", "12:00"]]] * 7}, "week"),
        ({"week": [[["12:00", "09:00"]]] * 7}, "week"), ({"special": {"tomorrow": []}}, "special"),
        ({"special": []}, "special"), ({"week": [[[9, 12]]] * 7}, "week"),
    ],
)  # fmt: skip
def test_hours_nobody_can_keep_are_refused_by_name(hours, field):
    with pytest.raises(CalendarInvalid) as refused:
        calendar_of("Europe/Paris", hours)
    assert refused.value.field == field
