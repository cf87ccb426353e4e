"""The small retailer of the demo, loaded once per process and copied for each test that asks for it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.demo.load import Wanted, load
from core.store.database import Database
from tests.support.core import ON_BOTH, copied, copied_in_postgres, fixture_named
from tests.support.postgres import with_database

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
    yield from copied(sqlite_demo_template, tmp_path / "demo.db")


@pytest.fixture
def postgres_demo(postgres_url: str, postgres_demo_template: str) -> Iterator[Database]:
    yield from copied_in_postgres(postgres_demo_template, postgres_url)


@pytest.fixture(params=ON_BOTH)
def demo(request: pytest.FixtureRequest) -> Database:
    """A database with the small retailer in it; each test runs on both."""
    return fixture_named(request, f"{request.param}_demo")
