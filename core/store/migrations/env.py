"""Alembic's entry: migrates on the connection that `core.store.migrations` hands over, inside its transaction."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from core.store import tables as t
from core.store.columns import UtcDateTime, Xid8


def render_item(kind: str, value: Any, _: object) -> str | Literal[False]:
    """Column types as the migrations import them."""
    if kind == "type" and isinstance(value, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(value, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(value, Xid8):
        return "Xid8()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=t.METADATA,
    render_item=render_item,
    render_as_batch=False,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
