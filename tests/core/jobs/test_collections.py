from types import SimpleNamespace
from typing import Any

import pytest

from core.domain.lifecycle import CollectionState
from core.jobs.handlers import HANDLERS
from core.service import collections
from core.service.cause import office_cause
from core.store.database import Database
from tests.core.service.collect_world import collection_of, jobs_of, messages_of, prepared, until
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import order_row
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def run(database: Database, kind: str, subject: str, at: Any) -> None:
    with database.write() as connection:
        HANDLERS[kind](connection, office_cause(at), SimpleNamespace(subject=subject, arguments={}))  # type: ignore[arg-type]


def test_a_reminder_goes_to_who_has_not_come(database: Database, world: World):
    ready = prepared(database, world)
    (job,) = jobs_of(database, collections.REMIND, ready.id)
    run(database, job.kind, job.subject, job.run_at)
    assert [one.kind for one in messages_of(database, ready.id)] == ["ready", "reminder"]


def test_when_its_time_is_over_it_goes_back_and_the_order_waits_for_nothing(database: Database, world: World):
    ready = prepared(database, world)
    run(database, collections.EXPIRE, ready.id, until(ready))
    assert collection_of(database, ready.order_id).state is CollectionState.EXPIRED
    assert order_row(database, ready.order_id).waiting is False


def test_a_job_about_nothing_does_nothing(database: Database):
    for kind in (collections.EXPIRE, collections.REMIND):
        run(database, kind, "nothing", NOW)
