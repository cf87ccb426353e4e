"""What a person chooses for this device: language, colours, sounds. Kept on the device, told to nobody."""

from dataclasses import replace

from app.store import preferences
from app.store.database import Database
from app.store.preferences import Preferences


def choose_language(database: Database, tag: str) -> None:
    with database.write() as connection:
        preferences.write(connection, replace(preferences.read(connection), language=tag))


def choose_theme(database: Database, theme: str) -> None:
    """`theme`: "system" | "light" | "dark"."""
    with database.write() as connection:
        preferences.write(connection, replace(preferences.read(connection), theme=theme))


def choose_sounds(database: Database, sounds: bool) -> None:
    with database.write() as connection:
        preferences.write(connection, replace(preferences.read(connection), sounds=sounds))


def chosen(database: Database) -> Preferences:
    with database.read() as connection:
        return preferences.read(connection)
