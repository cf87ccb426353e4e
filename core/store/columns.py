"""Column types that mean the same on SQLite and PostgreSQL: aware UTC times, JSON, transaction ids of the feed."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Table
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator, UserDefinedType
from sqlmodel import Field, SQLModel


class CoreRow(SQLModel, registry=registry()):
    """Base of the core's row classes: their own registry, because a test process also holds the device's tables."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on both sides; SQLite, which knows no zones, keeps the UTC reading. Naive times raise ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be kept: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id: never wraps, comparable, and what `pg_visible_in_snapshot` asks for."""

    cache_ok = True

    def __init__(self, *_: Any) -> None:
        super().__init__()

    def get_col_spec(self, **_: Any) -> str:
        return "XID8"


# So that comparing a PostgreSQL database with the tables knows the type it finds.
ischema_names["xid8"] = Xid8


def transaction_id() -> Any:
    """Type of the column that says which transaction wrote a row last."""
    return BigInteger().with_variant(Xid8(), "postgresql")


def moment(**options: Any) -> Any:
    """A field holding an aware UTC time."""
    return Field(sa_type=UtcDateTime, **options)


def document(default: Any = None) -> Any:
    """A field holding JSON; `default` is a callable (dict, list) where the field may be left out."""
    return Field(sa_type=JSON) if default is None else Field(sa_type=JSON, default_factory=default)


def table_of(row: type[SQLModel]) -> Table:
    """The Core table of a row class: what statements on hot paths are written with."""
    found = row.__table__  # type: ignore[attr-defined]
    assert isinstance(found, Table)
    return found
