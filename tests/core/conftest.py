"""Fixtures of the core's tests."""

from tests.support.core import database, postgres_database, sqlite_database, sqlite_template
from tests.support.postgres import postgres_template, postgres_url

__all__ = ["database", "postgres_database", "postgres_template", "postgres_url", "sqlite_database", "sqlite_template"]
