import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from core.store import migrations
from core.store import tables as t
from core.store.database import Database
from tests.support.postgres import new_database


def differences(database: Database) -> list:
    with database.write() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, t.METADATA)


def test_the_migrations_make_the_tables(database):
    assert differences(database) == []


def test_a_column_that_no_migration_makes_is_noticed(database):
    with database.write() as connection:
        connection.execute(text("ALTER TABLE account DROP COLUMN name"))
    assert differences(database)


def test_upgrading_twice_keeps_the_history(database):
    with database.read() as connection:
        before = connection.execute(text("SELECT epoch FROM sync_clock")).all()
    database.upgrade()
    with database.read() as connection:
        assert connection.execute(text("SELECT epoch FROM sync_clock")).all() == before


@pytest.mark.postgres
def test_a_new_postgres_database_is_made_from_nothing(postgres_url):
    with new_database(postgres_url, f"n{uuid.uuid4().hex}") as url:
        database = Database(url)
        database.upgrade()
        assert differences(database) == []
        database.close()


def test_a_start_without_work_to_do_is_a_start(sqlite_database):
    migrations.upgrade(sqlite_database)
    assert differences(sqlite_database) == []
