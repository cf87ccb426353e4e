"""Bodies of rows that were just rendered: the tablets of a store ask for the same change within a moment.

A version of a row in a partition has one body. What is kept is small and soon forgotten; what only one device is told,
or what a device begins with, is not kept at all.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from core.store import render
from core.store.database import Database
from core.store.feed import Change

KEPT: Final = timedelta(seconds=30)
MOST: Final = 5_000
FEW: Final = 500  # of a frame: who is told more begins, and nobody is with it
# Each of them is marked with whatever changes its body.
SHARED: Final = frozenset({"fulfilment", "run", "manifest", "collection", "position"})

_Name = tuple[str, str, str]  # part, entity, id


@dataclass(frozen=True, slots=True)
class _Body:
    ver: int
    at: datetime
    body: Any


class Shown:
    """Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[_Name, _Body] = OrderedDict()

    def bodies(
        self, connection: Connection, entity: str, part: str, changes: Sequence[Change], at: datetime
    ) -> render.Bodies:
        """As `render.bodies`, of the versions that the connection sees. `at`: the core's time."""
        if entity not in SHARED or len(changes) > FEW:
            return render.bodies(connection, entity, part, [change.id for change in changes])
        found = self._found(entity, part, changes, at)
        missing = {change.id: change.ver for change in changes if change.id not in found}
        if missing:
            made = render.bodies(connection, entity, part, list(missing))
            self._keep({(part, entity, id): _Body(missing[id], at, body) for id, body in made.items()})
            found |= made
        return found

    def forget(self) -> None:
        """The database has another history than the one that was read: its versions are others."""
        with self._lock:
            self._bodies.clear()

    def _found(self, entity: str, part: str, changes: Sequence[Change], at: datetime) -> dict[str, Any]:
        with self._lock:
            known = [(change, self._bodies.get((part, entity, change.id))) for change in changes]
        return {
            change.id: one.body
            for change, one in known
            if one is not None and one.ver == change.ver and timedelta() <= at - one.at < KEPT
        }

    def _keep(self, made: dict[_Name, _Body]) -> None:
        with self._lock:
            for name, body in made.items():
                self._bodies[name] = body
                self._bodies.move_to_end(name)
            while len(self._bodies) > MOST:
                self._bodies.popitem(last=False)


_OF: WeakKeyDictionary[Database, Shown] = WeakKeyDictionary()
_OF_LOCK = threading.Lock()


def of(database: Database) -> Shown:
    """What was shown of this database, to any device of this process."""
    with _OF_LOCK:
        return _OF.setdefault(database, Shown())
