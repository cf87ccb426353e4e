"""A division's sourcing rules as one immutable value: strategies, each with its condition, filters and objective.

The first strategy whose condition holds decides. Money in minor units, distances in km, weights in grams.
Read from and written to plain JSON by `core.domain.ruleset_document`.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from core.domain.weight_steps import step_or_last


class Criterion(StrEnum):
    """What a choice of places costs. Each adds up over shipments, units, or both; less is better.

    shipments: 1 each. priority: rank of the kind of location in `prefer`. proximity: metres. cost: price grid of the
    carrier. lead_time: minutes of preparation and way. capacity: load of the day in thousandths. performance: rejected
    units in thousandths. carbon: grams. cover: thousandths of its stock that a unit takes.
    """

    SHIPMENTS = "shipments"
    PRIORITY = "priority"
    PROXIMITY = "proximity"
    COST = "cost"
    LEAD_TIME = "lead_time"
    CAPACITY = "capacity"
    PERFORMANCE = "performance"
    CARBON = "carbon"
    COVER = "cover"


# What one point of weight stands for: a shipment, a rank, a km, a unit of money, an hour, a tenth, a kg.
NATURAL_UNIT: Final[Mapping[Criterion, int]] = MappingProxyType(
    {
        Criterion.SHIPMENTS: 1, Criterion.PRIORITY: 1, Criterion.PROXIMITY: 1000, Criterion.COST: 100,
        Criterion.LEAD_TIME: 60, Criterion.CAPACITY: 100, Criterion.PERFORMANCE: 100, Criterion.CARBON: 1000,
        Criterion.COVER: 100,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """Which orders are meant; an empty field asks nothing. `tiers`: the order's own, else its customer's."""

    channels: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    service_levels: tuple[str, ...] = ()
    min_value_minor: int | None = None
    max_value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which locations may be asked; an empty field asks nothing. `min_left`: units of an article that stay there."""

    kinds: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    exclude_locations: tuple[str, ...] = ()
    same_country: bool = False
    max_km: int | None = None
    min_left: int = 0
    max_load_percent: int | None = None
    max_rejection_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Partial:
    """Part of an order may go ahead only where what goes and what stays behind are both worth so much."""

    min_sent_minor: int = 0
    min_waiting_minor: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """Stock that is announced within `max_days` of the order is waited for where that saves so many shipments.

    A part that would have to wait anyway counts as a shipment of its own.
    """

    max_days: int
    saves_shipments: int = 1


@dataclass(frozen=True, slots=True)
class Release:
    """Orders are sourced at these times of day only ("06:00"), by the clock of `timezone`."""

    times: tuple[str, ...]
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Consolidate:
    """Instead of `from_shipments` or more, all parts travel to one place and leave from there in one shipment.

    `at`: the places that may gather them; empty: all of these `kinds`. `max_extra_minutes`: how much later it may be.
    """

    at: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    from_shipments: int = 2
    max_extra_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Orders that somebody looks at before anybody works on them: held with this reason from the beginning."""

    reason: str
    when: When = When()


@dataclass(frozen=True, slots=True)
class Strategy:
    """`weights` empty: the criteria count in their order; else by their points. `max_splits`: shipments beyond one.

    Without `allow_quantity_split` a line comes whole from one location, or not at all. `fallback`: the strategy that is
    tried where this one leaves something unfilled; the one that leaves less decides. `cooling_off_minutes`: how long an
    order is left alone after it was placed.
    """

    name: str = "standard"
    when: When = When()
    filters: Filters = Filters()
    criteria: tuple[Criterion, ...] = (Criterion.SHIPMENTS, Criterion.PRIORITY, Criterion.PROXIMITY)
    weights: Mapping[Criterion, int] = field(default_factory=dict)
    prefer: tuple[str, ...] = ()
    max_splits: int | None = None
    allow_quantity_split: bool = True
    partial: Partial | None = None
    wait: Wait | None = None
    fallback: str = ""
    consolidate: Consolidate | None = None
    cooling_off_minutes: int = 0
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A row of the carrier's price grid: up to this distance a parcel costs `base_minor` and so much for a kg.

    `steps`: and what its step of weight costs (`core.domain.weight_steps`).
    """

    up_to_km: int
    base_minor: int
    per_kg_minor: int
    steps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """What a parcel takes on its way: for the criteria lead_time and carbon. `gathering_minutes`: to consolidate."""

    preparation_minutes: Mapping[str, int] = field(default_factory=lambda: {"store": 240, "warehouse": 120})
    gathering_minutes: int = 60
    km_per_day: int = 500
    carbon_g_per_parcel: int = 200
    carbon_g_per_tonne_km: int = 140


@dataclass(frozen=True, slots=True)
class Resourcing:
    """`ask_again`: a place that refused or was short may be asked again for the same order.

    `start_within_minutes`: work that nobody has begun after so long goes to another place; 0: it stays. `when_late`:
    so does work that is not begun when its promise is at risk, where another place can still keep it.
    """

    ask_again: bool = False
    start_within_minutes: int = 0
    when_late: bool = True


DEFAULT_GRID: Final = (Zone(50, 490, 40), Zone(300, 590, 55), Zone(1000, 690, 75), Zone(20_000, 1290, 220))


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Of a division. `node_limit`: steps of the search after which it says what it has proved and what not.

    `services`: by name ("engraving") the places that offer it, where all parts of an order that wants it are gathered.
    """

    strategies: tuple[Strategy, ...] = (Strategy(),)
    grid: tuple[Zone, ...] = DEFAULT_GRID
    way: Way = Way()
    resourcing: Resourcing = Resourcing()
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    alternatives: bool = True
    node_limit: int = 5_000


@dataclass(frozen=True, slots=True)
class Profile:
    """What conditions ask of an order."""

    channel: str = ""
    tier: str = ""
    country: str = ""
    service_level: str = ""
    value_minor: int = 0


DEFAULT: Final = Ruleset()


def holds(when: When, order: Profile) -> bool:
    asked = (
        (when.channels, order.channel), (when.tiers, order.tier), (when.countries, order.country),
        (when.service_levels, order.service_level),
    )  # fmt: skip
    if any(allowed and value not in allowed for allowed, value in asked):
        return False
    if when.min_value_minor is not None and order.value_minor < when.min_value_minor:
        return False
    return when.max_value_minor is None or order.value_minor <= when.max_value_minor


def check_of(ruleset: Ruleset, order: Profile) -> str:
    """Reason of the first check that an order meets; ""."""
    return next((one.reason for one in ruleset.checks if holds(one.when, order)), "")


def strategies_for(ruleset: Ruleset, order: Profile) -> tuple[Strategy, ...]:
    """The one that decides, and its fallbacks in turn. Where no condition holds, the last strategy decides."""
    if len(ruleset.strategies) == 1:
        return ruleset.strategies
    first = next((one for one in ruleset.strategies if holds(one.when, order)), ruleset.strategies[-1])
    by_name = {one.name: one for one in ruleset.strategies}
    chain = [first]
    while (following := by_name.get(chain[-1].fallback)) is not None and following not in chain:
        chain.append(following)
    return tuple(chain)


def parts_allowed(rule: Partial | None, sent_minor: int, waiting_minor: int) -> bool:
    """Whether an order may be cut into what goes now and what waits."""
    if rule is None or not sent_minor or not waiting_minor:
        return True
    return sent_minor >= rule.min_sent_minor and waiting_minor >= rule.min_waiting_minor


def parcel_cost_minor(ruleset: Ruleset, metres: int, grams: int) -> float:
    """By the carrier's price grid; beyond its last zone as in it, and so with its steps of weight."""
    zone = zone_of(ruleset, metres)
    step = step_or_last(zone.steps, grams)
    return zone.base_minor + grams * zone.per_kg_minor / 1000 + (step[1] if step else 0)


def zone_of(ruleset: Ruleset, metres: int) -> Zone:
    number = bisect_left(ruleset.grid, metres / 1000, key=lambda one: one.up_to_km)
    return ruleset.grid[min(number, len(ruleset.grid) - 1)]


def parcel_carbon_g(ruleset: Ruleset, metres: int, grams: int) -> float:
    way = ruleset.way
    return way.carbon_g_per_parcel + grams * metres * way.carbon_g_per_tonne_km / 1e9


def parcel_minutes(ruleset: Ruleset, kind: str, metres: int) -> int:
    """Preparation and way."""
    way = ruleset.way
    return way.preparation_minutes.get(kind, 0) + metres * 1440 // (way.km_per_day * 1000)
