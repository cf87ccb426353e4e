"""Reference documents of the feed: a store's configuration, who works there, what it sells, what is on its shelves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from core.domain.stock import StockEffect as StockEffect
from core.domain.stock import StockTarget as StockTarget

# What the core gives as a reason itself: nobody chooses it, no retailer has to name it, the app has words for it.
GATHERING: Final = "gathering"  # holds what waits for other parts of its order
STOCK_CORRECTED: Final = "stock_corrected"  # units were promised that a count did not find
OWN_REASONS: Final = (
    GATHERING, STOCK_CORRECTED, "cancelled", "closed", "do_not_honour", "expired_card", "given_after_end",
    "given_after_put_back", "insufficient_funds", "kept_after_refund", "late", "location_closed", "maybe_refunded",
    "no_answer", "not_collected", "not_taken", "paid_twice", "stock_gone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    id: str  # code, for example "not_found"
    usage: str  # "short" | "put_back" | "hold" | "unpack" | "refuse"
    labels: Mapping[str, str]  # language -> text
    effect: StockEffect = StockEffect.NONE
    target: StockTarget = StockTarget.ATP
    collateral: bool = False  # offers to report the same article short in the store's other orders
    position: int = 0


@dataclass(frozen=True, slots=True)
class Division:
    """A brand in a region."""

    id: str
    code: str
    name: str
    brand: str
    colour: str  # "#rrggbb"
    currency: str
    country: str
    process: Mapping[str, Any] = field(default_factory=dict)  # see core.domain.process
    collect: Mapping[str, Any] = field(default_factory=dict)  # see core.domain.collect_terms


@dataclass(frozen=True, slots=True)
class Location:
    id: str
    code: str
    name: str
    kind: str  # "store" | "warehouse"
    street: str
    postcode: str
    town: str
    country: str
    timezone: str
    division_ids: tuple[str, ...]
    zones: tuple[str, ...]  # in walking order
    process: Mapping[str, Any] = field(default_factory=dict)  # only what differs from the division's
    phone: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    demo: bool = False  # the sign-in page may show the demo PINs
    collect: Mapping[str, Any] = field(default_factory=dict)  # only what differs from the division's
    offers_paused_until: datetime | None = None  # a manager said: no more offers today


@dataclass(frozen=True, slots=True)
class User:
    id: str
    login: str
    name: str
    language: str
    pin_hash: str  # argon2id, PHC string; "" = cannot sign in on a tablet
    permissions: tuple[str, ...]  # at this location, resolved from roles
    roles: tuple[str, ...] = ()
    active: bool = True
    demo_pin: str = ""  # only ever set by the demo data


@dataclass(frozen=True, slots=True)
class Carrier:
    id: str
    code: str
    name: str
    services: tuple[str, ...]
    pickup_time: str  # "HH:MM" local time of the store
    gs1_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Packaging:
    id: str
    labels: Mapping[str, str]
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    position: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """Stock of one SKU in the store, and where it lies. `shelf = on_hand - picked`."""

    id: str  # the SKU
    on_hand: int
    reserved: int
    picked: int
    unavailable: int
    safety: int
    zone: str
    place: str  # shelf or bin, as written on it


@dataclass(frozen=True, slots=True)
class Variant:
    id: str  # the SKU
    product_id: str
    division_id: str
    name: str
    brand: str
    category: str
    colour: str
    size: str
    gtins: tuple[str, ...]  # 14 digits each
    price_minor: int
    currency: str
    weight_g: int
    image: str = ""
