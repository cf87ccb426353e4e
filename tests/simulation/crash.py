"""Deaths between any two SQL statements, for whatever code opens SQLite files while it runs `inside` a fuse.

Every statement and every commit is a point of death; a commit has one before and one after. So is every file that is
made safe, moved or removed (`FILE_DEEDS`), before and after. What was not committed is
gone, exactly as after a lost process: the connections are closed without a commit and the files are opened anew.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

Connect = Callable[..., sqlite3.Connection]


class Killed(BaseException):
    """The process is gone. Not an Exception, so that no handler of the tested code can live on."""


class Fuse:
    """Of one process: counts its points of death, and burns at the one it was lit for."""

    def __init__(self) -> None:
        self.dead = False
        self.points = 0  # passed since the start; a measure of work
        self.disk: tuple[str, int] | None = None  # "full" or "read_only", and how many writes fail before it is well
        self._left: int | None = None
        self._watched = False
        self._connections: list[Mortal] = []

    def light(self, points: int) -> None:
        """Die at the `points`-th statement or commit from now (1 is the next one)."""
        self._left = points

    def put_out(self) -> None:
        self._left = None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Somebody only looks: the process does not die of that."""
        self._watched = True
        try:
            with self.inside():
                yield
        finally:
            self._watched = False

    def pass_point(self) -> None:
        if self._watched:
            return
        if self.dead:
            raise Killed
        self.points += 1
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            self.dead = True
            raise Killed

    def write(self, sql: str) -> None:
        """Raises what SQLite raises on a disk that takes no more."""
        if self.disk is None or self._watched or not sql.lstrip()[:6].upper().startswith(WRITES):
            return
        (name, code, text), left = DISKS[self.disk[0]], self.disk[1]
        self.disk = (self.disk[0], left - 1) if left > 1 else None
        fault = sqlite3.OperationalError(text)
        fault.sqlite_errorname, fault.sqlite_errorcode = name, code
        raise fault

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What runs here runs in this process: the files it opens die with it."""
        token = _running.set(self)
        try:
            yield
        finally:
            _running.reset(token)

    @staticmethod
    @contextmanager
    def outside() -> Iterator[None]:
        """What runs here belongs to no process, whoever called it: it outlives them all."""
        token = _running.set(None)
        try:
            yield
        finally:
            _running.reset(token)

    def adopt(self, connection: "Mortal") -> None:
        self._connections.append(connection)

    def bury(self) -> None:
        """Closes all that the dead process had open; the fuse is new for the next one."""
        for connection in self._connections:
            sqlite3.Connection.close(connection)
        self._connections.clear()
        self.dead, self._left, self.disk = False, None, None


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC", "COMMIT")
DISKS = {
    "full": ("SQLITE_FULL", 13, "database or disk is full"),
    "read_only": ("SQLITE_READONLY", 8, "attempt to write a readonly database"),
}
_running: ContextVar[Fuse | None] = ContextVar("running", default=None)


class MortalCursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = ()) -> "MortalCursor":
        fuse = _fuse_of(self.connection)
        fuse.pass_point()
        fuse.write(sql)
        super().execute(sql, parameters)
        if sql[:6].upper() == "COMMIT":
            fuse.pass_point()
        return self

    def executemany(self, sql: str, parameters: Any) -> "MortalCursor":
        _fuse_of(self.connection).pass_point()
        _fuse_of(self.connection).write(sql)
        super().executemany(sql, parameters)
        return self


class Mortal(sqlite3.Connection):
    """A connection whose every statement may be the last one."""

    fuse: Fuse

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or MortalCursor)

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script: str) -> sqlite3.Cursor:
        self.fuse.pass_point()
        return super().executescript(sql_script)

    def commit(self) -> None:
        self.fuse.pass_point()
        self.fuse.write("COMMIT")
        super().commit()
        self.fuse.pass_point()

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> Any:
        if kind is None:
            self.commit()
        else:
            self.rollback()
        return False


def _fuse_of(connection: sqlite3.Connection) -> Fuse:
    assert isinstance(connection, Mortal)
    return connection.fuse


@contextmanager
def mortality() -> Iterator[None]:
    """While it lasts, files opened inside a fuse (by sqlite3 or by SQLAlchemy) belong to that process."""
    plain: Connect = sqlite3.dbapi2.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        fuse = _running.get()
        if fuse is None:
            return plain(*arguments, **options)
        if fuse.dead:
            raise Killed
        connection = plain(*arguments, **(options | {"factory": Mortal}))
        assert isinstance(connection, Mortal)
        connection.fuse = fuse
        fuse.adopt(connection)
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = connect  # type: ignore[assignment]
    usual = [(owner, name, getattr(owner, name)) for owner, name in FILE_DEEDS]
    for owner, name, deed in usual:
        setattr(owner, name, _mortal(deed))
    try:
        yield
    finally:
        sqlite3.connect = sqlite3.dbapi2.connect = plain  # type: ignore[assignment]
        for owner, name, deed in usual:
            setattr(owner, name, deed)


FILE_DEEDS: tuple[tuple[Any, str], ...] = ((os, "fsync"), (os, "replace"), (Path, "unlink"))


def _mortal(deed: Callable[..., Any]) -> Callable[..., Any]:
    def done(*arguments: Any, **options: Any) -> Any:
        fuse = _running.get()
        if fuse is None:
            return deed(*arguments, **options)
        fuse.pass_point()
        found = deed(*arguments, **options)
        fuse.pass_point()
        return found

    return done
