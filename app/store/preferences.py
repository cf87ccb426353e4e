"""How this device was last used: language, colours, sounds. They outlive a sign-out, for who stands here next."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.store import settings
from app.store.database import driver


@dataclass(frozen=True, slots=True)
class Preferences:
    """`language`: a tag of app.i18n, "" before one was chosen; `theme`: "system" | "light" | "dark"."""

    language: str = ""
    theme: str = "system"
    sounds: bool = True


def read(connection: Connection) -> Preferences:
    raw = driver(connection)
    return Preferences(
        settings.get(raw, "language") or "",
        settings.get(raw, "theme") or "system",
        settings.get(raw, "sounds") != "off",
    )


def write(connection: Connection, chosen: Preferences) -> None:
    raw = driver(connection)
    settings.put(raw, "language", chosen.language)
    settings.put(raw, "theme", chosen.theme)
    settings.put(raw, "sounds", "on" if chosen.sounds else "off")
