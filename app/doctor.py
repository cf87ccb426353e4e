"""What this machine has of what Comptoir needs: nobody should have to guess why something does not start."""

import ctypes
import ctypes.util
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finding:
    """`needed` tells what stops Comptoir from what only takes something away."""

    name: str
    present: bool
    needed: bool
    detail: str

    @property
    def verdict(self) -> str:
        return "ok" if self.present else ("MISSING" if self.needed else "absent")

    def as_json(self) -> dict[str, str | bool]:
        return asdict(self)


def diagnose() -> list[Finding]:
    return list(findings())


def findings() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info >= (3, 11), True, f"{version}; 3.11 or later is needed")
    yield full_text_search()
    yield Finding("zbar", has_zbar(), False, "reads codes from the camera (Debian: libzbar0)")
    chromium = Path("/usr/bin/chromium")
    yield Finding("chromium", chromium.exists(), False, "only the tests in a browser need it (Debian: chromium)")
    yield locales()
    yield data_folder()


def full_text_search() -> Finding:
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        present = True
    except sqlite3.OperationalError:
        present = False
    finally:
        database.close()
    return Finding("sqlite", present, True, f"{sqlite3.sqlite_version}; with full-text search FTS5 for products")


def has_zbar() -> bool:
    try:
        ctypes.CDLL("libzbar.so.0")
    except OSError:
        return os.name == "nt" or ctypes.util.find_library("zbar") is not None
    return True


def locales() -> Finding:
    """A missing compiled catalogue is no loss: the app reads the source catalogue then, a little slower."""
    sources = sorted((ROOT / "locales").glob("*/LC_MESSAGES/messages.po"))
    stale = [
        source.parent.parent.name
        for source in sources
        if not source.with_suffix(".mo").exists() or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    languages = ", ".join(source.parent.parent.name for source in sources)
    detail = f"languages: {languages}" + (f"; not compiled: {', '.join(stale)}" if stale else "")
    return Finding("locales", bool(sources) and not stale, False, detail)


def data_folder() -> Finding:
    """The nearest folder that exists decides whether the data folder can be made."""
    folder = Path(os.environ.get("FLET_APP_STORAGE_DATA") or ROOT / ".comptoir")
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    return Finding("data folder", nearest.is_dir() and os.access(nearest, os.W_OK), True, f"{folder}, writable")
