"""The words of the step machine: what can happen to it, and what it can ask for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from core.contract.sync import Group

HANDED_OVER_AFTER = 3  # times that the same command was set aside: a bad network alone does not do that
TIRED_OF_DOUBT = 4  # comparisons of rows in a row that went wrong: the device goes on with what it has
Connection = Literal["connecting", "online", "offline", "paused", "revoked", "upgrade_required"]


class Failure(StrEnum):
    """Why a step failed, as far as it decides what to do next; one for each leaf of sync.errors."""

    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    UNAUTHORISED = "unauthorised"
    REVOKED = "revoked"
    RESET = "reset_required"
    TOO_LARGE = "too_large"
    UPGRADE = "upgrade_required"
    CORE_OUTDATED = "core_outdated"
    REFUSED = "refused"
    INVALID = "invalid_answer"
    STORAGE = "storage"
    NO_SPACE = "no_space"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Started:
    """The app runs (again), or the device was enrolled anew. `queued`: commands that may be pushed."""

    queued: int


@dataclass(frozen=True, slots=True)
class CommandsWaiting:
    queued: int


@dataclass(frozen=True, slots=True)
class PushAnswered:
    """`queued`: still to be pushed; `after_s`: when those that were pushed without a decision may be offered again."""

    queued: int
    decided: int
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PushFailed:
    """`sent`: commands in the batch."""

    failure: Failure
    sent: int
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class PullDone:
    """`queued`: commands to be pushed, those included that this pull put back into the queue."""

    group: Group
    queued: int


@dataclass(frozen=True, slots=True)
class PullFailed:
    """`gained`: part of a file has come, which is not fetched again."""

    group: Group
    failure: Failure
    retry_after_s: float | None = None
    gained: bool = False


@dataclass(frozen=True, slots=True)
class ResetDone:
    """The cursor is dropped. `queued`: with the kept commands, which are offered again."""

    group: Group
    queued: int


@dataclass(frozen=True, slots=True)
class TokenRefreshed:
    pass


@dataclass(frozen=True, slots=True)
class RefreshFailed:
    failure: Failure
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class PokesOpened:
    pass


@dataclass(frozen=True, slots=True)
class PokesClosed:
    failure: Failure
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Poked:
    group: Group


@dataclass(frozen=True, slots=True)
class WentForeground:
    pass


@dataclass(frozen=True, slots=True)
class WentBackground:
    pass


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event = (
    Started | CommandsWaiting | PushAnswered | PushFailed | PullDone | PullFailed | ResetDone | TokenRefreshed
    | RefreshFailed | PokesOpened | PokesClosed | Poked | WentForeground | WentBackground | Tick
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Push:
    """The oldest queued commands: at most `limit`, and no more bytes than that (one command goes whatever its size)."""

    limit: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """The oldest queued command breaks the connection or is too large, even alone: leave it out for a while.

    The time that makes HANDED_OVER_AFTER it is handed over to head office instead.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Pull:
    group: Group


@dataclass(frozen=True, slots=True)
class Reset:
    """Drop the cursor; the kept commands of the main group are offered again."""

    group: Group


@dataclass(frozen=True, slots=True)
class Refresh:
    """A new access token, with the refresh token."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Open the stream of pokes."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Close the stream of pokes."""


@dataclass(frozen=True, slots=True)
class Announce:
    connection: Connection


@dataclass(frozen=True, slots=True)
class Wait:
    """Send a Tick at this time (same clock as `now`) unless something happens before; None: only an event helps."""

    until: float | None


Instruction = Push | SetAside | Pull | Reset | Refresh | Listen | Hush | Announce | Wait
