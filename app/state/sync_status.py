"""What the associate sees of the connection: never a promise, only what is known now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import flet as ft

from core.contract.sync import MAX_WAITING
from sync import status as told

# From here on somebody should do something about the connection; nothing is lost before or after.
LONG_OFFLINE = timedelta(hours=8)
MANY_WAITING = 1_000
# A clock that is this much wrong is worth a sentence; less is the network's own delay.
CLOCK_TOLERANCE = timedelta(seconds=30)


@dataclass(frozen=True)
class SyncStatus:
    """Times are aware UTC. `asking`: the core is being asked but has not answered yet. `since`: when it became so.

    `pulled_rows`: of the running pull, for a progress line at the first start; `fault`: stable code of what last went
    wrong, "" when the core answered since; `clock_skew_ms`: the core's clock minus this device's. `fetching`: files of
    stock and catalogue that are on their way.
    """

    connection: Literal["asking", "online", "offline"] = "asking"
    since: datetime | None = None
    waiting: int = 0
    attention: int = 0
    last_sync_at: datetime | None = None
    pulled_rows: int = 0
    clock_skew_ms: int | None = None
    fault: str = ""
    fetching: tuple[told.Fetching, ...] = ()

    @property
    def link(self) -> "Link":
        skew = timedelta(seconds=round((self.clock_skew_ms or 0) / 1000))
        return Link(self.connection == "online", skew, self.waiting >= MAX_WAITING)

    def long_offline(self, now: datetime) -> timedelta | None:
        """For how long the core has not been reached, where that is worth a warning."""
        span = now - self.since if self.connection == "offline" and self.since else timedelta(0)
        return span if span >= LONG_OFFLINE else None


@dataclass(frozen=True, slots=True)
class Link:
    """Of a `SyncStatus` what decides what may be done now. `skew`: core clock minus device clock, in whole seconds.

    `crowded`: so much waits to be sent that nothing more may be asked of the core (`app.store.room`).
    """

    online: bool
    skew: timedelta
    crowded: bool = False

    @property
    def clock_is_wrong(self) -> bool:
        return abs(self.skew) >= CLOCK_TOLERANCE


@dataclass(eq=False)
class SyncState(ft.Observable):
    """Holds the present `SyncStatus`; assigning an equal one redraws nothing."""

    status: SyncStatus = field(default_factory=SyncStatus)


def seen(status: told.SyncStatus, contact_at: datetime | None = None) -> SyncStatus:
    """What the sync loop tells, as people see it: a device that is shut out or too old is offline for them too.

    `contact_at`: when the core answered last, where that was before the app was started; None: it has answered since.
    """
    connection: Literal["asking", "online", "offline"] = "offline"
    if status.connection in ("online", "connecting"):
        connection = "online" if status.connection == "online" else "asking"
    return SyncStatus(
        connection=connection,
        since=min(filter(None, (status.offline_since, contact_at)), default=None),
        waiting=status.waiting,
        attention=status.attention,
        last_sync_at=status.last_sync_at,
        pulled_rows=status.pulled_rows,
        clock_skew_ms=status.clock_skew_ms,
        fault=status.fault,
        fetching=status.fetching,
    )


REVOKED = "device_revoked"
WIPING, WIPED, WAS_WIPED = "device_wiping", "device_wiped", "device_was_wiped"
SHUT_OUT = frozenset({REVOKED, WIPING, WIPED})  # nothing of the store is shown
UNKNOWN = "token_invalid"  # to a core that was restored, for one: its tokens are younger than the backup
BLOCKED = {"revoked": REVOKED, "upgrade_required": "wire_unsupported", "paused": UNKNOWN}
OUTDATED = "core_outdated"


def blocked(status: told.SyncStatus) -> str:
    """The code of `app.words` that says why nothing is sent until somebody does something, "" for no reason."""
    return BLOCKED.get(status.connection, OUTDATED if status.fault == OUTDATED else "")
