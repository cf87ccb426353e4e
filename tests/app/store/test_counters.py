"""A number once taken is never given again."""

import pytest

from app.store import counters
from app.store.database import Database
from tests.support.device import database

__all__ = ["database"]


def test_numbers_come_one_after_the_other_for_each_name(database: Database) -> None:
    with database.write() as connection:
        assert [counters.take(connection, "sscc") for _ in range(3)] == [0, 1, 2]
        assert counters.take(connection, "other") == 0


def test_a_number_of_a_transaction_that_failed_was_not_taken(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            counters.take(connection, "sscc")
            raise OSError

    with pytest.raises(OSError):
        fail()
    with database.write() as connection:
        assert counters.take(connection, "sscc") == 0
