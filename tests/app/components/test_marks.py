"""Times are told on the store's clock, with what is left of them in words."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.components.marks import Due, due
from app.i18n import translations
from core.domain.worklist import Urgency
from tests.support.store_world import NOW

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("after", "when", "left", "urgency"),
    [
        (timedelta(minutes=-1), "09:59", "1 minute late", Urgency.OVERDUE),
        (timedelta(minutes=60), "11:00", "1 hour left", Urgency.URGENT),
        (timedelta(minutes=61), "11:01", "", Urgency.LATER),
        (timedelta(hours=15), "tomorrow 01:00", "", Urgency.LATER),
        (timedelta(days=3), "5 Mar 10:00", "", Urgency.LATER),
    ],
)
def test_a_target_is_told_as_people_speak_of_it(after: timedelta, when: str, left: str, urgency: Urgency) -> None:
    assert due(translations("en"), NOW + after, NOW, PARIS) == Due(when, left, urgency)


def test_yesterday_is_yesterday_on_the_stores_clock() -> None:
    told = due(translations("en"), NOW - timedelta(hours=11), NOW, PARIS)
    assert told.when.startswith("yesterday 23:00")
    assert told == Due(told.when, "11 hours late", Urgency.OVERDUE)
