"""Rules about stock, and which of them counts: the narrowest scope wins, and within a scope the owner's own rule.

Priority, first match wins: SKU + location, SKU, category + location, category, location, default. A category is looked
for from the article's own up to the root before the next kind of scope is tried.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FULL_BASIS_POINTS: Final = 10_000
MOST_UNITS: Final = 1_000_000


class RuleKind(StrEnum):
    SAFETY = "safety"  # units of a position that nobody may promise; owner: none
    EXCLUDE = "exclude"  # 1: not sold, 0: sold after all; owner: a virtual catalogue, or none for all
    SHARE = "share"  # what a brand may sell of a position; owner: a division
    THRESHOLD = "threshold"  # units kept back from a channel's sum; owner: a virtual catalogue
    INBOUND = "inbound"  # what is protected of supply that is on its way; owner: none


class Level(StrEnum):
    SKU_LOCATION = "sku_location"
    SKU = "sku"
    CATEGORY_LOCATION = "category_location"
    CATEGORY = "category"
    LOCATION = "location"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Scope:
    """ "" means any."""

    location_id: str = ""
    sku: str = ""
    category: str = ""

    @property
    def level(self) -> Level:
        if self.sku:
            return Level.SKU_LOCATION if self.location_id else Level.SKU
        if self.category:
            return Level.CATEGORY_LOCATION if self.location_id else Level.CATEGORY
        return Level.LOCATION if self.location_id else Level.DEFAULT


@dataclass(frozen=True, slots=True)
class Rule:
    """Exactly one of `units` and `basis_points` (hundredths of a per cent) is given."""

    id: str
    kind: RuleKind
    scope: Scope
    owner_id: str = ""
    units: int | None = None
    basis_points: int | None = None

    def amount(self, base: int) -> int:
        """Units; a percentage of `base` is rounded up, so that it protects, or lets sell, the last unit too."""
        if self.basis_points is None:
            return self.units or 0
        return -(-max(0, base) * self.basis_points // FULL_BASIS_POINTS)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is looked for. `categories`: the article's own first, then those above it."""

    location_id: str
    sku: str
    categories: tuple[str, ...] = ()


class RuleBook:
    """All rules, found by scope in a few look-ups."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_scope: dict[tuple[RuleKind, str, str, str, str], Rule] = {}
        for rule in self.rules:
            scope = rule.scope
            self._by_scope[(rule.kind, rule.owner_id, scope.location_id, scope.sku, scope.category)] = rule
        self._kinds = {rule.kind for rule in self.rules}
        self._articles = {rule.scope.sku for rule in self.rules}
        self.by_category = any(rule.scope.category for rule in self.rules)

    def has(self, kind: RuleKind) -> bool:
        return kind in self._kinds

    def names(self, sku: str) -> bool:
        """Whether any rule is about this very article; else all of its category have the same rules."""
        return sku in self._articles

    def find(self, kind: RuleKind, subject: Subject, owner_id: str = "") -> Rule | None:
        if kind not in self._kinds:
            return None
        for location_id, sku, category in scopes(subject):
            for owner in (owner_id, "") if owner_id else ("",):
                rule = self._by_scope.get((kind, owner, location_id, sku, category))
                if rule is not None:
                    return rule
        return None


def scopes(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """(location, SKU, category) in the order in which rules are looked for."""
    place = subject.location_id
    if place:
        yield place, subject.sku, ""
    yield "", subject.sku, ""
    if place:
        for category in subject.categories:
            yield place, "", category
    for category in subject.categories:
        yield "", "", category
    if place:
        yield place, "", ""
    yield "", "", ""


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Why a rule means nothing. `field` names what is wrong."""

    code: str
    field: str


OWNED: Final[Mapping[RuleKind, bool | None]] = {  # None: may have an owner
    RuleKind.SAFETY: False,
    RuleKind.EXCLUDE: None,
    RuleKind.SHARE: True,
    RuleKind.THRESHOLD: True,
    RuleKind.INBOUND: False,
}


def fault_of(rule: Rule) -> RuleFault | None:
    owned = OWNED[rule.kind]
    if owned is not None and owned is not bool(rule.owner_id):
        return RuleFault("rule_owner_missing" if owned else "rule_owner_not_allowed", "owner_id")
    if rule.scope.sku and rule.scope.category:
        return RuleFault("rule_scope_twice", "category")
    if rule.kind is RuleKind.THRESHOLD and rule.scope.location_id:
        return RuleFault("rule_scope_not_allowed", "location_id")
    if (rule.units is None) is (rule.basis_points is None):
        return RuleFault("rule_amount_missing" if rule.units is None else "rule_amount_twice", "units")
    if rule.kind in (RuleKind.EXCLUDE, RuleKind.THRESHOLD) and rule.units is None:
        return RuleFault("rule_amount_not_allowed", "basis_points")
    most = 1 if rule.kind is RuleKind.EXCLUDE else MOST_UNITS
    if rule.units is not None and not 0 <= rule.units <= most:
        return RuleFault("rule_amount_out_of_range", "units")
    if rule.basis_points is not None and not 0 <= rule.basis_points <= FULL_BASIS_POINTS:
        return RuleFault("rule_amount_out_of_range", "basis_points")
    return None
