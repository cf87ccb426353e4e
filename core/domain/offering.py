"""Which stores an order is offered to, in which order, how long, and what follows when nobody claims it.

A store's rank is what an order costs there divided by the chance that it accepts: a near store that never answers is
dearer than a farther one that always does. Stores that could not keep the promise within the rule's tolerance, are
closed for too long, have no capacity or no stock are not asked; for each of them it is said why (`Barred`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from core.domain.calendar import Calendar, after_working, local_day, open_days


class Automatic(StrEnum):
    """Who claims for the best store: nobody, the core at once, or the core when the time is over."""

    NEVER = "never"
    AT_ONCE = "at_once"
    ON_TIMEOUT = "on_timeout"


@dataclass(frozen=True, slots=True)
class Rule:
    """One step: the `candidates` best stores have `timeout_minutes` of their own opening hours to claim.

    `days_late`: stores that will keep the promise no later than this many days after it are asked.
    """

    candidates: int = 5
    timeout_minutes: int = 30
    days_late: int = 0
    automatic: Automatic = Automatic.NEVER


@dataclass(frozen=True, slots=True)
class OfferSettings:
    """The body of a ruleset of kind "allocation". After its last rule the order is sourced as if it had none.

    `kinds`: kinds of location that compete; what sourcing gives to others is theirs at once. `channels`: of orders; ()
    is all. Costs in minor units of the division's currency. A store of which nothing is known accepts with
    `prior_permille`; that counts as much as `prior_weight` answers. `opens_within_minutes`: a closed store is asked
    when it opens so soon.
    """

    rules: tuple[Rule, ...] = (Rule(), Rule(days_late=2), Rule(days_late=5))
    kinds: tuple[str, ...] = ("store",)
    channels: tuple[str, ...] = ()
    base_cost_minor: int = 500
    km_cost_minor: int = 2
    prior_permille: int = 500
    prior_weight: int = 4
    history_days: int = 90
    opens_within_minutes: int = 720


class SettingsInvalid(ValueError):
    """A ruleset nobody can follow. `field`: where; `value`: what was given."""

    code = "allocation_rules_invalid"

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field}: {value!r} is out of range")
        self.field, self.value = field, repr(value)[:80]


RULE_RANGES: Final = {"candidates": (1, 500), "timeout_minutes": (1, 20_160), "days_late": (0, 60)}
SETTING_RANGES: Final = {
    "base_cost_minor": (0, 10**6), "km_cost_minor": (0, 10**4), "prior_permille": (1, 1000), "prior_weight": (1, 1000),
    "history_days": (1, 730), "opens_within_minutes": (0, 20_160),
}  # fmt: skip
MOST_RULES: Final = 20


def read_settings(body: Mapping[str, Any]) -> OfferSettings:
    """Of JSON; what is left out has its default. Raises SettingsInvalid, also for a name that means nothing."""
    for name in body:
        if name not in {"rules", "kinds", "channels", *SETTING_RANGES}:
            raise SettingsInvalid(name, body[name])
    values: dict[str, Any] = _integers("", body, SETTING_RANGES)
    for name in ("kinds", "channels"):
        if name in body:
            values[name] = _texts(name, body[name])
    if "rules" in body:
        rules = body["rules"]
        if not isinstance(rules, list) or not 1 <= len(rules) <= MOST_RULES:
            raise SettingsInvalid("rules", rules)
        values["rules"] = tuple(_rule(f"rules.{n}", rule) for n, rule in enumerate(rules))
    return OfferSettings(**values)


def _rule(path: str, body: Any) -> Rule:
    if not isinstance(body, Mapping) or not set(body) <= {"automatic", *RULE_RANGES}:
        raise SettingsInvalid(path, body)
    automatic = body.get("automatic", Automatic.NEVER.value)
    if automatic not in set(Automatic):
        raise SettingsInvalid(f"{path}.automatic", automatic)
    return Rule(**_integers(f"{path}.", body, RULE_RANGES), automatic=Automatic(automatic))


def _integers(path: str, body: Mapping[str, Any], ranges: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    found = {}
    for name, (least, most) in ranges.items():
        if name in body:
            value = body[name]
            if type(value) is not int or not least <= value <= most:
                raise SettingsInvalid(f"{path}{name}", value)
            found[name] = value
    return found


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SettingsInvalid(name, value)
    return tuple(value)


@dataclass(frozen=True, slots=True)
class History:
    """`asked`: offers that the store answered, let pass or gave back; `accepted`: those that it claimed and kept."""

    asked: int = 0
    accepted: int = 0


def chance_permille(history: History, settings: OfferSettings) -> int:
    """That the store accepts. Never 0: a store that always declined is dear, not infinitely so."""
    weight = settings.prior_weight
    chance = (history.accepted * 1000 + settings.prior_permille * weight) // (history.asked + weight)
    return min(1000, max(1, chance))


@dataclass(frozen=True, slots=True)
class Store:
    """What is known of a place that may be asked. `work`: orders it has to prepare or prepared today.

    `free`: units that may be promised, by SKU. `refused`: it was asked before and said no, or gave it back.
    `days_late`: after what the customer was promised, as far as the promise of the order can tell. `reached`: it can.
    `km`: None where nobody knows where the order goes. `paused`: its manager takes no new offers today.
    """

    location_id: str
    kind: str
    km: float | None
    calendar: Calendar
    free: Mapping[str, int]
    work: int = 0
    capacity_per_day: int | None = None
    history: History = field(default_factory=History)
    refused: bool = False
    days_late: int | None = None
    reached: bool = True
    paused: bool = False

    @property
    def days_of_work(self) -> int | None:
        return days_of_work(self.work, self.capacity_per_day)


@dataclass(frozen=True, slots=True)
class Ranked:
    """`until`: when the store has had its time."""

    location_id: str
    cost_minor: int
    chance_permille: int
    days_late: int
    until: datetime

    @property
    def expected_cost_minor(self) -> int:
        return self.cost_minor * 1000 // self.chance_permille


@dataclass(frozen=True, slots=True)
class Barred:
    """`code`: "other_kind", "paused", "refused", "no_stock", "no_capacity", "closed", "not_reached", "too_late" or
    "not_among_best".
    """

    location_id: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """`demand`: units by SKU. `target_at`: by when it must be ready, for stores of which no promise tells more."""

    demand: Mapping[str, int]
    target_at: datetime
    at: datetime


def rank(
    stores: Sequence[Store], asked: Asked, rule: Rule, settings: OfferSettings
) -> tuple[tuple[Ranked, ...], tuple[Barred, ...]]:
    """Those that are asked, best first, and why the others are not."""
    able: list[Ranked] = []
    barred: list[Barred] = []
    for store in stores:
        found = _judge(store, asked, rule, settings)
        if isinstance(found, Ranked):
            able.append(found)
        else:
            barred.append(found)
    able.sort(key=lambda one: (one.expected_cost_minor, one.days_late, one.location_id))
    chosen = able[: rule.candidates]
    for place, one in enumerate(able[rule.candidates :], rule.candidates + 1):
        told = {"rank": place, "expected_cost_minor": one.expected_cost_minor, "chance_permille": one.chance_permille}
        barred.append(Barred(one.location_id, "not_among_best", told))
    return tuple(chosen), tuple(barred)


def _judge(store: Store, asked: Asked, rule: Rule, settings: OfferSettings) -> Ranked | Barred:
    id = store.location_id
    if store.kind not in settings.kinds:
        return Barred(id, "other_kind", {"kind": store.kind})
    if store.paused:
        return Barred(id, "paused")
    if store.refused:
        return Barred(id, "refused")
    lacking = next((sku for sku, units in sorted(asked.demand.items()) if store.free.get(sku, 0) < units), None)
    if lacking is not None:
        return Barred(id, "no_stock", {"sku": lacking, "units": store.free.get(lacking, 0)})
    days = store.days_of_work
    if days is None:
        return Barred(id, "no_capacity")
    opens = after_working(store.calendar, asked.at, 0)
    until = after_working(store.calendar, asked.at, rule.timeout_minutes)
    ready = ready_day(store.calendar, asked.at, days)
    if opens is None or until is None or ready is None:
        return Barred(id, "closed")
    if opens - asked.at > timedelta(minutes=settings.opens_within_minutes):
        return Barred(id, "closed", {"opens_at": opens.isoformat()})
    if not store.reached:
        return Barred(id, "not_reached")
    late = store.days_late
    if late is None:
        late = max(0, (ready - local_day(store.calendar.timezone, asked.target_at)).days)
    if late > rule.days_late:
        return Barred(id, "too_late", {"days_late": late, "allowed": rule.days_late})
    cost = settings.base_cost_minor + round((store.km or 0.0) * settings.km_cost_minor)
    return Ranked(id, cost, chance_permille(store.history, settings), late, until)


def days_of_work(work: int, capacity_per_day: int | None) -> int | None:
    """Whole days that pass before the store gets to another order: 0 is today. None: it takes none at all."""
    if capacity_per_day is None:
        return 0
    return None if capacity_per_day <= 0 else work // capacity_per_day


def ready_day(calendar: Calendar, at: datetime, days: int) -> date | None:
    """The local day on which the store gets to it, counting the days on which it is open. None: never."""
    opens = after_working(calendar, at, 0)
    if opens is None:
        return None
    for count, day in enumerate(open_days(calendar, local_day(calendar.timezone, opens))):
        if count == days:
            return day
    return None
