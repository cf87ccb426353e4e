import threading
from contextlib import suppress

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from core.store import tables as t
from core.store.database import Database, DatabaseUnusable, NestedWrite
from tests.support.core import NOW, put


def add(connection, id: str) -> None:
    put(connection, t.accounts, id=id, name=id, company_prefix="", created_at=NOW)


def names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(text("SELECT id FROM account")).scalars())


def test_a_write_is_all_or_nothing(database):
    with suppress(DBAPIError), database.write() as connection:
        add(connection, "a")
        add(connection, "a")
    assert names(database) == set()


def test_what_a_read_changes_is_not_kept(database):
    try:
        with database.read() as connection:
            add(connection, "a")
    except DBAPIError:
        assert not database.is_sqlite
    assert names(database) == set()


def test_writers_in_many_threads_take_turns(database):
    def work(number: int) -> None:
        for step in range(10):
            with database.write() as connection:
                add(connection, f"{number}-{step}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 80


def test_a_failed_write_lets_the_next_one_in(sqlite_database):
    with pytest.raises(NestedWrite), sqlite_database.write(), sqlite_database.write():
        pass
    with sqlite_database.write() as connection:
        add(connection, "a")
    assert names(sqlite_database) == {"a"}


def test_references_are_kept_whole_and_commits_are_durable(sqlite_database):
    with sqlite_database.read() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                   ("foreign_keys", "journal_mode", "synchronous")}  # fmt: skip
    assert pragmas == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}


def test_a_transaction_left_open_is_ended_by_postgres(postgres_database):
    with postgres_database.read() as connection:
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "1min"
        assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "repeatable read"
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"


def test_a_database_in_memory_is_refused():
    with pytest.raises(DatabaseUnusable, match="in a file"):
        Database("sqlite://")


def test_a_plain_postgres_address_gets_its_driver():
    database = Database("postgresql://user@host/name")
    assert database.url.drivername == "postgresql+psycopg"
    assert not database.is_sqlite
    database.close()


def test_what_failed_is_told_without_the_data(database):
    with database.write() as connection:
        add(connection, "Claire Dubois")
    with pytest.raises(DBAPIError) as failed, database.write() as connection:
        add(connection, "Claire Dubois")
    assert "account" in str(failed.value)
    with pytest.raises(DBAPIError) as incomplete, database.write() as connection:
        connection.execute(insert(t.users).values(id="u", account_id=None, login="claire", name="Claire Dubois"))
    assert "account_id" in str(incomplete.value)
    for fault in (failed.value, incomplete.value):
        assert "claire" not in f"{fault} {fault.orig}".lower()
