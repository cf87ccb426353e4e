"""How this device was last used: language, colours, sounds, its scanner. They outlive a sign-out, for the next one."""

import sqlite3
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
    scanner: tuple[str, str, str, str] = ("auto", "", "", "key")  # as app.devices.wedge.WedgeSettings


SCANNER = ("scanner_keyboards", "scanner_prefix", "scanner_suffix", "scanner_ends")


def read(connection: Connection) -> Preferences:
    raw = driver(connection)
    return Preferences(
        settings.get(raw, "language") or "",
        settings.get(raw, "theme") or "system",
        settings.get(raw, "sounds") != "off",
        _scanner(raw),
    )


def write(connection: Connection, chosen: Preferences) -> None:
    raw = driver(connection)
    settings.put(raw, "language", chosen.language)
    settings.put(raw, "theme", chosen.theme)
    settings.put(raw, "sounds", "on" if chosen.sounds else "off")
    for name, value in zip(SCANNER, chosen.scanner, strict=True):
        settings.put(raw, name, value)


def _scanner(raw: sqlite3.Connection) -> tuple[str, str, str, str]:
    keyboards, prefix, suffix, ends = (settings.get(raw, name) or "" for name in SCANNER)
    return keyboards or "auto", prefix, suffix, ends or "key"
