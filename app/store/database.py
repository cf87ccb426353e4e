"""The device's database: three files, of which only `main.db` is precious, open to every session of the process.

`main.db` holds work and outbox with `synchronous=FULL`, so that what the screen confirmed survives a flat battery.
`stock.db` and `catalog.db` are caches, attached read-only as `stock` and `catalogue` to what reads and acts: a pull of
the catalogue never makes a scan wait. A cache that is fetched whole replaces the old file (`app.store.caches`).

Threads: any thread, the event loop's included, may call `read()` and `write()`. Writers of one file take turns at a
lock; a transaction is short (an action well under a millisecond, a pull merged in a worker thread), so the event loop
may wait for it. Readers see one snapshot and never wait. Transactions of one thread do not nest.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.store import caches
from app.store.caches import CACHES
from app.store.connecting import connect, engine_of, open_cache, open_main, with_journals
from app.store.connecting import driver as driver
from app.store.migrations import migrate_main
from app.store.sealer import Sealer
from app.store.tables import STAGE_SCHEMA
from app.store.texts import PLAIN
from core.contract.sync import Group

MAIN = "main.db"
MARKER = "in-use"
SEALER, TEXTS, FOLDER = "sealer", "texts", "folder"  # in the info of a connection


@contextmanager
def _begun(connection: Connection) -> Iterator[None]:
    """A commit that a disk refuses leaves the driver in its transaction, with the lock that everybody waits for."""
    try:
        with connection.begin():
            yield
    finally:
        raw = driver(connection)
        if raw.in_transaction:
            raw.execute("ROLLBACK")


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What opening found. `moved_aside`: a damaged main.db, kept for rescue; `dropped`: caches to pull again."""

    moved_aside: Path | None = None
    dropped: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class _Retired:
    """A cache file that was replaced; readers of `generation` and before may still have it open."""

    generation: int
    path: Path
    puller: Connection


class Database:
    """Made by `Database.open`; one for a device folder and process."""

    def __init__(self, folder: Path, report: OpenReport, sealer: Sealer | None = None) -> None:
        self.folder = folder
        self.report = report
        self.sealer = sealer
        self.texts = sealer.texts if sealer else PLAIN
        self._locks = {group: threading.Lock() for group in Group}
        self._holders: dict[Group, int] = {}
        self._files = {Group.MAIN: MAIN, **caches.current(folder / MAIN)}
        self._idle: list[Connection] = []
        # Which files a reader has attached: those of the generation in which it began.
        self._generation = 0
        self._reading: Counter[int] = Counter()
        self._retired: list[_Retired] = []
        self._pool = threading.Lock()
        self._unpublished: dict[Group, Connection] = {}
        self._readers = engine_of(self._open_reader, "BEGIN")
        self._writer = self._told(engine_of(self._open_writer, "BEGIN IMMEDIATE").connect())
        self._pullers = {group: self._open_puller(group, self.path_of(group)) for group in Group}

    @classmethod
    def open(cls, folder: Path, sealer: Sealer | None = None) -> Self:
        """Opens or creates the files. A damaged cache is dropped; a damaged main.db is moved aside and reported.

        Without a `sealer` personal data is kept as the core sends it: for tests and simulations alone.
        """
        folder.mkdir(parents=True, exist_ok=True)
        marker = folder / MARKER
        thorough = marker.exists()
        aside = _renew_main(folder, thorough)
        files = caches.current(folder / MAIN)
        caches.sweep(folder, files)
        dropped = tuple(group for group in CACHES if _renew_cache(folder / files[group], group, thorough))
        marker.touch()
        return cls(folder, OpenReport(aside, dropped), sealer)

    def path_of(self, group: Group) -> Path:
        """The file that counts now."""
        return self.folder / self._files[group]

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction on main.db; committed at the end, rolled back by an exception. Caches are readable in it."""
        with self._turn(Group.MAIN), _begun(self._writer):
            yield self._writer

    @contextmanager
    def merging(self, group: Group) -> Iterator[Connection]:
        """One transaction on a group's file, with the group's staged rows as `stage`: for the feed alone."""
        with self._turn(group), _begun(self._pullers[group]):
            yield self._pullers[group]

    def stage(self, group: Group) -> sqlite3.Connection:
        """Where a pull collects its rows before they are merged; no lock, no transaction on the group's own file."""
        return driver(self._pullers[group])

    def begin_cache(self, group: Group, path: Path) -> Connection:
        """Merges rows into a file of this folder that nobody reads yet; one that was begun before is given up."""
        if given_up := self._unpublished.pop(group, None):
            given_up.close()
        puller = self._unpublished[group] = self._open_puller(group, path)
        return puller

    def replace_cache(self, group: Group, path: Path) -> None:
        """The file that was begun takes the place of the group's; reads that have begun end on the old one."""
        with self._turn(group):
            with self.write() as connection:
                caches.point(driver(connection), group, path.name)
            old = _Retired(self._generation, self.path_of(group), self._pullers[group])
            self._files[group], self._pullers[group] = path.name, self._unpublished.pop(group)
            with self._turn(Group.MAIN):
                raw = driver(self._writer)
                raw.execute(f"DETACH {group.value}")
                self._attach_cache(raw, group)
            with self._pool:
                idle, self._idle = self._idle, []
                self._retired.append(old)
                self._generation += 1
        for reader in idle:
            reader.close()
        self._remove_retired()

    @contextmanager
    def _turn(self, group: Group) -> Iterator[None]:
        if self._holders.get(group) == threading.get_ident():
            raise RuntimeError("a transaction inside a transaction: pass the connection on instead")
        with self._locks[group]:
            self._holders[group] = threading.get_ident()
            try:
                yield
            finally:
                self._holders.pop(group, None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot of all three files; writing in it is an error."""
        with self._pool:
            generation = self._generation
            self._reading[generation] += 1
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._told(self._readers.connect())
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()
        finally:
            self._end_reading(connection, generation)

    def _end_reading(self, connection: Connection | None, generation: int) -> None:
        with self._pool:
            self._reading[generation] -= 1
            if connection is not None and generation == self._generation:
                self._idle.append(connection)
                connection = None
        if connection is not None:
            connection.close()
        if self._retired:
            self._remove_retired()

    def _remove_retired(self) -> None:
        """Files that were replaced and that nobody reads any more."""
        with self._pool:
            self._reading = +self._reading
            oldest = min(self._reading, default=self._generation)
            gone = [old for old in self._retired if old.generation < oldest]
            self._retired = [old for old in self._retired if old.generation >= oldest]
        for old in gone:
            # Not before: a reader that has not looked into it yet needs the journal that a writer holds open.
            old.puller.close()
            caches.remove(old.path)

    def _told(self, connection: Connection) -> Connection:
        """Who reads documents with this connection reads personal data by it."""
        connection.info[SEALER] = self.sealer
        connection.info[TEXTS] = self.sealer.texts if self.sealer else None
        connection.info[FOLDER] = self.folder
        return connection

    def compact(self) -> None:
        """Writes main.db anew: what was deleted or replaced is not in its free pages or its journal any more."""
        with self._turn(Group.MAIN):
            raw = driver(self._writer)
            raw.execute("VACUUM main")
            raw.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """After the last session has gone. The next start then skips the thorough check."""
        others = [*self._unpublished.values(), *(old.puller for old in self._retired)]
        for connection in (*self._idle, self._writer, *self._pullers.values(), *others):
            connection.close()
        self._idle.clear()
        (self.folder / MARKER).unlink(missing_ok=True)

    def _open_puller(self, group: Group, path: Path) -> Connection:
        """A connection that collects and merges rows of a pull into this file of the group."""

        def opened() -> sqlite3.Connection:
            connection = open_main(path) if group is Group.MAIN else open_cache(path, group)
            staged = self.folder / f"stage-{path.stem}.db"
            staged.unlink(missing_ok=True)
            connection.execute("ATTACH ? AS stage", (str(staged),))
            # Rows that were staged and not merged are worth nothing after a crash.
            connection.execute("PRAGMA stage.journal_mode = MEMORY")
            connection.execute("PRAGMA stage.synchronous = OFF")
            connection.executescript(STAGE_SCHEMA)
            return connection

        return engine_of(opened, "BEGIN IMMEDIATE").connect()

    def _open_writer(self) -> sqlite3.Connection:
        return self._attach_caches(open_main(self.folder / MAIN))

    def _open_reader(self) -> sqlite3.Connection:
        connection = self._attach_caches(connect(self.folder / MAIN))
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _attach_caches(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        for group in CACHES:
            self._attach_cache(connection, group)
        return connection

    def _attach_cache(self, connection: sqlite3.Connection, group: Group) -> None:
        uri = self.path_of(group).absolute().as_uri() + "?mode=ro"
        connection.execute(f"ATTACH ? AS {group.value}", (uri,))


def _renew_cache(path: Path, group: Group, thorough: bool) -> bool:
    """Makes the file usable; whether an old one had to be dropped for that."""
    try:
        with _raw_faults():
            usable = caches.prepare(path, group, thorough)
    except sqlite3.DatabaseError:
        usable = False
    if usable:
        return False
    caches.remove(path)
    caches.prepare(path, group, thorough=False)
    return True


def _renew_main(folder: Path, thorough: bool) -> Path | None:
    """Makes main.db usable; where a damaged one was moved to."""
    path = folder / MAIN
    try:
        _prepare_main(path, thorough)
        return None
    except sqlite3.DatabaseError as fault:
        if isinstance(fault, sqlite3.OperationalError):
            # Locked, no space, no permission: the file may be whole.
            raise
    number = sum(1 for _ in folder.glob("main.damaged-*.db")) + 1
    aside = folder / f"main.damaged-{number}.db"
    for source in with_journals(path):
        if source.exists():
            source.rename(source.with_name(source.name.replace("main.db", aside.name)))
    _prepare_main(path, thorough=False)
    return aside


def _prepare_main(path: Path, thorough: bool) -> None:
    def opened() -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    with _raw_faults(), engine_of(opened, "BEGIN IMMEDIATE").begin() as connection:
        if thorough and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
            raise sqlite3.DatabaseError("quick_check failed")
        migrate_main(connection)


@contextmanager
def _raw_faults() -> Iterator[None]:
    """SQLAlchemy's wrapping taken off, so that opening knows one family of faults."""
    try:
        yield
    except DBAPIError as fault:
        raise cast(Exception, fault.orig) from fault
