"""Wrong PINs are counted per person and survive a restart."""

from app.store import lockouts
from app.store.database import Database
from app.store.lockouts import Failed
from tests.support.device import NOW, database

__all__ = ["database"]


def test_tries_are_counted_per_person_until_they_are_forgotten(database: Database) -> None:
    with database.write() as connection:
        assert lockouts.failed(connection, "ann") == Failed(0, None)
        assert lockouts.count(connection, "ann", NOW, start_over=False) == Failed(1, NOW, 1)
        assert lockouts.count(connection, "ann", NOW, start_over=False) == Failed(2, NOW, 2)
        assert lockouts.failed(connection, "ann") == Failed(2, NOW, 2)
        assert lockouts.failed(connection, "bob") == Failed(0, None)
        lockouts.forget(connection, "ann")
        assert lockouts.failed(connection, "ann") == Failed(0, None)


def test_a_lock_out_that_is_over_starts_to_count_anew(database: Database) -> None:
    with database.write() as connection:
        for _ in range(5):
            lockouts.count(connection, "ann", NOW, start_over=False)
        assert lockouts.count(connection, "ann", NOW, start_over=True) == Failed(1, NOW, 6)


def test_tries_are_there_after_a_restart(database: Database) -> None:
    with database.write() as connection:
        lockouts.count(connection, "ann", NOW, start_over=False)
    again = Database.open(database.folder)
    with again.read() as connection:
        assert lockouts.failed(connection, "ann").count == 1
    again.close()


def test_what_an_older_app_counted_still_counts(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO setting VALUES ('pin:ann', ?)", (f'[3, "{NOW.isoformat()}"]',))
        assert lockouts.failed(connection, "ann") == Failed(3, NOW, 3)
