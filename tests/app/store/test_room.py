"""A device that holds too much, or has no room, asks for nothing more; what happened is kept whatever there is."""

import shutil
from types import SimpleNamespace

import pytest

from app.store import outbox, room
from app.store.database import Database, driver
from app.store.intents import Asked
from app.store.room import DiskNearlyFull, TooManyWaiting
from core.contract.commands import ClaimOffer, DeclineOffer, How, PauseOffers, ScanItem
from core.contract.sync import MAX_WAITING
from core.domain.picking import LineComplete, Picked
from tests.support.device import database, stamp, store

__all__ = ["database", "store"]

QUESTIONS = (ClaimOffer("o1"), DeclineOffer("o1", "busy"), PauseOffers(True))
_COMMAND = """INSERT INTO command (seq, id, intent, name, version, user_id, at, arguments, prev, offset_ms, state,
    answer_mark, tries, held_until, code, params, decided_at, dismissed_by, dismiss_note) VALUES (?, ?, ?, 'PauseRun',
    1, 'ann', '2026-03-02T09:00:00+00:00', '{"run_id":"r"}', '', 0, ?, 0, 0, '', '', '{}', '', '', '')"""


def hold(database: Database, count: int, state: str = "queued") -> None:
    """`count` commands more."""
    with database.write() as connection:
        raw = driver(connection)
        first = (raw.execute("SELECT max(seq) FROM command").fetchone()[0] or 0) + 1
        rows = ((seq, f"held-{seq}", f"held-intent-{seq}", state) for seq in range(first, first + count))
        raw.executemany(_COMMAND, rows)


def free(monkeypatch: pytest.MonkeyPatch, megabytes: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=megabytes * 1_000_000))


@pytest.mark.usefixtures("store")
def test_with_too_much_unsent_nothing_more_is_asked_and_facts_go_on(database: Database) -> None:
    hold(database, 500, "accepted")
    hold(database, MAX_WAITING - 2)
    hold(database, 1, "answered")
    with database.write() as connection:
        assert outbox.submit(connection, QUESTIONS[0], stamp(1)) == Asked()
        assert [outbox.submit(connection, one, stamp(2)) for one in QUESTIONS] == [TooManyWaiting(MAX_WAITING)] * 3
        assert outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.TAP), stamp(3)) == Picked(1)
        driver(connection).execute("UPDATE command SET state = 'accepted' WHERE seq BETWEEN 1000 AND 1010")
        assert outbox.submit(connection, QUESTIONS[2], stamp(4)) == Asked()


@pytest.mark.usefixtures("store")
def test_on_a_disk_that_is_nearly_full_nothing_more_is_asked_and_facts_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 99)
    with database.write() as connection:
        assert [outbox.submit(connection, one, stamp(1)) for one in QUESTIONS] == [DiskNearlyFull(99)] * 3
        assert outbox.submit(connection, ScanItem("f1", "l1-0", 2, How.TAP), stamp(2)) == LineComplete()
    free(monkeypatch, 100)
    with database.write() as connection:
        assert outbox.submit(connection, QUESTIONS[0], stamp(3)) == Asked()


@pytest.mark.usefixtures("store")
def test_a_fact_does_not_even_look(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "refusal", lambda *_: pytest.fail("a fact was weighed"))
    with database.write() as connection:
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.TAP), stamp(1))


def test_what_waits_is_counted_by_its_index(database: Database) -> None:
    with database.read() as connection:
        seen: list[str] = []
        raw = driver(connection)
        raw.set_trace_callback(seen.append)
        room.waiting(raw)
        raw.set_trace_callback(None)
        (plan,) = raw.execute(f"EXPLAIN QUERY PLAN {seen[0]}").fetchall()
    assert "USING COVERING INDEX command_unfinished" in plan[-1]
