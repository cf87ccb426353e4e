"""What rows say, compared between core and device a part at a time: sums (`core.contract.sums`) know versions only.

A digest is sha256 of the rows of one of 64 slices, each with its body as plain JSON in one order of names. It is made
of the dataclasses, not of bytes, so that neither side has to keep what travelled; `form_of` says which dataclasses,
and rows of two forms are not compared.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, get_args, get_type_hints

from core.contract.offers import Offer
from core.contract.reference import Carrier, Division, Location, Packaging, Position, Reason, User, Variant
from core.contract.sums import RANGES, range_of
from core.contract.sync import ENTITIES, Group, VerdictDocument
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.runs import PickRun

SLICES: Final = 64
KINDS: Final[Mapping[str, type[Any]]] = {
    "division": Division,
    "location": Location,
    "user": User,
    "reason": Reason,
    "carrier": Carrier,
    "packaging": Packaging,
    "fulfilment": Fulfilment,
    "run": PickRun,
    "manifest": Manifest,
    "collection": Collection,
    "offer": Offer,
    "verdict": VerdictDocument,
    "position": Position,
    "variant": Variant,
}


def place_on(day: date) -> int:
    """Whose turn it is, so that all of them have had one after 64 days, and devices of one day ask for the same."""
    return day.toordinal() % SLICES


def is_in(place: int, entity: str, id: str) -> bool:
    return range_of(entity, id) % SLICES == place


def ranges_of(place: int) -> tuple[int, ...]:
    """The ranges of sums that a slice is made of."""
    return tuple(range(place, RANGES, SLICES))


def digest(rows: Iterable[tuple[str, str, int, Any]]) -> str:
    """`rows`: (entity, id, version, body as its dataclass), in any order. Hexadecimal.

    Without what PINs are compared with: a device that saw too many wrong ones has forgotten it, and keeps it so.
    """
    lines = sorted(
        (entity, id, ver, json.dumps(_plain(_compared(body)), sort_keys=True)) for entity, id, ver, body in rows
    )
    return sha256(json.dumps(lines).encode()).hexdigest()


def _compared(body: Any) -> Any:
    return replace(body, pin_hash="") if isinstance(body, User) else body


@lru_cache
def form_of(group: Group) -> str:
    """Of the dataclasses that its rows are: another one where an app or core knows other fields."""
    seen: dict[str, str] = {}
    for entity in ENTITIES[group]:
        _note_shape(KINDS[entity], seen)
    return sha256(json.dumps(sorted(seen.items())).encode()).hexdigest()[:16]


def _note_shape(kind: Any, seen: dict[str, str]) -> None:
    for inner in get_args(kind):
        _note_shape(inner, seen)
    if not is_dataclass(kind) or not isinstance(kind, type) or kind.__name__ in seen:
        return
    hints = get_type_hints(kind)
    seen[kind.__name__] = ", ".join(f"{field.name}: {hints[field.name]}" for field in fields(kind))
    for hint in hints.values():
        _note_shape(hint, seen)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return int(value)  # 48.0 and 48 are one number, and JSON does not always tell which it was
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case tuple() | list():
            return [_plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(_plain(inner) for inner in value)
    return value
