"""The one place that knows every part of the core: opens the database, brings it up to date, makes the app."""

import gc
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI

from core.adapters.locker import SandboxLocker
from core.adapters.mail import post_of, sender_of
from core.adapters.payment import Sandbox
from core.http.app import create_app
from core.jobs.handlers import HANDLERS, NIGHTLY
from core.jobs.lockers import LockerDesk
from core.jobs.mail import MailDesk
from core.jobs.outside import Desk, Outside
from core.jobs.payments import CardDesk, RefundDesk
from core.jobs.worker import Worker
from core.service import withdrawn
from core.settings import Settings
from core.store.database import Database

DATA_FOLDER = ".comptoir"
# Young objects after which the collector looks, and how often it then looks at older ones: Python's own 700 are few
# for answers of a thousand objects each.
COLLECT_AFTER = (20_000, 20, 20)


def open_database(settings: Settings) -> Database:
    """Migrated and ready."""
    database = Database(settings.database_url)
    database.upgrade()
    withdrawn.withdraw_again(database, settings.withdrawn_file, datetime.now(UTC))
    return database


def read_settings() -> Settings:
    """From the environment; data in COMPTOIR_DATA or ./.comptoir."""
    return Settings.read(os.environ, Path(os.environ.get("COMPTOIR_DATA", DATA_FOLDER)))


def make_worker(database: Database) -> Worker:
    """Does what time does: offers that run out, and whatever else waits for its moment."""
    return Worker(database, HANDLERS, lambda: datetime.now(UTC), nightly=NIGHTLY)


def make_outside(database: Database, environment: Mapping[str, str] = os.environ) -> list[Outside]:
    """Speaks with mail servers and the like; without settings with sandboxes that keep their books in COMPTOIR_DATA.

    Raises SettingInvalid.
    """
    folder = Path(environment.get("COMPTOIR_DATA", DATA_FOLDER))
    mail = MailDesk(post_of(environment, folder / "outbox"), sender_of(environment))
    bank = Sandbox(folder / "sandbox-bank.db")
    desks: tuple[Desk, ...] = (
        mail,
        CardDesk(bank),
        RefundDesk(bank),
        LockerDesk(SandboxLocker(folder / "sandbox-locker.db")),
    )
    return [Outside(database, desk, lambda: datetime.now(UTC)) for desk in desks]


def make_app() -> FastAPI:
    """For a server process among many: `uvicorn core.bootstrap:make_app --factory`. Workers run beside it."""
    settings = read_settings()
    return settled(create_app(open_database(settings), settings))


def settled(app: FastAPI) -> FastAPI:
    """For a process that does nothing but serve it: what is in memory by now stays, and is not searched for garbage.

    Half a million objects of the program itself would stop every request for a fifth of a second now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    return app
