"""The small retailer of the demo, loaded once per process and copied for each test that asks for it."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.demo.load import Wanted, load
from core.store.database import Database
from tests.support.postgres import new_database, with_database

OPENED = datetime(2026, 5, 6, 10, 30, tzinfo=UTC)
SMALL = Wanted("small", 1, OPENED)
TEMPLATE = "comptoir_demo"


@pytest.fixture(scope="session")
def sqlite_demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite-demo") / "core.db"
    shutil.copy(sqlite_template, path)
    _load(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_demo_template(postgres_url: str, postgres_template: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        names = map(sql.Identifier, (TEMPLATE, postgres_template))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    _load(with_database(postgres_url, TEMPLATE))
    return TEMPLATE


def _load(url: str) -> None:
    database = Database(url)
    load(database, SMALL)
    database.close()


@pytest.fixture
def sqlite_demo(sqlite_demo_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "demo.db"
    shutil.copy(sqlite_demo_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres_demo(postgres_url: str, postgres_demo_template: str) -> Iterator[Database]:
    with new_database(postgres_url, f"d{uuid.uuid4().hex}", postgres_demo_template) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def demo(request: pytest.FixtureRequest) -> Database:
    """A database with the small retailer in it; each test runs on both."""
    found = request.getfixturevalue(f"{request.param}_demo")
    assert isinstance(found, Database)
    return found
