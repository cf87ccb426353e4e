"""The floors of this machine at this minute: what one durable write costs on the disk under a folder.

The disk of a shared machine is 0.06 ms in one minute and 4 ms in another, so a bench measures its floor between its own
samples and prints a probe of the disk beside its numbers.
"""

import os
import sqlite3
import time
from pathlib import Path

from tests.benchmarks.report import quantile


def probe_fdatasync_ms(folder: Path, samples: int = 40) -> dict[str, float]:
    """Median and p95 milliseconds of appending 4 KiB and fdatasync."""
    durations = []
    path = folder / "probe.bin"
    with path.open("wb", buffering=0) as file:
        for _ in range(samples):
            started = time.perf_counter()
            file.write(b"\x00" * 4096)
            os.fdatasync(file.fileno())
            durations.append((time.perf_counter() - started) * 1000)
    path.unlink()
    return {
        "fdatasync_median_ms": round(quantile(durations, 0.5), 4),
        "fdatasync_p95_ms": round(quantile(durations, 0.95), 4),
    }


class CommitFloor:
    """One committed single-row insert with the plain sqlite3 module: WAL, synchronous FULL."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")

    def sample_ms(self) -> float:
        started = time.perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO note (text) VALUES (?)", ("one scan",))
        self._connection.execute("COMMIT")
        return (time.perf_counter() - started) * 1000

    def close(self) -> None:
        self._connection.close()
