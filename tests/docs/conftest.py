"""Pages that a core executes."""

from tests.support.core import sqlite_database, sqlite_template

__all__ = ["sqlite_database", "sqlite_template"]
