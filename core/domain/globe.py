"""How far places lie from each other: the great circle (haversine) on a sphere."""

import math
from typing import Any, Final

EARTH_RADIUS_M: Final = 6_371_000.0


def metres_between(latitude: float, longitude: float, latitudes: Any, longitudes: Any, maths: Any = math) -> Any:
    """Degrees in, metres out. Vectors of places with `maths=numpy`: this package knows the standard library only."""
    here, there = maths.radians(latitude), maths.radians(latitudes)
    half = maths.sin((there - here) / 2) ** 2
    half += maths.cos(here) * maths.cos(there) * maths.sin(maths.radians(longitudes - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_M * maths.asin(maths.sqrt(half))
