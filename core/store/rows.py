"""Rows on hot paths: inserted as the driver takes them.

What SQLAlchemy prepares anew for every row (parameters by name, which of them have defaults) is prepared once here for
a table; the types of its columns bind the values as they always do.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import JSON, Column, Connection, Dialect, Table

Row = Mapping[str, Any]


class _Plan(NamedTuple):
    """`binds`: of the columns in turn, what turns a value into one of the driver's; None where it is one already."""

    statement: str
    binds: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    defaults: Mapping[str, Any]
    by_column: bool


def insert_each(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """As `connection.execute(insert(table), rows)`; what the first row leaves out, all leave out: its default counts.

    Defaults are values or functions without arguments; the database's own are not used.
    """
    if not rows:
        return
    plan = _plan(table, connection.dialect, frozenset(rows[0]))
    made = [
        tuple([row[name] if bind is None else bind(row[name]) for name, bind in plan.binds])
        for row in (rows if not plan.defaults else [{**_filled(plan.defaults), **row} for row in rows])
    ]
    if plan.by_column:
        connection.exec_driver_sql(plan.statement, tuple(map(list, zip(*made, strict=True))))
    else:
        connection.exec_driver_sql(plan.statement, made)


def _filled(defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value() if callable(value) else value for name, value in defaults.items()}


@lru_cache(maxsize=256)
def _plan(table: Table, dialect: Dialect, given: frozenset[str]) -> _Plan:
    """KeyError: a name of a row is no column. ValueError: a column has neither value nor default."""
    unknown = given - set(table.columns.keys())
    if unknown:
        raise KeyError(f"{table.name} has no column {min(unknown)}")
    postgres = dialect.name == "postgresql"
    columns = list(table.columns)
    quote = dialect.identifier_preparer.quote
    into = f"INSERT INTO {quote(table.name)} ({', '.join(quote(column.name) for column in columns)})"
    values = _of_arrays(columns, dialect) if postgres else f"VALUES ({', '.join('?' * len(columns))})"
    binds = tuple((column.name, _bind(column, dialect)) for column in columns)
    defaults = {column.name: _default(column) for column in columns if column.name not in given}
    return _Plan(f"{into} {values}", binds, defaults, postgres)


def _of_arrays(columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    """PostgreSQL is told the rows column by column: one message for all instead of one for each."""
    arrays = ", ".join("%s::text[]" if _is_json(one) else f"%s::{one.type.compile(dialect)}[]" for one in columns)
    names = [f"c{number}" for number in range(len(columns))]
    read = ", ".join(f"{name}::json" if _is_json(one) else name for name, one in zip(names, columns, strict=True))
    return f"SELECT {read} FROM unnest({arrays}) AS told({', '.join(names)})"


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _bind(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if dialect.name == "postgresql" and _is_json(column):
        return _as_json
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        if column.nullable:
            return None
        raise ValueError(f"{column} needs a value")
    if default.is_callable:
        return lambda: default.arg(None)  # SQLAlchemy wraps a function so that it takes a context
    return default.arg
