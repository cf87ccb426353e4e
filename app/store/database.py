"""The device's database: three files, of which only `main.db` is precious, open to every session of the process.

`main.db` holds work and outbox with `synchronous=FULL`, so that what the screen confirmed survives a flat battery.
`stock.db` and `catalog.db` are caches, attached read-only as `stock` and `catalogue` to what reads and acts: a pull of
the catalogue never makes a scan wait.

Threads: any thread, the event loop's included, may call `read()` and `write()`. Writers of one file take turns at a
lock; a transaction is short (an action well under a millisecond, a pull merged in a worker thread), so the event loop
may wait for it. Readers see one snapshot and never wait. Transactions of one thread do not nest.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.store.migrations import create_cache, is_current_cache, migrate_main
from app.store.sealer import Sealer
from app.store.tables import STAGE_SCHEMA
from core.contract.sync import Group

FILES = {Group.MAIN: "main.db", Group.STOCK: "stock.db", Group.CATALOGUE: "catalog.db"}
CACHES = (Group.STOCK, Group.CATALOGUE)
BUSY_TIMEOUT_S = 10
MARKER = "in-use"
SEALER = "sealer"  # in the info of a connection


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What opening found. `moved_aside`: a damaged main.db, kept for rescue; `dropped`: caches to pull again."""

    moved_aside: Path | None = None
    dropped: tuple[Group, ...] = ()


def driver(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection underneath, for statements on the path of a scan."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


class Database:
    """Made by `Database.open`; one for a device folder and process."""

    def __init__(self, folder: Path, report: OpenReport, sealer: Sealer | None = None) -> None:
        self.folder = folder
        self.report = report
        self.sealer = sealer
        self._locks = {group: threading.Lock() for group in Group}
        self._holders: dict[Group, int] = {}
        self._idle: list[Connection] = []
        self._readers = _engine(self._open_reader, "BEGIN")
        self._writer = self._told(_engine(self._open_writer, "BEGIN IMMEDIATE").connect())
        self._pullers = {group: _engine(self._puller(group), "BEGIN IMMEDIATE").connect() for group in Group}

    @classmethod
    def open(cls, folder: Path, sealer: Sealer | None = None) -> Self:
        """Opens or creates the files. A damaged cache is dropped; a damaged main.db is moved aside and reported.

        Without a `sealer` personal data is kept as the core sends it: for tests and simulations alone.
        """
        folder.mkdir(parents=True, exist_ok=True)
        marker = folder / MARKER
        thorough = marker.exists()
        dropped = tuple(group for group in CACHES if _renew_cache(folder, group, thorough))
        aside = _renew_main(folder, thorough)
        marker.touch()
        return cls(folder, OpenReport(aside, dropped), sealer)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction on main.db; committed at the end, rolled back by an exception. Caches are readable in it."""
        with self._turn(Group.MAIN), self._writer.begin():
            yield self._writer

    @contextmanager
    def merging(self, group: Group) -> Iterator[Connection]:
        """One transaction on a group's file, with the group's staged rows as `stage`: for the feed alone."""
        with self._turn(group), self._pullers[group].begin():
            yield self._pullers[group]

    def stage(self, group: Group) -> sqlite3.Connection:
        """Where a pull collects its rows before they are merged; no lock, no transaction on the group's own file."""
        return driver(self._pullers[group])

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
        connection = self._idle.pop() if self._idle else self._told(self._readers.connect())
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()
            self._idle.append(connection)

    def _told(self, connection: Connection) -> Connection:
        """Who reads documents with this connection reads personal data by it."""
        connection.info[SEALER] = self.sealer
        return connection

    def compact(self) -> None:
        """Writes main.db anew: what was deleted or replaced is not in its free pages or its journal any more."""
        with self._turn(Group.MAIN):
            raw = driver(self._writer)
            raw.execute("VACUUM main")
            raw.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """After the last session has gone. The next start then skips the thorough check."""
        for connection in (*self._idle, self._writer, *self._pullers.values()):
            connection.close()
        self._idle.clear()
        (self.folder / MARKER).unlink(missing_ok=True)

    def _open_writer(self) -> sqlite3.Connection:
        return self._attach_caches(_open_main(self.folder))

    def _puller(self, group: Group) -> Callable[[], sqlite3.Connection]:
        def opened() -> sqlite3.Connection:
            connection = _open_main(self.folder) if group is Group.MAIN else _open_cache(self.folder, group)
            path = self.folder / f"stage-{group.value}.db"
            path.unlink(missing_ok=True)
            connection.execute("ATTACH ? AS stage", (str(path),))
            # Rows that were staged and not merged are worth nothing after a crash.
            connection.execute("PRAGMA stage.journal_mode = MEMORY")
            connection.execute("PRAGMA stage.synchronous = OFF")
            connection.executescript(STAGE_SCHEMA)
            return connection

        return opened

    def _open_reader(self) -> sqlite3.Connection:
        connection = self._attach_caches(_connect(self.folder / FILES[Group.MAIN]))
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _attach_caches(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        for group in CACHES:
            uri = (self.folder / FILES[group]).absolute().as_uri() + "?mode=ro"
            connection.execute(f"ATTACH ? AS {group.value}", (uri,))
        return connection


def _engine(creator: Callable[[], sqlite3.Connection], begin: str) -> Engine:
    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: driver(connection).execute(begin))
    return engine


def _connect(path: Path | str) -> sqlite3.Connection:
    # Transactions are begun by the engine's event, never by the driver's guess.
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256, uri=True
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _open_main(folder: Path) -> sqlite3.Connection:
    connection = _connect(folder / FILES[Group.MAIN])
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _open_cache(folder: Path, group: Group) -> sqlite3.Connection:
    connection = _connect(":memory:")
    connection.execute(f"ATTACH ? AS {group.value}", (str(folder / FILES[group]),))
    connection.execute(f"PRAGMA {group.value}.journal_mode = WAL")
    # A cache that loses its last pull to a power cut asks for it again: its cursor is lost with it.
    connection.execute(f"PRAGMA {group.value}.synchronous = NORMAL")
    return connection


def _renew_cache(folder: Path, group: Group, thorough: bool) -> bool:
    """Makes the file usable; whether an old one had to be dropped for that."""
    try:
        usable = _prepare_cache(folder, group, thorough)
    except sqlite3.DatabaseError:
        usable = False
    if usable:
        return False
    for path in _with_journals(folder / FILES[group]):
        path.unlink(missing_ok=True)
    _prepare_cache(folder, group, thorough=False)
    return True


def _prepare_cache(folder: Path, group: Group, thorough: bool) -> bool:
    engine = _engine(lambda: _open_cache(folder, group), "BEGIN IMMEDIATE")
    with _raw_faults(), engine.begin() as connection:
        if thorough and connection.exec_driver_sql(f"PRAGMA {group.value}.quick_check(1)").scalar_one() != "ok":
            return False
        if not is_current_cache(connection, group.value):
            return False
        create_cache(connection, group.value)
        return True


def _renew_main(folder: Path, thorough: bool) -> Path | None:
    """Makes main.db usable; where a damaged one was moved to."""
    path = folder / FILES[Group.MAIN]
    try:
        _prepare_main(path, thorough)
        return None
    except sqlite3.DatabaseError as fault:
        if isinstance(fault, sqlite3.OperationalError):
            # Locked, no space, no permission: the file may be whole.
            raise
    number = sum(1 for _ in folder.glob("main.damaged-*.db")) + 1
    aside = folder / f"main.damaged-{number}.db"
    for source in _with_journals(path):
        if source.exists():
            source.rename(source.with_name(source.name.replace("main.db", aside.name)))
    _prepare_main(path, thorough=False)
    return aside


def _prepare_main(path: Path, thorough: bool) -> None:
    def opened() -> sqlite3.Connection:
        connection = _connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    with _raw_faults(), _engine(opened, "BEGIN IMMEDIATE").begin() as connection:
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


def _with_journals(path: Path) -> tuple[Path, ...]:
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
