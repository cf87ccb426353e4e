"""Fixtures of the core's tests."""

from tests.support.core import database, postgres_database, sqlite_database, sqlite_template
from tests.support.demo import demo, postgres_demo, postgres_demo_template, sqlite_demo, sqlite_demo_template
from tests.support.postgres import postgres_template, postgres_url

__all__ = [
    "database",
    "demo",
    "postgres_database",
    "postgres_demo",
    "postgres_demo_template",
    "postgres_template",
    "postgres_url",
    "sqlite_database",
    "sqlite_demo",
    "sqlite_demo_template",
    "sqlite_template",
]
