"""What a slice of a device's rows says here, for the device to compare (`core.contract.audits`).

All tablets of a store ask for the same slice on one day: what was found for rows of one sum is found once.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from weakref import WeakKeyDictionary

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from core.contract import audits
from core.contract.sums import Sum
from core.contract.sync import MAX_FRAME_ROWS, PullRequest
from core.store import render
from core.store import tables as t
from core.store.database import Database

KEPT: Final = timedelta(minutes=10)
MOST: Final = 1_000
_ADAPTERS: Final = {entity: TypeAdapter(kind) for entity, kind in audits.KINDS.items()}
_Key = tuple[tuple[str, ...], int, Sum]


class _Found:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digests: OrderedDict[_Key, tuple[datetime, str]] = OrderedDict()

    def get(self, key: _Key, at: datetime) -> str:
        with self._lock:
            found_at, found = self._digests.get(key, (at, ""))
            return found if timedelta() <= at - found_at < KEPT else ""

    def keep(self, key: _Key, at: datetime, found: str) -> None:
        with self._lock:
            self._digests[key] = at, found
            self._digests.move_to_end(key)
            while len(self._digests) > MOST:
                self._digests.popitem(last=False)


_OF: WeakKeyDictionary[Database, _Found] = WeakKeyDictionary()
_OF_LOCK = threading.Lock()


def is_asked(request: PullRequest) -> bool:
    """And can be answered: the device knows these rows by the same dataclasses."""
    place = request.audit
    return place is not None and 0 <= place < audits.SLICES and request.form == audits.form_of(request.group)


def told(
    database: Database, connection: Connection, wanted: tuple[Sequence[str], int, Sum | None], at: datetime
) -> str:
    """`wanted`: partitions, slice, and their sum in the snapshot of the connection. Hexadecimal."""
    parts, place, total = wanted
    if total is None:
        return audits.digest(_rows(connection, parts, place))
    with _OF_LOCK:
        known = _OF.setdefault(database, _Found())
    key = tuple(parts), place, total
    found = known.get(key, at) or audits.digest(_rows(connection, parts, place))
    known.keep(key, at, found)
    return found


def _rows(connection: Connection, parts: Sequence[str], place: int) -> Iterator[tuple[str, str, int, Any]]:
    r = t.sync_rows.c
    query = select(r.part, r.entity, r.id, r.ver).where(r.part.in_(parts), r.deleted.is_(False))
    wanted = sorted(row for row in connection.execute(query).yield_per(5_000) if audits.is_in(place, row[1], row[2]))
    for (part, entity), group in groupby(wanted, key=lambda row: (row[0], row[1])):
        rows = list(group)
        for start in range(0, len(rows), MAX_FRAME_ROWS):
            some = {row[2]: row[3] for row in rows[start : start + MAX_FRAME_ROWS]}
            for id, body in render.bodies(connection, entity, part, list(some)).items():
                yield entity, id, some[id], _read(entity, body)


def _read(entity: str, body: Any) -> Any:
    return _ADAPTERS[entity].validate_json(body) if isinstance(body, bytes | str) else body
