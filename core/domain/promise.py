"""The words of a delivery promise: what a customer may choose, what carriers do, what is answered and why.

Every number of an answer has its step in `explanation`; every method that cannot be chosen says its reasons. What had
to be assumed because data is missing is named in `degraded`, and then the promise is a safe one: later, never sooner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from core.domain.calendar import Calendar, Hours

# What had to be assumed about time: a promise with one of these is later by the safety days.
TIME_FLAGS: Final = frozenset(
    {"hours_unknown", "holidays_unknown", "timezone_unknown", "country_assumed", "stock_unreadable", "terms_unknown"}
)
# Working days that are added where something that decides about time had to be assumed.
SAFETY_DAYS: Final = 2
DEFAULT_WEIGHT_G: Final = 1_000  # of an article whose weight nobody knows


class MethodKind(StrEnum):
    HOME = "home"
    PICKUP_POINT = "pickup_point"
    COLLECT = "collect"  # from the store's own stock
    SHIP_TO_STORE = "ship_to_store"


TO_STORE: Final = frozenset({MethodKind.COLLECT, MethodKind.SHIP_TO_STORE})


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a service goes. Empty `postcodes` (prefixes) or `origins` (countries): any. The first that fits counts.

    `days`: delivery days after the parcel left, fastest and slowest. `grid`: (up to so many grams, minor units).
    """

    code: str
    countries: tuple[str, ...]
    days: tuple[int, int]
    grid: tuple[tuple[int, int], ...]
    postcodes: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a carrier. Weekdays: Monday is 0. Limits are those of one parcel; 0: none.

    `cm3_per_kg`: a parcel is priced by its volume where that counts for more than its weight; 0: by weight alone.
    `carbon_parcel_g` is emitted for every parcel, `carbon_kg_km_mg` for every kilogram and kilometre.
    """

    id: str
    carrier: str
    code: str
    pickup_days: frozenset[int]
    pickup_minutes: int
    delivery_days: frozenset[int]
    delivers: Hours
    max_weight_g: int
    max_length_mm: int
    max_girth_mm: int
    carbon_parcel_g: int
    carbon_kg_km_mg: int
    zones: tuple[Zone, ...]
    currency: str = "EUR"
    cm3_per_kg: int = 0


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a method costs in one currency. `countries` of destination; () = any. `tax_bp`: by country, 2000 is 20 %.

    `tax_included`: whether its prices hold the tax already, or it comes on top. `price_minor` None: by `grid`, as in
    `Zone`. `free_from_minor`: value of goods, in the division's currency, from which it is free.
    """

    currency: str
    tax_included: bool
    countries: tuple[str, ...] = ()
    tax_bp: Mapping[str, int] = field(default_factory=dict)
    grid: tuple[tuple[int, int], ...] = ()
    price_minor: int | None = None
    free_from_minor: int | None = None

    def is_for(self, country: str) -> bool:
        return not self.countries or country in self.countries


@dataclass(frozen=True, slots=True)
class Method:
    """`cutoff_minutes`: no later than this by the place's clock. `from_kinds`: empty = any. `max_km`: 0 = any distance.

    `price_minor`: a price of its own instead of the carrier's; `free_from_minor`: value of goods from which it is free.
    `receiving_minutes`: a store's work between the arrival of a parcel and "ready".
    """

    id: str
    code: str
    kind: MethodKind
    service: Service | None
    labels: Mapping[str, str]
    service_level: str = "standard"
    preparation_minutes: int = 120
    cutoff_minutes: int | None = None
    from_kinds: tuple[str, ...] = ()
    max_km: int = 0
    price_minor: int | None = None
    free_from_minor: int | None = None
    receiving_minutes: int = 60
    position: int = 0
    prices: tuple[PriceList, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where it goes: an address as far as it is known, or a store. `store_id` "": the customer chose none."""

    country: str = ""
    postcode: str = ""
    town: str = ""
    store_id: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked for of one article. Sizes and weight 0: not known."""

    sku: str
    quantity: int
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    price_minor: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """A step of an explanation or why not. `code` and `params` make its sentence in any language."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """What one place sends: units by SKU. Begun until `begins_at` it makes `leaves_at`, the last pick-up in time."""

    location_id: str
    begins_at: datetime
    leaves_at: datetime
    units: tuple[tuple[str, int], ...]
    parcels: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class Option:
    """A method that can be promised. `day`: the last day it may take, by the clock of `timezone`.

    `earliest_at`, `latest_at`: the window; equal where a moment is promised. Ordered until `cutoff_at` it stays true as
    long as the stock does. `target_at`: when the last part must leave. `price_minor` None: no list
    has one.
    """

    method: str
    kind: MethodKind
    day: date
    earliest_at: datetime
    latest_at: datetime
    timezone: str
    cutoff_at: datetime
    target_at: datetime
    parts: tuple[Part, ...]
    parcels: int
    carbon_g: int
    price_minor: int | None
    currency: str
    store_id: str
    degraded: tuple[str, ...]
    explanation: tuple[Reason, ...]
    service_level: str = "standard"
    carrier: str = ""
    tax_minor: int | None = None  # part of the price
    tax_bp: int | None = None


@dataclass(frozen=True, slots=True)
class NotPossible:
    method: str
    kind: MethodKind
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A destination as it was understood. `flags`: what had to be assumed of it; `timezone`: of the destination."""

    country: str
    postcode: str
    timezone: str
    flags: tuple[str, ...] = ()

    @property
    def unsure_of_time(self) -> bool:
        return not TIME_FLAGS.isdisjoint(self.flags)


def delivery_calendar(service: Service, timezone: str, holidays: tuple[tuple[date, str], ...]) -> Calendar:
    """When the carrier delivers at the destination."""
    week = tuple((service.delivers,) if day in service.delivery_days else () for day in range(7))
    return Calendar(timezone, week, holidays=holidays)


def zone_of_address(service: Service, origin: str, country: str, postcode: str) -> tuple[Zone | None, bool]:
    """(zone, whether the postcode was missing to tell). Without a postcode the slowest zone of the country counts."""
    fits = [
        zone for zone in service.zones if country in zone.countries and (not zone.origins or origin in zone.origins)
    ]
    if postcode or not any(zone.postcodes for zone in fits):
        plain = postcode.replace(" ", "").upper()
        found = (zone for zone in fits if not zone.postcodes or plain.startswith(zone.postcodes))
        return next(found, None), False
    return max(fits, key=lambda zone: (zone.days[1], zone.days[0]), default=None), True
