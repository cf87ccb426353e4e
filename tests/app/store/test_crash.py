"""A kill between any two statements: a copy of the files taken there opens, and what it holds hangs together."""

import shutil
from pathlib import Path

import pytest

from app.store import catalogue, documents, outbox
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract.commands import How, ScanItem, StartRun
from core.contract.sync import CacheFile, Group, VerdictDocument
from core.domain.outcome import Verdict
from core.domain.picking import pick
from core.domain.runs import Method
from tests.simulation.crash import Fuse, Killed, mortality
from tests.support.cache_file import fetch, packed
from tests.support.device import NOW, apply, database, fill, fulfilment, put, stamp, store, stream, variant

__all__ = ["database", "store"]


class Cutter:
    """Copies the device's files before each statement."""

    def __init__(self, database: Database, to: Path) -> None:
        self._database = database
        self._to = to
        self.copies: list[Path] = []

    def __call__(self, statement: str) -> None:
        copy = self._to / f"{len(self.copies):03}"
        shutil.copytree(self._database.folder, copy, ignore=shutil.ignore_patterns("*-shm", "stage-*"))
        self.copies.append(copy)


def picked(database: Database) -> int:
    with database.read() as connection:
        found = documents.fulfilment(connection, "f1")
    assert found is not None
    return found.lines[0].picked


def picks(database: Database) -> int:
    """Scans in the outbox that are not final."""
    with database.read() as connection:
        sql = "SELECT count(*) FROM command WHERE name = 'ScanItem' AND state IN ('queued', 'answered')"
        return int(driver(connection).execute(sql).fetchone()[0])


@pytest.mark.slow
def test_a_kill_between_the_statements_of_an_action_leaves_all_or_nothing(
    database: Database, store: DeviceStore, tmp_path: Path
) -> None:
    cut = Cutter(database, tmp_path)
    with database.write() as connection:
        driver(connection).set_trace_callback(cut)
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(1))
    driver(connection).set_trace_callback(None)
    cut("after")
    seen = set[int]()
    for copy in cut.copies:
        reopened = Database.open(copy)
        assert reopened.report.moved_aside is None
        assert picked(reopened) == picks(reopened)
        seen.add(picked(reopened))
        reopened.close()
    assert seen == {0, 1}


@pytest.mark.slow
def test_a_kill_between_the_statements_of_a_merge_leaves_the_old_or_the_new_world(
    database: Database, store: DeviceStore, tmp_path: Path
) -> None:
    start = StartRun("r", "R1", "paris", Method.MULTI, ("f1", "f2"), ("ann",))
    with database.write() as connection:
        outbox.submit(connection, start, stamp(0))
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(1))
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(2))
    cut = Cutter(database, tmp_path)
    raw = database.stage(Group.MAIN)
    raw.set_trace_callback(cut)
    now_there, _ = pick(fulfilment(1), "l1-0", 1)
    verdict = VerdictDocument("command-1", Verdict.ACCEPTED, "picked", {}, NOW)
    apply(store, Group.MAIN, put("fulfilment", now_there, ver=2), put("verdict", verdict), cursor="c2")
    raw.set_trace_callback(None)
    cut("after")
    worlds = set[tuple[str | None, int]]()
    for copy in cut.copies:
        reopened = Database.open(copy)
        assert picked(reopened) == 2
        worlds.add((DeviceStore(reopened).cursor(Group.MAIN), picks(reopened)))
        reopened.close()
    assert worlds == {("c1", 2), ("c2", 1)}


@pytest.mark.slow
def test_a_kill_at_any_moment_of_a_fetched_file_leaves_the_old_or_the_new_one(tmp_path: Path) -> None:
    """Between any two statements, and around every file that is made safe, moved or removed."""
    told, body = packed(tmp_path / "core", [variant(number, name=f"Wool coat {number}") for number in range(9)])
    start = tmp_path / "start"
    first = Database.open(start)
    fill(DeviceStore(first))
    first.close()
    worlds: list[tuple[str | None, int, int]] = []
    fuse, points, died = Fuse(), 0, True
    while died:
        points += 1
        folder = tmp_path / "device"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(start, folder)
        died = _dies(fuse, folder, points, told, body)
        again = Database.open(folder)
        with again.read() as connection:
            wool, linen = (len(catalogue.search(connection, text, 100)) for text in ("wool", "linen"))
        worlds.append((DeviceStore(again).cursor(Group.CATALOGUE), wool, linen))
        assert again.report.dropped == ()
        assert sorted(path.name for path in folder.glob("catalog*.db")) == [again.path_of(Group.CATALOGUE).name]
        # Whatever was cut off, the next try gets there.
        assert fetch(DeviceStore(again), Group.CATALOGUE, told, body, stream(cursor="f2")) is not None
        again.close()
    assert points > 40
    assert set(worlds) == {("c1", 0, 6), ("f2", 9, 0)}
    assert worlds == sorted(worlds)  # once it is the new one, it stays


def _dies(fuse: Fuse, folder: Path, points: int, told: CacheFile, body: bytes) -> bool:
    with mortality(), fuse.inside():
        database = Database.open(folder)
        fuse.light(points)
        try:
            fetch(DeviceStore(database), Group.CATALOGUE, told, body, stream(cursor="f2"))
            fuse.put_out()
            return False
        except Killed:
            return True
        finally:
            fuse.bury()
