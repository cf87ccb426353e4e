"""Collects the rows of a running pull in the shape of the tables they go to."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from app.store import documents
from app.store.codec import WORK, decode, encode
from app.store.sealer import SEALED, Sealer
from app.store.tables import STAGE_TABLES
from core.contract.sums import Sum, sum_of
from sync.errors import InvalidAnswer

Row = tuple[str, int, Any]


class Staging:
    """`entities`: names of those seen, for the topics that change. `sum`: of the rows that were put."""

    def __init__(self, raw: sqlite3.Connection, sealer: Sealer | None = None) -> None:
        self._raw = raw
        self._sealer = sealer
        self.rows = 0
        self.entities: frozenset[str] = frozenset()
        self.sum = Sum()
        self.clear()

    def clear(self) -> None:
        with _Batch(self._raw):
            for table in STAGE_TABLES:
                self._raw.execute(f"DELETE FROM stage.{table}")

    def put(self, entity: str, rows: Sequence[Row]) -> None:
        """`rows`: (id, version, body); a body is JSON bytes, or what would be encoded to them."""
        self.rows += len(rows)
        self.entities |= {entity}
        self.sum = self.sum.plus(sum_of((entity, i, ver) for i, ver, _ in rows))
        bodies = [(i, ver, body if isinstance(body, bytes) else encode(body)) for i, ver, body in rows]
        try:
            if (sealer := self._sealer) is not None and entity in SEALED:
                # Not even the file of a running pull has it in the clear.
                bodies = [(i, ver, encode(sealer.seal(entity, decode(entity, body)))) for i, ver, body in bodies]
            with _Batch(self._raw):
                self._put(entity, bodies)
        except msgspec.ValidationError as fault:
            raise InvalidAnswer(f"{entity}: {fault}") from fault

    def delete(self, entity: str, ids: Sequence[str]) -> None:
        """A row that is also put in this pull has moved between partitions, and stays."""
        self.rows += len(ids)
        self.entities |= {entity}
        with _Batch(self._raw):
            self._raw.executemany("INSERT OR IGNORE INTO stage.deleted VALUES (?, ?)", [(entity, i) for i in ids])

    def _put(self, entity: str, rows: Sequence[tuple[str, int, bytes]]) -> None:
        if entity == "position":
            self._many("position", 9, [_position(ver, body) for _, ver, body in rows])
        elif entity == "variant":
            self._many("variant", 14, [_variant(ver, body) for _, ver, body in rows])
        elif entity in WORK:
            work = [(i, ver, body, decode(entity, body)) for i, ver, body in rows]
            self._many("document", 9, [(entity, i, ver, body, *documents.columns(d)) for i, ver, body, d in work])
            self._many("code", 3, [(code, entity, i) for i, _, _, d in work for code in documents.codes(d)])
        else:
            self._many("document", 9, [(entity, i, ver, body, "", "", "", "", False) for i, ver, body in rows])

    def _many(self, table: str, width: int, rows: Sequence[tuple[Any, ...]]) -> None:
        self._raw.executemany(f"INSERT OR REPLACE INTO stage.{table} VALUES ({', '.join('?' * width)})", rows)


class _Batch:
    """One transaction on the stage file alone: a deferred BEGIN takes no lock on the group's file."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def __enter__(self) -> None:
        self._raw.execute("BEGIN")

    def __exit__(self, kind: object, *_: object) -> None:
        self._raw.execute("COMMIT" if kind is None else "ROLLBACK")


def _position(ver: int, body: bytes) -> tuple[Any, ...]:
    p = decode("position", body)
    return p.id, ver, p.on_hand, p.reserved, p.picked, p.unavailable, p.safety, p.zone, p.place


def _variant(ver: int, body: bytes) -> tuple[Any, ...]:
    v = decode("variant", body)
    names = (v.id, ver, v.product_id, v.division_id, v.name, v.brand, v.category, v.colour, v.size)
    return *names, " ".join(v.gtins), v.price_minor, v.currency, v.weight_g, v.image
