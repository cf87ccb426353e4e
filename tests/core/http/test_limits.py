from datetime import timedelta

import pytest

from core.http import limits
from core.http.limits import WINDOW, Limit
from core.http.problems import ProblemError
from tests.support.core import NOW


def test_who_tried_too_often_waits_until_the_oldest_try_is_forgotten():
    limit = Limit(2)
    for minute in (0, 3):
        limit.check("one", NOW + timedelta(minutes=minute))
        limit.note("one", NOW + timedelta(minutes=minute))
    with pytest.raises(ProblemError) as refused:
        limit.check("one", NOW + timedelta(minutes=4))
    assert refused.value.headers == {"Retry-After": "361"}
    limit.check("two", NOW)
    limit.check("one", NOW + WINDOW)


def test_names_are_forgotten_before_the_memory_is_full(monkeypatch):
    monkeypatch.setattr(limits, "MOST_NAMES", 3)
    limit = Limit(1)
    for number in range(10):
        limit.note(str(number), NOW)
    limit.check("0", NOW)
    with pytest.raises(ProblemError):
        limit.check("9", NOW)
