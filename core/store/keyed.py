"""Statements for many keys, which travel as one value: nothing is compiled again, however many keys there are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row

_ALIKE: Final[Mapping[str, str]] = {}


class Keyed:
    """`sql`: `{keys}` stands behind the column that is to be one of the keys, `{value}` for each value before them.

    `sqlite`, `postgres`: what stands in it by other names, where they speak differently.
    """

    def __init__(self, sql: str, sqlite: Mapping[str, str] = _ALIKE, postgres: Mapping[str, str] = _ALIKE) -> None:
        self._sqlite = sql.format(value="?", keys="IN (SELECT value FROM json_each(?))", **sqlite)
        self._postgres = sql.format(value="%s", keys="= ANY(%s::text[])", **postgres)

    def rows(self, connection: Connection, keys: Iterable[str], *values: str) -> Sequence[Row[Any]]:
        if connection.dialect.name == "postgresql":
            return connection.exec_driver_sql(self._postgres, (*values, list(keys))).all()
        return connection.exec_driver_sql(self._sqlite, (*values, orjson.dumps(list(keys)).decode())).all()
