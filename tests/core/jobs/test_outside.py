import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from core.jobs.outside import FIRST_PAUSE, Outside, pause, running
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW
from tests.support.http import Clock

LATER = NOW + timedelta(minutes=1)


class Desk:
    """Asks somebody who fails `faults` times; `clashes`: so often the database refuses the answer."""

    name, table, lease = "test", t.messages, timedelta(minutes=1)

    def __init__(self, faults: int = 0, clashes: int = 0) -> None:
        self.faults, self.clashes, self.asked = faults, clashes, 0

    def prepare(self, connection: Any, cause: Any, row: Any) -> Any:
        return row.id

    def ask(self, errand: Any) -> Any:
        self.asked += 1
        if self.asked <= self.faults:
            raise RuntimeError("camille@example.org")
        return "yes"

    def settle(self, connection: Any, cause: Any, row: Any, told: Any) -> None:
        connection.execute(update(t.messages).values(state="sent", due_at=None))
        if self.clashes:
            self.clashes -= 1
            raise OperationalError("x", {}, Exception("deadlock"))


@pytest.fixture
def row(database: Database) -> Any:
    prepared(database, build_delivery_world(database))

    def read() -> Any:
        with database.read() as connection:
            return connection.execute(select(t.messages)).one()

    return read


def test_a_fault_is_put_off_and_tells_nothing_personal(database: Database, row: Any, caplog):
    desk, clock = Desk(faults=2), Clock(LATER)
    outside = Outside(database, desk, clock)
    assert [outside.turn(), outside.turn()] == [True, False]
    assert (row().error, row().due_at) == ("RuntimeError", LATER + FIRST_PAUSE)
    assert "camille" not in caplog.text
    clock.at = LATER + FIRST_PAUSE
    outside.turn()
    assert row().due_at == clock.at + 2 * FIRST_PAUSE
    clock.at = row().due_at
    outside.turn()
    assert (row().state, desk.asked) == ("sent", 3)


def test_an_answer_that_met_another_transaction_is_written_again_and_not_asked_again(database: Database, row: Any):
    desk = Desk(clashes=2)
    Outside(database, desk, Clock(LATER)).turn()
    assert (row().state, desk.asked) == ("sent", 1)


def test_pauses_double_up_to_an_hour():
    assert [pause(n).total_seconds() for n in (1, 2, 3, 99)] == [5, 10, 20, 3600]


def test_it_runs_until_it_is_stopped(database: Database, row: Any):
    desk = Desk()
    done = threading.Event()
    desk.ask = lambda errand: done.set()  # type: ignore[method-assign]
    with running([Outside(database, desk, Clock(LATER), 0.01)]):
        assert done.wait(10)
