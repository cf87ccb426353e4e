"""Rulesets as people write them: JSON in, a value out, or every mistake with its place.

A document without `strategies` is one strategy of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, asdict, dataclass, fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from core.domain.calendar import parse_time, zone_of
from core.domain.ruleset import Criterion, Release, Ruleset, Strategy

MOST_STRATEGIES: Final = 20
KINDS: Final = ("store", "warehouse")
LARGEST: Final = 2 * 10**9
LONGEST_TEXT: Final = 64


@dataclass(frozen=True, slots=True)
class Mistake:
    """`place`: path in the document, for example "strategies.0.filters.max_km"."""

    place: str
    code: str
    value: str = ""


def read(document: Mapping[str, Any]) -> Ruleset | tuple[Mistake, ...]:
    mistakes: list[Mistake] = []
    whole = dict(document)
    if "strategies" not in whole:
        own = {one.name for one in fields(Strategy)}
        whole["strategies"] = [{name: whole.pop(name) for name in list(whole) if name in own}]
    made = _object(Ruleset, whole, "", mistakes)
    if made is None or mistakes:
        return tuple(mistakes)
    assert isinstance(made, Ruleset)
    mistakes += _sense(made)
    return tuple(mistakes) if mistakes else made


def write(ruleset: Ruleset) -> dict[str, Any]:
    """The whole document, defaults written out."""
    return {name: _plain(value) for name, value in asdict(ruleset).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


def _object(kind: type, value: Any, place: str, mistakes: list[Mistake]) -> Any:
    if not isinstance(value, Mapping):
        mistakes.append(Mistake(place, "not_an_object", repr(value)[:80]))
        return None
    known: dict[str, Field[Any]] = {one.name: one for one in fields(kind)}
    mistakes += [Mistake(_at(place, str(name)), "unknown_field") for name in value if name not in known]
    hints = get_type_hints(kind)
    for name, one in known.items():
        if name not in value and one.default is MISSING and one.default_factory is MISSING:
            mistakes.append(Mistake(_at(place, name), "field_missing"))
    given = {name: _value(hints[name], value[name], _at(place, name), mistakes) for name in known if name in value}
    return None if mistakes else kind(**given)


def _value(hint: Any, value: Any, place: str, mistakes: list[Mistake]) -> Any:
    if isinstance(hint, UnionType):
        inner = next(one for one in get_args(hint) if one is not type(None))
        return None if value is None else _value(inner, value, place, mistakes)
    origin = get_origin(hint)
    if origin is tuple and isinstance(value, list | tuple):
        inner = get_args(hint)[0]
        return tuple(_value(inner, one, _at(place, str(n)), mistakes) for n, one in enumerate(value))
    if origin is not None and origin is not tuple and isinstance(value, Mapping):
        key, inner = get_args(hint)
        return {
            _value(key, name, _at(place, str(name)), mistakes): _value(inner, one, _at(place, str(name)), mistakes)
            for name, one in value.items()
        }
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint, value, place, mistakes)
    return _leaf(hint, value, place, mistakes)


def _leaf(hint: Any, value: Any, place: str, mistakes: list[Mistake]) -> Any:
    if hint is Criterion and value in set(Criterion):
        return Criterion(value)
    if hint is int and type(value) is int and 0 <= value <= LARGEST:
        return value
    if hint in (str, bool) and type(value) is hint and len(str(value)) <= LONGEST_TEXT:
        return value
    code = "number_out_of_range" if hint is int and type(value) is int else "value_malformed"
    mistakes.append(Mistake(place, code, repr(value)[:80]))
    return None


def _sense(ruleset: Ruleset) -> list[Mistake]:
    """What fits its type and still cannot be meant."""
    names = [one.name for one in ruleset.strategies]
    found: list[Mistake] = []
    if not 1 <= len(names) <= MOST_STRATEGIES:
        found.append(Mistake("strategies", "number_out_of_range", str(len(names))))
    found += [Mistake("strategies", "name_twice", name) for name in sorted(set(names)) if names.count(name) > 1]
    for number, one in enumerate(ruleset.strategies):
        found += _sense_of(one, f"strategies.{number}", names)
    grid = [zone.up_to_km for zone in ruleset.grid]
    if not grid or grid != sorted(set(grid)):
        found.append(Mistake("grid", "not_rising"))
    for number, zone in enumerate(ruleset.grid):
        steps = [step for step in zone.steps if len(step) == 2]
        if len(steps) < len(zone.steps):
            found.append(Mistake(f"grid.{number}.steps", "value_malformed"))
        elif [up_to for up_to, _ in steps] != sorted({up_to for up_to, _ in steps}) or steps != sorted(
            steps, key=lambda step: step[1]
        ):
            found.append(Mistake(f"grid.{number}.steps", "not_rising"))
    found += [Mistake(f"checks.{n}.reason", "field_missing") for n, one in enumerate(ruleset.checks) if not one.reason]
    found += [Mistake(f"services.{name}", "nobody_can_match") for name, ids in ruleset.services.items() if not ids]
    if not ruleset.way.km_per_day:
        found.append(Mistake("way.km_per_day", "number_out_of_range", "0"))
    return found


def _sense_of(one: Strategy, place: str, names: list[str]) -> list[Mistake]:
    found: list[Mistake] = []
    if not one.criteria or len(set(one.criteria)) < len(one.criteria):
        found.append(Mistake(f"{place}.criteria", "criteria_twice_or_none"))
    if one.weights and set(one.weights) != set(one.criteria):
        found.append(Mistake(f"{place}.weights", "weights_not_of_criteria"))
    if one.fallback and one.fallback not in names:
        found.append(Mistake(f"{place}.fallback", "unknown_strategy", one.fallback))
    kinds = (*one.prefer, *one.filters.kinds, *(one.consolidate.kinds if one.consolidate else ()))
    found += [Mistake(place, "unknown_kind", kind) for kind in sorted(set(kinds) - set(KINDS))]
    low, high = one.when.min_value_minor, one.when.max_value_minor
    if low is not None and high is not None and low > high:
        found.append(Mistake(f"{place}.when", "nobody_can_match"))
    if one.consolidate and not (one.consolidate.at or one.consolidate.kinds):
        found.append(Mistake(f"{place}.consolidate", "nobody_can_match"))
    return found + (_sense_of_times(one.release, f"{place}.release") if one.release else [])


def _sense_of_times(release: Release, place: str) -> list[Mistake]:
    found = [] if release.times else [Mistake(f"{place}.times", "field_missing")]
    given: list[tuple[Callable[[str], object], str, str]] = [
        (parse_time, f"{place}.times", time) for time in release.times
    ]
    given.append((zone_of, f"{place}.timezone", release.timezone))
    for understand, where, value in given:
        try:
            understand(value)
        except ValueError:
            found.append(Mistake(where, "value_malformed", value))
    return found


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
