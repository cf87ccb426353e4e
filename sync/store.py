"""What the sync needs of the device's database. Synchronous: a simulation drives it without an event loop.

Every method is one local transaction, or none. The implementation is `app.store.device_store.DeviceStore`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.contract.commands import Command
from core.contract.sync import MAX_PUSH_BYTES, MAX_PUSH_COMMANDS, CacheFile, Frame, Group, PullRequest, PushAnswer


@dataclass(frozen=True, slots=True)
class Marks:
    """What was known when a pull began: pushes answered, and verdicts applied (for the stock on the shelf)."""

    answered: int
    final: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """A pull that was merged. `entities`: those with rows in it, for the topics of the screens.

    `doubt`: how often in a row the device's rows were not the core's; with 1 to 3 it has to ask again at once.
    """

    rows: int
    full: bool
    entities: frozenset[str]
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """What a push told: how many commands have an answer now, and after how long the others may be offered again."""

    decided: int
    undecided: int
    after_ms: int


@dataclass(frozen=True, slots=True)
class Counts:
    """`queued`: may be pushed now; `waiting`: all without a final verdict; `attention`: for a person to look at."""

    queued: int
    waiting: int
    attention: int


class Pull(Protocol):
    """One pull of one group. Dropping it without `finish` leaves no trace.

    `offered`: the core answered with a file instead of rows. It is fetched, and the pull goes on from the file.
    """

    request: PullRequest
    offered: CacheFile | None

    @property
    def rows(self) -> int: ...

    def receive(self, frame: Frame) -> None: ...

    def finish(self, at: datetime) -> Pulled | None: ...


class Download(Protocol):
    """A file on its way. `start`: bytes of it that are here and good. Dropping it keeps them."""

    @property
    def start(self) -> int: ...

    def receive(self, piece: bytes) -> None: ...


class Store(Protocol):
    def counts(self, at: datetime) -> Counts: ...

    def next_batch(
        self, at: datetime, limit: int = MAX_PUSH_COMMANDS, max_bytes: int = MAX_PUSH_BYTES
    ) -> tuple[Command, ...]: ...

    def seen(self) -> str:
        """The cursor of the main group, "" for none: what queued commands are built on."""
        ...

    def record_answers(self, answer: PushAnswer, at: datetime) -> Answered: ...

    def hold(self, command_ids: Sequence[str], until: datetime) -> None: ...

    def begin_pull(self, group: Group) -> Pull: ...

    def reset(self, group: Group, at: datetime) -> None: ...

    def begin_download(self, group: Group, file: CacheFile) -> Download: ...

    def continue_pull(self, group: Group) -> Pull:
        """The group's download is whole: a pull that goes on from it, and shows it when it is finished."""
        ...
