"""Brings the files to the schema of this version. Only `main.db` is precious: its steps add, and never drop or rewrite.

The stock and catalogue files are caches: in another version they are emptied by deleting the file and pulled again.
"""

from sqlalchemy import Connection

from app.store.tables import METADATA
from core.contract.cache_files import FORMAT, statements
from core.contract.sync import Group

# Statements that lead from version n to n + 1, for a main.db of an older app. Version 1 is what tables.py declares.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sync_check (grp TEXT NOT NULL PRIMARY KEY, rows INTEGER, sum TEXT, doubt INTEGER NOT NULL,
            checked_at TEXT NOT NULL, differed_at TEXT NOT NULL)""",
    ),
    (
        """CREATE TABLE story (kind TEXT NOT NULL, id TEXT NOT NULL, told_at TEXT NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (kind, id))""",
    ),
)
MAIN_VERSION = 1 + len(STEPS)


class NewerDatabase(Exception):
    """main.db was written by a newer app; this one must not touch it. The first argument is its version."""


def migrate_main(connection: Connection) -> None:
    """Inside one transaction of a connection whose main file is main.db."""
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if version > MAIN_VERSION:
        raise NewerDatabase(version)
    if version == 0:
        METADATA.create_all(connection)
    else:
        _let_commands_in(connection)
        for step in STEPS[version - 1 :]:
            for statement in step:
                connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA user_version = {MAIN_VERSION}")


def _let_commands_in(connection: Connection) -> None:
    """The first files of version 1 have a column that must be filled and that nothing fills or reads any more."""
    if any(row.name == "settled" for row in connection.exec_driver_sql("PRAGMA main.table_info(command)")):
        connection.exec_driver_sql("ALTER TABLE main.command DROP COLUMN settled")


def is_current_cache(connection: Connection, group: Group) -> bool:
    """Whether the cache file attached under the group's name is new (version 0) or of this version."""
    return connection.exec_driver_sql(f"PRAGMA {group.value}.user_version").scalar_one() in (0, FORMAT)


def create_cache(connection: Connection, group: Group) -> None:
    for statement in statements(group, group.value):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA {group.value}.user_version = {FORMAT}")
