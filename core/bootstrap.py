"""The one place that knows every part of the core: opens the database, brings it up to date, makes the app."""

import os
from pathlib import Path

from fastapi import FastAPI

from core.http.app import create_app
from core.settings import Settings
from core.store.database import Database

DATA_FOLDER = ".comptoir"


def open_database(settings: Settings) -> Database:
    """Migrated and ready."""
    database = Database(settings.database_url)
    database.upgrade()
    return database


def read_settings() -> Settings:
    """From the environment; data in COMPTOIR_DATA or ./.comptoir."""
    return Settings.read(os.environ, Path(os.environ.get("COMPTOIR_DATA", DATA_FOLDER)))


def make_app() -> FastAPI:
    """For a server process: `uvicorn core.bootstrap:make_app --factory`."""
    settings = read_settings()
    return create_app(open_database(settings), settings)
