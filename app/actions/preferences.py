"""What a person chooses for this device: language, colours, sounds, scanner. Kept on the device, told to nobody."""

from dataclasses import replace

from app.devices.layouts import KEYBOARDS
from app.devices.wedge import WedgeSettings
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


def choose_scanner(database: Database, scanner: WedgeSettings) -> None:
    with database.write() as connection:
        kept = (scanner.keyboards, scanner.prefix, scanner.suffix, scanner.ends)
        preferences.write(connection, replace(preferences.read(connection), scanner=kept))


def scanner(database: Database) -> WedgeSettings:
    """What nobody can have chosen, as a newer version may, is as if nothing was."""
    keyboards, prefix, suffix, ends = chosen(database).scanner
    return WedgeSettings(
        next((known for known in KEYBOARDS if known == keyboards), "auto"),
        prefix,
        suffix,
        "pause" if ends == "pause" else "key",
    )


def chosen(database: Database) -> Preferences:
    with database.read() as connection:
        return preferences.read(connection)
