"""How a store hands over: what is asked of who collects, and for how long it waits. Division, then location override.

As `core.domain.process`: each level stores only what differs, and a wrong setting is refused by its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

MOST_DAYS: Final = 60


class Identity(StrEnum):
    NONE = "none"
    ASK = "ask"  # the kind of document is noted when one was shown
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class CollectTerms:
    """`documents`: kinds that count ("identity_card", "passport" ...). Days are of the store's calendar."""

    identity: Identity = Identity.ASK
    documents: tuple[str, ...] = ("identity_card", "passport", "driving_licence")
    signature: bool = False
    shelf_scan: bool = True  # else a shelf may be typed
    pick_up_days: int = 7
    reminder_days: int = 4  # after it was ready; 0: none
    most_extra_days: int = 14  # in all, after the first pick-up-by date


class TermsInvalid(ValueError):
    """`field`: its name, `expected`: what it takes."""

    code = "collect_terms_invalid"

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: {value!r} is not {expected}")
        self.field, self.value, self.expected = field, repr(value)[:80], expected


def resolve(division: Mapping[str, Any], location: Mapping[str, Any] | None = None) -> CollectTerms:
    """Raises TermsInvalid for an unknown or wrong field."""
    settings: dict[str, Any] = {}
    for level in (division, location or {}):
        settings |= {name: _read(name, value) for name, value in level.items()}
    return CollectTerms(**settings)


def _read(name: str, value: object) -> Any:
    read = _READERS.get(name)
    if read is None:
        raise TermsInvalid(name, value, "one of " + ", ".join(sorted(_READERS)))
    return read(name, value)


def _identity(name: str, value: object) -> Identity:
    if isinstance(value, str) and value in set(Identity):
        return Identity(value)
    raise TermsInvalid(name, value, "one of " + ", ".join(Identity))


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise TermsInvalid(name, value, "true or false")


def _days(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_DAYS:
        return value
    raise TermsInvalid(name, value, f"a number of days from 0 to {MOST_DAYS}")


def _names(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(one, str) and 0 < len(one) <= 40 for one in value):
        return tuple(value)
    raise TermsInvalid(name, value, "a list of names")


_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "identity": _identity,
    "documents": _names,
    "signature": _flag,
    "shelf_scan": _flag,
    **{field.name: _days for field in fields(CollectTerms) if field.name.endswith("_days")},
}
