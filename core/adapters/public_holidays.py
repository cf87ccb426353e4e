"""Public holidays of a country, from the `holidays` package: names in the country's own language, without a network."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays


@cache
def holidays_of(country: str, region: str, year: int) -> Mapping[date, str] | None:
    """`region`: code of a subdivision (ISO 3166-2 without the country), "" for what holds in all of the country.

    None where the package does not know the country or the region: nobody may take that for "no holidays".
    """
    try:
        return dict(holidays.country_holidays(country.upper(), subdiv=region or None, years=year))
    except NotImplementedError:
        return None
