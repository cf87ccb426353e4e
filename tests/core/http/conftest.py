"""A paired device that speaks to a core on SQLite."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI

from core.contract.sync import Enrolment
from core.http.app import create_app
from core.service import devices
from core.store.database import Database
from tests.core.http.headquarters import Office
from tests.support.core import NOW, World, build_world
from tests.support.http import Clock


@dataclass(frozen=True)
class Paired:
    app: FastAPI
    database: Database
    world: World
    clock: Clock
    enrolment: Enrolment

    @property
    def token(self) -> str:
        return self.enrolment.access_token


@pytest.fixture
def paired(sqlite_database: Database) -> Paired:
    world, clock = build_world(sqlite_database), Clock(NOW)
    code = devices.create_code(sqlite_database, world.lille, NOW)
    enrolment = devices.enrol(sqlite_database, devices.Applicant(code), NOW)
    assert isinstance(enrolment, Enrolment)
    return Paired(create_app(sqlite_database, now=clock), sqlite_database, world, clock, enrolment)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def anywhere(database: Database) -> Office:
    """On SQLite and on PostgreSQL."""
    return Office(database)
