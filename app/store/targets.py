"""Where a pull goes: into the file of its group, or into a new one that takes its place when it is complete."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from app.store.connecting import driver
from app.store.database import Database
from app.store.sealer import Sealer
from core.contract.sync import Group


class Target(Protocol):
    """`stage` collects rows; `merging` is the one transaction that takes them with their cursor; `publish` ends it."""

    sealer: Sealer | None

    def stage(self) -> sqlite3.Connection: ...

    def merging(self) -> AbstractContextManager[Connection]: ...

    def publish(self) -> None: ...


class LiveFile:
    """The group's own file, which everybody reads."""

    def __init__(self, database: Database, group: Group) -> None:
        self._database, self._group = database, group
        self.sealer = database.sealer

    def stage(self) -> sqlite3.Connection:
        return self._database.stage(self._group)

    @contextmanager
    def merging(self) -> Iterator[Connection]:
        with self._database.merging(self._group) as connection:
            yield connection

    def publish(self) -> None:
        """It is seen since its commit."""


class NewFile:
    """A file that nobody reads yet. Dropped without `publish`, it goes when the next one is made, or at the start.

    `packed`: what it was unpacked from, kept until it counts so that a death on the way costs no second download.
    """

    def __init__(self, database: Database, group: Group, path: Path, packed: Path) -> None:
        self._database, self._group, self._path, self._packed = database, group, path, packed
        self._puller = database.begin_cache(group, path)
        self.sealer: Sealer | None = None  # no cache holds personal data

    def stage(self) -> sqlite3.Connection:
        return driver(self._puller)

    @contextmanager
    def merging(self) -> Iterator[Connection]:
        with self._puller.begin():
            yield self._puller

    def publish(self) -> None:
        # Its rows have to be on the disk before the name of the file is: a power cut leaves the old or the new one.
        driver(self._puller).execute(f"PRAGMA {self._group.value}.wal_checkpoint(TRUNCATE)")
        self._database.replace_cache(self._group, self._path)
        self._packed.unlink(missing_ok=True)
