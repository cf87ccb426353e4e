"""How the device opens its SQLite files."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from core.contract.sync import Group

BUSY_TIMEOUT_S = 10


def driver(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection underneath, for statements on the path of a scan."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def engine_of(creator: Callable[[], sqlite3.Connection], begin: str) -> Engine:
    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: driver(connection).execute(begin))
    return engine


def connect(path: Path | str) -> sqlite3.Connection:
    # Transactions are begun by the engine's event, never by the driver's guess.
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256, uri=True
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def open_main(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def open_cache(path: Path, group: Group) -> sqlite3.Connection:
    """For writing, attached under the group's name."""
    connection = connect(":memory:")
    connection.execute(f"ATTACH ? AS {group.value}", (str(path),))
    connection.execute(f"PRAGMA {group.value}.journal_mode = WAL")
    # A cache that loses its last pull to a power cut asks for it again: its cursor is lost with it.
    connection.execute(f"PRAGMA {group.value}.synchronous = NORMAL")
    return connection


def with_journals(path: Path) -> tuple[Path, ...]:
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
