from app.store import settings
from app.store.database import Database, driver
from tests.support.device import database

__all__ = ["database"]


def test_a_value_is_replaced_and_a_counter_counts(database: Database) -> None:
    with database.write() as connection:
        raw = driver(connection)
        assert settings.get(raw, "language") is None
        settings.put(raw, "language", "fr")
        settings.put(raw, "language", "ar")
        assert settings.get(raw, "language") == "ar"
        assert [settings.add(raw, "n", 2), settings.add(raw, "n", 1), settings.number(raw, "n")] == [2, 3, 3]
