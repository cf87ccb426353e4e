"""How a store picks: one immutable process, made of the division's settings, the location's and what the run asks for.

Each level stores only what differs from the one before; what nobody sets has the default of `Process`. A wrong setting
is refused with the name of its field, never guessed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar

from core.domain.runs import Method
from core.domain.store_codes import StoreCodeRule, rule_of

LARGEST_WAVE = 200
MOST_STORE_CODES = 20


class ScanRule(StrEnum):
    EACH = "each"  # every unit is scanned
    FIRST = "first"  # the first unit of a stop is scanned, the rest confirmed
    NONE = "none"  # a tap is enough


class Expired(StrEnum):
    """What a scan of an article does whose label says that it is too old."""

    WARN = "warn"  # it counts, with a warning
    REFUSE = "refuse"


class Sequence(StrEnum):
    """What the walk is sorted by."""

    ZONE = "zone"
    CATEGORY = "category"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Process:
    method: Method = Method.MULTI
    sequence: Sequence = Sequence.ZONE
    scan: ScanRule = ScanRule.EACH
    location_scan: bool = False  # the shelf is scanned before its articles
    manual_entry: bool = True  # a code may be typed
    quantity_confirm: bool = False  # after one scan of a stop a quantity may be typed
    wave_size: int = 8  # orders
    override_roles: tuple[str, ...] = ("manager",)  # may count without the scan that is asked for
    upc_e: bool = False  # articles with UPC-E are sold: it hides inside EAN-13, so it is not read where it is not
    scan_by_category: Mapping[str, ScanRule] = field(default_factory=dict)
    expired: Expired = Expired.WARN
    store_codes: tuple[StoreCodeRule, ...] = ()  # what is printed at the scales; see core.domain.store_codes


class ProcessInvalid(ValueError):
    """A setting nobody can work with. `field`: its name, `value`: what was given, `expected`: what it takes."""

    code = "process_invalid"

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: {value!r} is not {expected}")
        self.field, self.value, self.expected = field, repr(value)[:80], expected


def resolve(
    division: Mapping[str, Any], location: Mapping[str, Any] | None = None, run: Mapping[str, Any] | None = None
) -> Process:
    """The division's settings, overridden by the location's, then by the run's.

    Scan rules of categories are overridden one category at a time. Raises ProcessInvalid for an unknown or wrong field.
    """
    settings: dict[str, Any] = {}
    categories: dict[str, ScanRule] = {}
    for level in (division, location or {}, run or {}):
        read = _read(level)
        categories |= read.pop("scan_by_category", {})
        settings |= read
    return Process(**settings, scan_by_category=categories)


def understood(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Without what only a newer version knows: a tablet that is not updated yet goes on with the rest."""
    return {name: value for name, value in settings.items() if name in _READERS}


def scan_rule_for(process: Process, category: str) -> ScanRule:
    return process.scan_by_category.get(category, process.scan)


def may_override_scan(process: Process, roles: Iterable[str]) -> bool:
    """Whether a person of these roles may count without the scan that is asked for."""
    return not set(process.override_roles).isdisjoint(roles)


E = TypeVar("E", bound=StrEnum)


def _choice(of: type[E]) -> Callable[[str, object], E]:
    def read(name: str, value: object) -> E:
        if isinstance(value, str) and value in set(of):
            return of(value)
        raise ProcessInvalid(name, value, "one of " + ", ".join(of))

    return read


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ProcessInvalid(name, value, "true or false")


def _wave(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_WAVE:
        return value
    raise ProcessInvalid(name, value, f"a whole number from 1 to {LARGEST_WAVE}")


def _roles(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(role, str) and role for role in value):
        return tuple(value)
    raise ProcessInvalid(name, value, "a list of roles")


def _categories(name: str, value: object) -> dict[str, ScanRule]:
    if not isinstance(value, Mapping):
        raise ProcessInvalid(name, value, "a scan rule for each category")
    return {str(category): _scan(f"{name}.{category}", rule) for category, rule in value.items()}


def _store_codes(name: str, value: object) -> tuple[StoreCodeRule, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_STORE_CODES:
        raise ProcessInvalid(name, value, f"a list of at most {MOST_STORE_CODES} patterns")
    rules: list[StoreCodeRule] = []
    for at, settings in enumerate(value):
        try:
            rules.append(rule_of(settings))
        except ValueError as wrong:
            raise ProcessInvalid(f"{name}.{at}", settings, str(wrong)) from None
    return tuple(rules)


_scan = _choice(ScanRule)
_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "method": _choice(Method),
    "sequence": _choice(Sequence),
    "scan": _scan,
    "location_scan": _flag,
    "manual_entry": _flag,
    "quantity_confirm": _flag,
    "wave_size": _wave,
    "override_roles": _roles,
    "upc_e": _flag,
    "scan_by_category": _categories,
    "expired": _choice(Expired),
    "store_codes": _store_codes,
}


def _read(level: Mapping[str, Any]) -> dict[str, Any]:
    for name in level:
        if name not in _READERS:
            raise ProcessInvalid(str(name), level[name], "a setting: " + ", ".join(f.name for f in fields(Process)))
    return {name: _READERS[name](name, value) for name, value in level.items()}
