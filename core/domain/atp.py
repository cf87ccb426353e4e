"""Available to promise: one sum per article and channel, floored at zero, every step of which can be told.

At each activated location: on hand - reserved - declared unavailable - safety stock - what is kept for other brands,
nothing of it where the article is excluded, and never below zero: a lack in one place takes nothing from another. The
sum of the locations - the channel's threshold, floored at zero, is what can be sold from stock; supply that comes
within the channel's horizon is added by its date.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from core.domain.stock_rules import Rule, RuleBook, RuleKind, Subject


@dataclass(frozen=True, slots=True)
class Shelf:
    """One position. `safety`: its own protection, which counts as a rule for SKU + location; 0: it has none.

    `brand_reserved`: the part of `reserved` that the brand holds which asks.
    """

    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
    safety: int = 0
    brand_reserved: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.on_hand or self.reserved or self.unavailable)


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules that count for one article at one location, for one channel."""

    safety: Rule | None = None
    share: Rule | None = None
    exclude: Rule | None = None


NO_TERMS = Terms()


class Place(NamedTuple):
    """What one location adds: units = on_hand - reserved - unavailable - safety - segment - excluded + lacking."""

    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
    safety: int = 0
    segment: int = 0
    excluded: int = 0
    lacking: int = 0
    units: int = 0


NOWHERE = Place()
PLACE_FIELDS = Place._fields


def terms_of(book: RuleBook, subject: Subject, catalogue_id: str, division_id: str) -> Terms:
    if not book.rules:
        return NO_TERMS
    exclude = book.find(RuleKind.EXCLUDE, subject, catalogue_id)
    return Terms(
        book.find(RuleKind.SAFETY, subject),
        book.find(RuleKind.SHARE, subject, division_id),
        exclude if exclude is not None and exclude.units else None,
    )


def safety_of(shelf: Shelf, rule: Rule | None) -> int:
    """Units protected: the position's own figure before any rule."""
    if shelf.safety > 0:
        return shelf.safety
    return 0 if rule is None else rule.amount(shelf.on_hand)


def allowance(shelf: Shelf, terms: Terms) -> int | None:
    """Units that the brand may still take of a shared position; None: all. Its share is of what could be sold."""
    if terms.share is None:
        return None
    base = shelf.on_hand - shelf.unavailable - safety_of(shelf, terms.safety)
    return max(0, terms.share.amount(base) - shelf.brand_reserved)


def place_of(shelf: Shelf, terms: Terms) -> Place:
    """The sum at one location that the channel sells from."""
    if shelf.is_empty:
        return NOWHERE
    safety = safety_of(shelf, terms.safety)
    free = shelf.on_hand - shelf.reserved - shelf.unavailable - safety
    lacking = max(0, -free)
    free = max(0, free)
    allowed = allowance(shelf, terms)
    segment = 0 if allowed is None else max(0, free - allowed)
    excluded = free - segment if terms.exclude is not None else 0
    units = free - segment - excluded
    return Place(shelf.on_hand, shelf.reserved, shelf.unavailable, safety, segment, excluded, lacking, units)


class StepCode(StrEnum):
    """In the order of the sum."""

    ON_HAND = "on_hand"
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"
    SAFETY = "safety"
    SEGMENT = "segment"  # kept for other brands
    EXCLUDED = "excluded"
    LACKING = "lacking"  # below zero in one place, which takes nothing from another
    THRESHOLD = "threshold"
    FLOOR = "floor"  # a sum below zero is zero
    INBOUND = "inbound"


class Step(NamedTuple):
    """Signed units: the steps of a sum add up to it."""

    code: StepCode
    units: int


@dataclass(frozen=True, slots=True)
class Supply:
    """`units` that may be promised from `at` on, beside what is in stock; `id` names the inbound supply."""

    at: datetime
    units: int
    id: str = ""
    location_id: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the places; `locations`: how many have the article."""

    sum: Place = NOWHERE
    locations: int = 0
    threshold: int = 0

    @property
    def units(self) -> int:
        return max(0, self.sum.units - self.threshold)

    def steps(self, inbound: int = 0) -> tuple[Step, ...]:
        return tuple(_steps(self, inbound))


def _steps(total: Total, inbound: int) -> Iterator[Step]:
    on_hand, reserved, unavailable, safety, segment, excluded, lacking, units = total.sum
    yield Step(StepCode.ON_HAND, on_hand)
    if reserved:
        yield Step(StepCode.RESERVED, -reserved)
    if unavailable:
        yield Step(StepCode.UNAVAILABLE, -unavailable)
    if safety:
        yield Step(StepCode.SAFETY, -safety)
    if segment:
        yield Step(StepCode.SEGMENT, -segment)
    if excluded:
        yield Step(StepCode.EXCLUDED, -excluded)
    if lacking:
        yield Step(StepCode.LACKING, lacking)
    if total.threshold:
        yield Step(StepCode.THRESHOLD, -total.threshold)
    if total.threshold > units:
        yield Step(StepCode.FLOOR, total.threshold - units)
    if inbound:
        yield Step(StepCode.INBOUND, inbound)


def sum_of(places: Iterable[Place], threshold: int = 0) -> Total:
    totals = [0] * len(PLACE_FIELDS)
    count = 0
    for place in places:
        if place == NOWHERE:
            continue
        count += 1
        for index, units in enumerate(place):
            totals[index] += units
    return Total(Place(*totals), count, threshold)


@dataclass(frozen=True, slots=True)
class Coming:
    """Inbound supply as it is known: units still to come, promised already, and protected by its own level."""

    supply: Supply
    promised: int = 0
    protected: int = 0


def promisable(coming: Coming, rule: Rule | None) -> Supply:
    """What may be promised of it. Its own level of protection counts before a rule's."""
    outstanding = max(0, coming.supply.units)
    protected = coming.protected or (0 if rule is None else rule.amount(outstanding))
    units = max(0, outstanding - protected - coming.promised)
    return Supply(coming.supply.at, units, coming.supply.id, coming.supply.location_id)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Units by date: `now` from stock and supply of the horizon, then what each later date adds to a running sum."""

    now: int
    dates: tuple[Supply, ...] = field(default=())

    def at(self, moment: datetime) -> int:
        """Units that can be promised for `moment`."""
        return self.now + sum(one.units for one in self.dates if one.at <= moment)


def outlook(stock_units: int, supplies: Sequence[Supply], now: datetime, inbound_days: int) -> Outlook:
    """Supply within the horizon counts at once; all of it is told with its date. No horizon: no supply at all."""
    if inbound_days <= 0 or not supplies:
        return Outlook(stock_units)
    last = now + timedelta(days=inbound_days)
    within = sum(one.units for one in supplies if one.at <= last)
    later = sorted((one for one in supplies if one.at > last and one.units), key=lambda one: (one.at, one.id))
    return Outlook(stock_units + within, tuple(later))
