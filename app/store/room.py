"""How much may still be asked of the core: facts are never refused, because they have happened.

A request or a claim that nobody can answer for long is worth less than the room that a fact will need.
"""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from core.contract.sync import MAX_WAITING
from core.domain.outcome import Outcome, Verdict

LEAST_FREE_BYTES: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class TooManyWaiting(Outcome):
    code: ClassVar[str] = "too_many_waiting"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    waiting: int


@dataclass(frozen=True, slots=True)
class DiskNearlyFull(Outcome):
    code: ClassVar[str] = "disk_nearly_full"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    free_mb: int


def waiting(raw: sqlite3.Connection) -> int:
    """Commands whose verdict has not come down the feed yet. By the index of just these."""
    row = raw.execute("SELECT count(*) FROM command WHERE state IN ('queued', 'answered')").fetchone()
    return int(row[0])


def refusal(raw: sqlite3.Connection, folder: Path) -> TooManyWaiting | DiskNearlyFull | None:
    """Why nothing may be asked now. `folder`: on the disk that the outbox lies on."""
    count = waiting(raw)
    if count >= MAX_WAITING:
        return TooManyWaiting(count)
    free = shutil.disk_usage(folder).free
    return DiskNearlyFull(free // 1_000_000) if free < LEAST_FREE_BYTES else None
