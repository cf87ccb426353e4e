"""A device remembers how it was last used."""

from app.store import preferences
from app.store.database import Database
from app.store.preferences import Preferences
from tests.support.device import database

__all__ = ["database"]


def test_a_fresh_device_follows_the_platform(database: Database) -> None:
    with database.read() as connection:
        assert preferences.read(connection) == Preferences("", "system", sounds=True)


def test_what_was_chosen_is_there_next_time(database: Database) -> None:
    chosen = Preferences("ar", "dark", sounds=False)
    with database.write() as connection:
        preferences.write(connection, chosen)
    with database.read() as connection:
        assert preferences.read(connection) == chosen
