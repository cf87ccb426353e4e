"""What the associate sees of the connection: never a promise, only what is known now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import flet as ft


@dataclass(frozen=True)
class SyncStatus:
    """`asking`: the core is being asked but has not answered yet. `since`: aware UTC, when it last became so."""

    connection: Literal["asking", "online", "offline"] = "asking"
    since: datetime | None = None
    waiting: int = 0
    attention: int = 0


@dataclass(eq=False)
class SyncState(ft.Observable):
    """Holds the present `SyncStatus`; assigning an equal one redraws nothing."""

    status: SyncStatus = field(default_factory=SyncStatus)
