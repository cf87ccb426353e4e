"""Alembic migrations of the core, run by `Database.upgrade()`, never by hand: expand, deploy, contract."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert, select, text

from core.store import tables as t
from core.store.tables.device import CORE_KEY, SIGNING_KEY

if TYPE_CHECKING:
    from core.store.database import Database

# Any number; processes that start at the same time take turns.
_UPGRADE_LOCK = 7_316_402


def configuration(connection: Connection) -> Config:
    """Alembic's configuration bound to an open transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(database: "Database") -> None:
    """To the newest version, in one transaction; a new database gets its epoch, and what has no keys yet gets them."""
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        command.upgrade(configuration(connection), "head")
        if connection.execute(select(t.sync_clocks.c.id)).first() is None:
            connection.execute(insert(t.sync_clocks).values(id=1, value=1, epoch=secrets.token_hex(8)))
        known = set(connection.execute(select(t.secrets.c.name)).scalars())
        for name in {SIGNING_KEY, CORE_KEY} - known:
            key = {"name": name, "value": secrets.token_bytes(32), "created_at": datetime.now(UTC)}
            connection.execute(insert(t.secrets).values(key))
