from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.domain.promise import Destination, Option
from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.service import closures, promise, sourcing
from core.service.cause import office_cause
from core.service.closures import Closing
from core.service.promise import Promised, Question
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT, build_delivery_world, put_stock
from tests.core.service.office import fulfilments_of, place
from tests.support.core import NOW, World
from tests.support.http import Clock

WEEK = NOW + timedelta(days=7)


def close(database: Database, id: str, until: datetime = WEEK, since: datetime = NOW, at: datetime = NOW) -> Any:
    with database.write() as connection:
        return closures.close(connection, office_cause(at, "usr-ana"), Closing(id, since, until, "inventory"))


def end(database: Database, closure: Any, at: datetime, version: int = 1) -> Any:
    with database.write() as connection:
        return closures.end(connection, office_cause(at), closure["id"], version)


def option(database: Database, world: World, at: datetime = NOW) -> Option | None:
    question = Question(world.division, (("SKU-1", 1),), Destination("FR", "69003", "Lyon"), methods=("standard",))
    with database.read() as connection:
        found = promise.ask(connection, question, at)
    assert isinstance(found, Promised)
    return found.options[0] if found.options else None


def told(database: Database, location_id: str) -> list[str]:
    e = t.events.c
    with database.read() as connection:
        query = select(e.name).where(e.subject_kind == "location", e.subject_id == location_id).order_by(e.at, e.id)
        return list(connection.execute(query).scalars())


def test_sourcing_asks_no_place_that_is_closed_and_says_so(database: Database):
    world = build_delivery_world(database)
    put_stock(database, DEPOT, "SKU-1", 50)
    for id in (world.lille, world.lyon):
        close(database, id)
    order = place(database, world, {"SKU-1": 1})
    assert [one.location_id for one in fulfilments_of(database, order.order_id)] == [DEPOT]
    with database.read() as connection:
        (decision,) = sourcing.decisions_of(connection, order.order_id)
    codes = {one["location_id"]: one["code"] for one in decision["explanation"]["locations"]}
    assert codes[world.lille] == codes[world.lyon] == "closed"


def test_a_promise_counts_no_minute_of_a_closure(database: Database):
    world = build_delivery_world(database)
    before = option(database, world)
    for id in (world.lille, world.lyon):
        close(database, id)
    after = option(database, world)
    assert before is not None
    assert after is not None
    assert (before.target_at, after.target_at) == (
        datetime(2026, 5, 4, 15, tzinfo=UTC),
        datetime(2026, 5, 11, 15, tzinfo=UTC),
    )


def test_another_process_sees_a_closure_within_a_second(sqlite_database: Database, monkeypatch: Any):
    """Another engine on the same database keeps what it read, and looks again."""
    world = build_delivery_world(sqlite_database)
    now = [1_000.0]
    monkeypatch.setattr("core.service.promise_network.time.monotonic", lambda: now[0])
    other = Database(str(sqlite_database.engine.url))
    before = option(other, world)
    for id in (world.lille, world.lyon):
        close(sqlite_database, id)
    assert option(other, world) == before
    now[0] += 1.0
    after = option(other, world)
    other.close()
    assert after is not None
    assert before is not None
    assert after.target_at > before.target_at


def test_a_closure_is_told_when_it_begins_and_ends_early(database: Database):
    world = build_delivery_world(database)
    begins = NOW + timedelta(hours=3)
    closure = close(database, world.lyon, since=begins)
    clock = Clock(NOW)
    worker = Worker(database, HANDLERS, clock)
    worker.turn()
    assert told(database, world.lyon) == ["LocationClosurePlanned"]
    clock.at = begins
    worker.turn()
    assert told(database, world.lyon) == ["LocationClosurePlanned", "LocationClosed"]
    ended = end(database, closure, begins + timedelta(hours=1))
    assert ended["until_at"] == ended["ended_at"] == begins + timedelta(hours=1)
    assert told(database, world.lyon)[-1] == "LocationReopened"
    assert end(database, closure, begins + timedelta(hours=2), 2).code == "closure_over"


def test_a_closure_that_is_called_off_is_never_told_as_begun(database: Database):
    world = build_delivery_world(database)
    closure = close(database, world.lyon, since=NOW + timedelta(hours=3))
    assert end(database, closure, NOW, version=7).code == "stale_version"
    end(database, closure, NOW)
    worker = Worker(database, HANDLERS, Clock(NOW + timedelta(hours=4)))
    worker.turn()
    assert "LocationClosed" not in told(database, world.lyon)


def test_hours_nobody_can_keep_and_closures_without_end_are_refused(database: Database):
    world = build_delivery_world(database)
    day = [["10:00", "19:00"]]
    wrong: tuple[Any, ...] = (
        {"week": [day] * 6},
        {"week": [[["19:00", "10:00"]]] * 7},
        {"week": [day] * 7, "special": {"2026-13-01": day}},
        {"week": [day] * 7, "special": {"2026-12-01": [["25:00", "26:00"]]}},
    )
    with database.write() as connection:
        for hours in wrong:
            refused = closures.set_hours(connection, office_cause(NOW), world.lyon, 1, hours)
            assert isinstance(refused, Refusal)
            assert refused.code == "hours_invalid"
        assert isinstance(closures.set_hours(connection, office_cause(NOW), "nowhere", 1, {}), Refusal)
    for until in (NOW, NOW + timedelta(days=400)):
        assert close(database, world.lyon, until).code == "closure_out_of_range"
    assert close(database, "nowhere").code == "location_unknown"
