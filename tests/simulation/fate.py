"""How bad a simulated day may get, from its seed."""

from dataclasses import dataclass
from random import Random

from tests.simulation.network import Weather


@dataclass(frozen=True)
class Fate:
    """How bad a day may get. `skew`: whether clocks are wrong and jump. `fetching`: whether customers come."""

    weather: Weather
    deaths: float
    core_deaths: float
    poison: float
    skew: bool
    fetching: bool = True


def fate_of(rng: Random) -> Fate:
    bad = rng.choice((0.0, 0.1, 0.3))
    weather = Weather(lose=bad, double=rng.choice((0.0, bad)), slow=rng.choice((0.0, bad)), cut=rng.choice((0.0, bad)))
    deaths = (rng.choice((0.0, 0.02, 0.08)), rng.choice((0.0, 0.02, 0.08)))
    return Fate(weather, *deaths, poison=rng.choice((0.0, 0.03)), skew=rng.random() < 0.5)
