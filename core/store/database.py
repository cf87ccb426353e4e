"""One database, SQLite or PostgreSQL: a read is one snapshot, a write is one transaction that says what it marked.

    database = Database("sqlite:////data/core.db")            # or postgresql://user@host/name
    database.upgrade()                                        # migrations; once per start
    with database.write() as connection: ...                  # commits at the end, rolls back on an exception
    with database.read() as connection: ...                   # one snapshot for as long as it is open

SQLite has one writer: writers of this process queue on a lock (fair, no busy wait), other processes on SQLite's own.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError

BUSY_TIMEOUT_S = 20
CONNECT_TIMEOUT_S = 10
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
POOL_SIZE = 10
POOL_OVERFLOW = 50
OWN_WRITES = 10_000

MARKED = "comptoir_marked"  # parts marked in the transaction that is open on a connection
CLOCK = "comptoir_clock"  # its number on SQLite
SEEN = "comptoir_seen"  # what a write has looked up and will not change, by name
BEFORE_COMMIT = "comptoir_before_commit"  # what a write still has to do before it commits, by name
LAST = "comptoir_last"  # ... and of this what comes after all the rest, whose own marks it counts

Listener = Callable[[frozenset[str]], None]


class BeforeCommit(Protocol):
    """Work that is gathered during a write and done once, before its commit; it knows of savepoints."""

    def __call__(self, connection: Connection) -> None: ...

    def savepoint(self) -> None: ...

    def roll_back(self) -> None: ...

    def release(self) -> None: ...


class DatabaseUnusable(Exception):
    """The address leads to no database that can be opened; in the words of its driver, on one line."""


class NestedWrite(RuntimeError):
    """A write transaction was opened inside another one of the same thread: pass the connection instead."""


class Database:
    """Threads may share it. `commits`: called with the marked parts after each commit that marked any.

    Raises DatabaseUnusable for an address that is none of SQLite or PostgreSQL.
    """

    def __init__(self, url: str) -> None:
        self.url = _with_driver(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.commits: list[Listener] = []
        # Numbers of the latest writes of this process that marked anything, on SQLite: the others are of somebody else.
        self.own_writes: deque[int] = deque(maxlen=OWN_WRITES)
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        _tell_of_savepoints(self.engine)
        self._write_lock = threading.Lock()
        self._writer: int | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot: everything read here was true at one moment. Writing here fails or is rolled back."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    @contextmanager
    def glance(self) -> Iterator[Any]:
        """A cursor of the driver for one SELECT, a snapshot by itself: without a transaction. On SQLite only."""
        raw = self.engine.raw_connection()
        try:
            yield raw.cursor()
        finally:
            raw.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction. Raises NestedWrite inside another write of the same thread."""
        with self._turn(), self.engine.connect() as connection:
            connection.info.pop(CLOCK, None)
            marked: set[str] = connection.info.setdefault(MARKED, set())
            marked.clear()
            if self.is_sqlite:
                connection.execution_options(comptoir_begin="BEGIN IMMEDIATE")
            works: dict[str, BeforeCommit] = {}
            connection.info[BEFORE_COMMIT] = works
            connection.info[SEEN] = {}
            try:
                with connection.begin():
                    yield connection
                    for name in (*(name for name in works if name != LAST), LAST):
                        if name in works:
                            works[name](connection)
            finally:
                connection.info.pop(BEFORE_COMMIT, None)
                connection.info.pop(SEEN, None)
            parts = frozenset(marked)
            clock = connection.info.get(CLOCK)
            if parts and clock is not None:
                self.own_writes.append(clock)
        if parts:
            for listener in tuple(self.commits):
                listener(parts)

    def upgrade(self) -> None:
        """Brings the schema to the newest version; creates what is missing.

        Raises DatabaseUnusable when nothing answers there, or a file is no database.
        """
        from core.store.migrations import upgrade  # Alembic takes 0.3 s to import, and most processes do not migrate

        try:
            with self.read():
                pass
        except DBAPIError as fault:
            raise DatabaseUnusable(_said(fault)) from fault
        upgrade(self)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        me = threading.get_ident()
        if self._writer == me:
            raise NestedWrite
        with self._write_lock:
            self._writer = me
            try:
                yield
            finally:
                self._writer = None


def seen_in(connection: Connection) -> dict[Any, Any]:
    """For what is asked for again and again in a write; who changes it takes it out. Outside it is forgotten."""
    found: dict[Any, Any] = connection.info.get(SEEN, {})
    return found


def _tell_of_savepoints(engine: Engine) -> None:
    """So that work for the commit forgets what a savepoint took back."""

    @event.listens_for(engine, "savepoint")
    def _begun(connection: Connection, *_: Any) -> None:
        for work in connection.info.get(BEFORE_COMMIT, {}).values():
            work.savepoint()

    @event.listens_for(engine, "rollback_savepoint")
    def _rolled_back(connection: Connection, *_: Any) -> None:
        for work in connection.info.get(BEFORE_COMMIT, {}).values():
            work.roll_back()
        connection.info.get(SEEN, {}).clear()

    @event.listens_for(engine, "release_savepoint")
    def _released(connection: Connection, *_: Any) -> None:
        for work in connection.info.get(BEFORE_COMMIT, {}).values():
            work.release()


def _said(fault: DBAPIError) -> str:
    return str(fault.orig).strip().partition("\n")[0]


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUnusable("its address is sqlite:///path or postgresql://user@host/name") from None
    match parsed.get_backend_name():
        case "sqlite":
            return parsed
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise DatabaseUnusable(f"{other} is not known, only sqlite:///path and postgresql://user@host/name")


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _sqlite_engine(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnusable("the core keeps its SQLite database in a file: write sqlite:///path")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error goes to the log, a customer does not
    )

    @event.listens_for(engine, "connect")
    def _configure(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # the driver's own BEGIN is deferred and late; `_begin` sends ours
        # A page that many commits touch is copied back once in 4,000 pages (16 MB) of them, not in 1,000.
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000")
        for pragma in (*pragmas, "wal_autocheckpoint=4000"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("comptoir_begin", "BEGIN"))

    @event.listens_for(engine, "rollback_savepoint")
    def _forget_clock(connection: Connection, *_: Any) -> None:
        # The savepoint may have held the step of the clock; the next mark takes it again.
        connection.info.pop(CLOCK, None)

    return engine


def _postgres_engine(url: URL) -> Engine:
    timeout = f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        connect_args={"options": timeout, "application_name": "comptoir", "connect_timeout": CONNECT_TIMEOUT_S},
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error goes to the log, a customer does not
    )
    event.listen(engine, "handle_error", _without_the_row)
    return engine


def _without_the_row(context: ExceptionContext) -> None:
    """PostgreSQL adds the row to a broken constraint (23) or a bad value (22), with whoever is named in it."""
    orig = context.original_exception
    if (getattr(orig, "sqlstate", None) or "")[:2] not in ("22", "23"):
        return
    whole, told = str(orig), orig.diag.message_primary or type(orig).__name__  # type: ignore[attr-defined]
    orig.args = (told,)
    if (fault := context.sqlalchemy_exception) is not None:
        fault.args = tuple(arg.replace(whole, told) if isinstance(arg, str) else arg for arg in fault.args)


def is_deadlock(fault: DBAPIError) -> bool:
    """Whether PostgreSQL broke a ring of transactions that waited for each other. On SQLite one writes at a time."""
    return getattr(fault.orig, "sqlstate", None) == "40P01"
