"""SQL is compiled once per process, as by a core that stays up.

Every test has a database of its own, and would otherwise compile the same statements again.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

KEPT = 5_000  # statements of all tests, where a core knows some hundreds

_shared: dict[tuple[Any, ...], tuple[Any, LRUCache[Any, Any]]] = {}


def compile_once() -> None:
    """For all engines of this process."""
    if not event.contains(Engine, "engine_connect", _share):
        event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    """A compiled statement belongs to a dialect: engines of one kind take the dialect of the first that connected."""
    engine, dialect = connection.engine, connection.dialect
    kind = (type(dialect), getattr(dialect, "_json_serializer", None))
    shared, compiled = _shared.setdefault(kind, (dialect, LRUCache(KEPT)))
    if engine._compiled_cache is not compiled:
        engine.dialect = connection.dialect = shared
        engine._compiled_cache = compiled
