"""What is true of the sync now, for the screens: one frozen value, published whenever it changes."""

from dataclasses import dataclass
from datetime import datetime

from core.contract.sync import Group
from sync.steps import Connection


@dataclass(frozen=True, slots=True)
class Fetching:
    """A file on its way. In bytes as they travel."""

    group: Group
    come_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Times are aware UTC by the device's clock.

    `waiting`: commands without a final verdict; `attention`: those a person has to look at; `queued`: not sent yet.
    `pulling` and `pulled_rows`: the running pull with the most rows so far (a progress line on first start).
    `fetching`: the files that are being fetched whole, how much of each has come; known before the first byte.
    `clock_skew_ms`: core clock minus device clock, None before the first answer. `fault`: code of the last failure
    since the core answered last, "" when there was none (`sync.steps.Failure`).
    """

    connection: Connection = "connecting"
    offline_since: datetime | None = None
    queued: int = 0
    waiting: int = 0
    attention: int = 0
    last_sync_at: datetime | None = None
    pulling: Group | None = None
    pulled_rows: int = 0
    fetching: tuple[Fetching, ...] = ()
    clock_skew_ms: int | None = None
    fault: str = ""
