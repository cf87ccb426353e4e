"""What is said about a command when it is made, and the two answers that only the outbox gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who, when, and which tap or scan. `id`: UUIDv7; `at`: aware UTC by the device's clock.

    `intent` is made when the screen or the scan starts: a double tap has one intent, so it makes one command.
    """

    id: str
    intent: str
    user_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlreadySubmitted(Outcome):
    """The same intent made a command before; nothing was done now."""

    code: ClassVar[str] = "already_submitted"


@dataclass(frozen=True, slots=True)
class Asked(Outcome):
    """A claim or a request about an offer: the core alone decides, and until its verdict came nothing is so."""

    code: ClassVar[str] = "asked"
