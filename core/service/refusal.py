"""Why a service did not do what was asked: a value with a stable code, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    INVALID = "invalid"  # what was asked cannot be done as it stands
    UNKNOWN = "unknown"  # the thing it is about does not exist
    CONFLICT = "conflict"  # it exists, and is in a state that does not allow it
    STALE = "stale"  # somebody changed it since it was read
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` and `params` are translated; `remedy` tells a developer in English what to do about it."""

    code: str
    kind: Kind = Kind.INVALID
    params: Mapping[str, str | int] = field(default_factory=dict)
    remedy: str = ""


def unknown(thing: str, id: str) -> Refusal:
    return Refusal(f"{thing}_unknown", Kind.UNKNOWN, {"id": id}, f"There is no {thing} {id!r}.")


def stale(thing: str, version: int) -> Refusal:
    remedy = f"Read the {thing} again, look at what changed, and send the change with its new version."
    return Refusal("stale_version", Kind.STALE, {"thing": thing, "version": version}, remedy)
