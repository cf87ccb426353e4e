from datetime import date

import pytest

from core.adapters.public_holidays import holidays_of


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("FR", "", date(2026, 7, 14)),
        ("FR", "", date(2026, 4, 6)),  # Easter Monday
        ("be", "", date(2026, 7, 21)),
        ("DE", "", date(2026, 10, 3)),
        ("DE", "BY", date(2026, 1, 6)),
        ("MA", "", date(2026, 7, 30)),
    ],
)
def test_a_public_holiday_of_a_country_is_known_with_its_name(country: str, region: str, day: date):
    found = holidays_of(country, region, day.year)
    assert found is not None
    assert found[day]


def test_a_region_has_more_than_its_country():
    assert date(2026, 1, 6) not in (holidays_of("DE", "", 2026) or {})


def test_what_is_not_known_is_not_taken_for_no_holidays():
    assert holidays_of("XX", "", 2026) is None
    assert holidays_of("FR", "Atlantis", 2026) is None
