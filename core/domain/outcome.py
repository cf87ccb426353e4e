"""How a rule answers: a closed set of small values, each with a stable code for the wire, logs and translations.

A rule returns `(aggregate, outcome)`. The outcome's verdict says what a device may conclude when the core gives this
answer: `accepted`, `attention` (it happened and is kept, and a person must look) or `rejected` (it took no effect).
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    ATTENTION = "attention"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Base of every answer. Fields of a subclass are the parameters of its sentence: only str and int."""

    code: ClassVar[str] = ""
    verdict: ClassVar[Verdict] = Verdict.ACCEPTED

    def params(self) -> dict[str, str | int]:
        """The values its translated sentence names, by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
