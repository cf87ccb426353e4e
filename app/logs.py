"""The last warnings of this process, for a support report: what was said, never about whom.

A message is kept as it stands in the code, without the values that were put into it, and a fault as its type and the
lines it came through.
"""

import logging
import traceback
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

KEPT: Final = 200
ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Entry:
    at: str
    level: str
    source: str
    message: str
    fault: str = ""
    trace: tuple[str, ...] = ()


class LastEntries(logging.Handler):
    """Warnings and worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.entries: deque[Entry] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        fault = record.exc_info[1] if record.exc_info else None
        trace = tuple(_places(fault)) if fault else ()
        kind = type(fault).__name__ if fault else ""
        self.entries.append(Entry(at, record.levelname, record.name, str(record.msg), kind, trace))


LAST: Final = LastEntries()


def _places(fault: BaseException) -> list[str]:
    """ "app/tablet.py:120 join", the outermost first."""
    found = traceback.extract_tb(fault.__traceback__)
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _short(name: str) -> str:
    """Without the folders above: they may be called after their owner."""
    path = Path(name)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
