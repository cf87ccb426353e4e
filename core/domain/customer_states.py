"""What a division calls the states that its customers are told: any of them may have another code, or share one.

    states_of({"being_prepared": {"code": "in_progress", "texts": {"en": "In progress", "fr": "En cours"}}})

A division that says nothing tells the states as they are. Two states of the same code are one state for customers, so
they must have the same texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.domain.order import CustomerState

MOST_TEXT: Final = 120
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


class CustomerStatesInvalid(ValueError):
    """`field`: where; `expected`: what would be right."""

    code = "customer_states_invalid"

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.field, self.expected = field, expected


@dataclass(frozen=True, slots=True)
class Told:
    """`texts`: by language; {}: whoever shows it has words for the code."""

    code: str
    texts: Mapping[str, str] = field(default_factory=dict)


def states_of(given: Mapping[str, Any]) -> Mapping[CustomerState, Told]:
    """For every state. Raises CustomerStatesInvalid."""
    for name in given:
        if name not in {state.value for state in CustomerState}:
            raise CustomerStatesInvalid(name, f"one of: {', '.join(CustomerState)}")
    told = {state: _told(state.value, given.get(state.value)) for state in CustomerState}
    by_code: dict[str, Told] = {}
    for state, one in told.items():
        if by_code.setdefault(one.code, one) != one:
            raise CustomerStatesInvalid(f"{state}.texts", f"the texts that other states of code {one.code} have")
    return told


def _told(state: str, given: Any) -> Told:
    if given is None:
        return Told(state)
    if not isinstance(given, Mapping) or not set(given) <= {"code", "texts"}:
        raise CustomerStatesInvalid(state, "an object with code and texts")
    code, texts = given.get("code", state), given.get("texts", {})
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise CustomerStatesInvalid(f"{state}.code", "small letters, digits and underscores, at most 40")
    if not isinstance(texts, Mapping):
        raise CustomerStatesInvalid(f"{state}.texts", "texts by language")
    for language, text in texts.items():
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise CustomerStatesInvalid(f"{state}.texts.{language}", "a language such as fr or fr-CA")
        if not isinstance(text, str) or not 0 < len(text.strip()) <= MOST_TEXT:
            raise CustomerStatesInvalid(f"{state}.texts.{language}", f"1 to {MOST_TEXT} characters")
    return Told(code, dict(texts))
