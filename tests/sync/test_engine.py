import asyncio
import base64
import contextlib
import json
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.store import catalogue, documents, outbox, stock
from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.commands import How, ScanItem
from core.contract.sync import (
    FILE_CHUNK_BYTES,
    Answer,
    CacheFile,
    Commit,
    Frame,
    Group,
    Head,
    OpaqueCommand,
    Problem,
    PullRequest,
    PushAnswer,
    PushRequest,
    VerdictDocument,
)
from core.domain.outcome import Verdict
from sync import errors, machine
from sync.engine import GATHERED_ROWS, Engine, Surroundings
from sync.status import SyncStatus
from tests.support.cache_file import packed
from tests.support.device import NOW, database, fulfilment, large, position, put, stamp, store

__all__ = ["database", "store"]


class FakeCore:
    """Decides everything as accepted; the verdicts come with the next pull. `fault` is raised by every request."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.pushed: list[str] = []
        self.breaks: set[str] = set()  # commands that break the connection when they are pushed
        self.handed_over: list[str] = []
        self.refreshed = 0
        self.told = 0
        self.cut = False
        self.pulled: list[Group] = []
        self.poke: asyncio.Queue[Group] = asyncio.Queue()

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault

    async def push(self, request: PushRequest) -> PushAnswer:
        self._check()
        if any(command.id in self.breaks for command in request.commands):
            raise errors.Broken
        self.pushed += [command.id for command in request.commands]
        answers = tuple(Answer(command.id, Verdict.ACCEPTED) for command in request.commands)
        return PushAnswer(answers, NOW + timedelta(seconds=3))

    async def hand_over(self, request: PushRequest | OpaqueCommand) -> PushAnswer:
        self._check()
        assert isinstance(request, OpaqueCommand)
        id = json.loads(zlib.decompress(base64.b64decode(request.opaque)))["id"]
        self.handed_over.append(id)
        self.pushed.append(id)
        return PushAnswer((Answer(id, Verdict.ATTENTION, "internal"),), NOW)

    async def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]:
        self._check()
        self.pulled.append(request.group)
        yield Head(request.cursor is None)
        news = self.pushed[self.told :] if request.group is Group.MAIN else []
        if news:
            yield put("verdict", *(VerdictDocument(i, Verdict.ACCEPTED, "picked", {}, NOW) for i in news))
        if self.cut:
            return
        yield Commit(f"c{len(self.pushed)}")
        self.told += len(news)

    async def file(self, id: str, start: int) -> AsyncGenerator[bytes, None]:
        self._check()
        if start >= 0:
            raise errors.Refused(Problem("file_unknown", "", 404))
        yield b""

    async def pokes(self) -> AsyncGenerator[Group | None, None]:
        self._check()
        yield None
        while True:
            yield await self.poke.get()

    async def refresh(self) -> None:
        self.refreshed += 1
        self.fault = None


@contextlib.asynccontextmanager
async def running(store: DeviceStore, core: FakeCore) -> AsyncIterator[tuple[Engine, list[SyncStatus]]]:
    seen: list[SyncStatus] = []
    loop = asyncio.get_running_loop()
    around = Surroundings(lambda: NOW, loop.time, lambda: 0.0, seen.append, lambda _: None)
    engine = Engine(store, core, around)
    task = asyncio.create_task(engine.run())
    try:
        yield engine, seen
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def shelf(database: Database) -> int:
    """Units of sku0 that are picked, as the screens show them."""
    with database.read() as connection:
        found = stock.position(connection, "sku0")
    assert found is not None
    return found.picked


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


def scan(database: Database, number: int) -> None:
    with database.write() as connection:
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.WEDGE), stamp(number))


async def test_a_scan_goes_up_and_is_final_by_the_feed(database: Database, store: DeviceStore) -> None:
    core = FakeCore()
    async with running(store, core) as (engine, _):
        await until(lambda: engine.status.connection == "online")
        scan(database, 1)
        engine.wake()
        await until(lambda: core.pushed == ["command-1"] and engine.status.waiting == 0)
        assert engine.status.clock_skew_ms == 3000
        assert engine.status.last_sync_at == NOW
        assert (engine.status.offline_since, engine.status.fault) == (None, "")


async def test_the_stock_is_asked_for_after_a_verdict(database: Database, store: DeviceStore) -> None:
    core = FakeCore()
    async with running(store, core) as (engine, _):
        await until(lambda: len(core.pulled) == 3 and engine.status.connection == "online")
        scan(database, 1)
        engine.wake()
        await until(lambda: engine.status.waiting == 0 and Group.STOCK in core.pulled[3:])
        await until(lambda: shelf(database) == 0)  # the model's stock knows nothing of picks, and is believed


async def test_offline_is_said_and_everything_arrives_afterwards(database: Database, store: DeviceStore) -> None:
    core = FakeCore()
    core.fault = errors.Unreachable("no network")
    async with running(store, core) as (engine, _):
        scan(database, 1)
        engine.wake()
        await until(lambda: engine.status.connection == "offline" and engine.status.waiting == 1)
        assert (engine.status.offline_since, engine.status.fault) == (NOW, "unreachable")
        core.fault = None
        await until(lambda: engine.status.connection == "online" and engine.status.waiting == 0)
    assert core.pushed == ["command-1"]


async def test_an_expired_token_is_renewed_once_and_unseen(database: Database, store: DeviceStore) -> None:
    core = FakeCore()
    core.fault = errors.Unauthorised("expired")
    scan(database, 1)
    async with running(store, core) as (engine, seen):
        await until(lambda: engine.status.waiting == 0 and engine.status.connection == "online")
        assert core.refreshed == 1
        assert not {status.connection for status in seen} & {"paused", "offline"}


@pytest.mark.parametrize(
    ("fault", "connection"),
    [(errors.Revoked("gone"), "revoked"), (errors.UpgradeRequired("old"), "upgrade_required")],
)
async def test_a_closed_door_stops_the_sync_and_keeps_the_queue(
    database: Database, store: DeviceStore, fault: Exception, connection: str
) -> None:
    core = FakeCore()
    core.fault = fault
    scan(database, 1)
    async with running(store, core) as (engine, _):
        await until(lambda: engine.status.connection == connection)
        core.fault = None
        engine.restart()
        await until(lambda: core.pushed == ["command-1"])


async def test_a_reset_offers_everything_again(database: Database, store: DeviceStore) -> None:
    core = FakeCore()
    scan(database, 1)
    async with running(store, core) as (engine, _):
        await until(lambda: engine.status.waiting == 0 and bool(core.pushed))
        core.fault = errors.ResetRequired("restored")
        core.poke.put_nowait(Group.MAIN)
        await until(lambda: engine.status.fault == "reset_required")
        core.fault = None
        await until(lambda: core.pushed[:2] == ["command-1", "command-1"] and engine.status.waiting == 0)


async def test_what_no_push_brings_to_the_core_is_handed_over_in_the_end(
    database: Database, store: DeviceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = FakeCore()
    core.breaks = {"command-1"}
    monkeypatch.setattr(machine, "SET_ASIDE_S", -1.0)  # at once again
    monkeypatch.setattr(machine, "next_delay", lambda *_: 0.0)
    for number in (1, 2):
        scan(database, number)
    async with running(store, core) as (engine, _):
        await until(lambda: bool(core.handed_over) and engine.status.waiting == 0)
        assert core.handed_over == ["command-1"]
        assert set(core.pushed) == {"command-1", "command-2"}


async def test_a_cut_stream_and_a_bug_are_failures_and_the_loop_goes_on(database: Database, store: DeviceStore) -> None:
    core = FakeCore()
    core.cut = True
    async with running(store, core) as (engine, _):
        await until(lambda: engine.status.fault == "broken")
        core.cut, core.fault = False, ZeroDivisionError("bug")
        await until(lambda: engine.status.fault == "bug")
        core.fault = None
        await until(lambda: engine.status.connection == "online" and engine.status.fault == "")


async def test_a_screen_that_fails_does_not_stop_the_sync(database: Database, store: DeviceStore) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("no page")

    core = FakeCore()
    around = Surroundings(lambda: NOW, asyncio.get_running_loop().time, lambda: 0.0, broken, broken)
    engine = Engine(store, core, around)
    scan(database, 1)
    task = asyncio.create_task(engine.run())
    await until(lambda: engine.status.waiting == 0 and bool(core.pushed))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_pull_shows_its_rows(database: Database, store: DeviceStore) -> None:
    class Big(FakeCore):
        async def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]:
            yield Head(False)
            if request.group is Group.MAIN:
                yield put("fulfilment", *(fulfilment(n) for n in range(10, 10 + GATHERED_ROWS)))
            yield Commit("c2")

    async with running(store, Big()) as (engine, seen):
        await until(lambda: engine.status.connection == "online")
        await until(lambda: any(status.pulled_rows == GATHERED_ROWS for status in seen))
        await until(lambda: engine.status.pulling is None)
    with database.read() as connection:
        assert len(documents.fulfilments(connection)) == 3 + GATHERED_ROWS


async def test_a_few_rows_are_on_the_screens_after_two_turns_of_a_thread(
    database: Database, store: DeviceStore
) -> None:
    """Before anything else is done: somebody waits for what another store has claimed."""
    heard: list[str] = []

    async def counted(work: Callable[[], Any]) -> Any:
        heard.append("turn")
        return work()

    def changed(entities: frozenset[str]) -> None:
        heard.extend(entities)

    core = FakeCore()
    around = Surroundings(lambda: NOW, asyncio.get_running_loop().time, lambda: 0.0, lambda _: None, changed)
    engine = Engine(store, core, around, counted)
    task = asyncio.create_task(engine.run())
    await until(lambda: len(core.pulled) >= 3 and engine.status.connection == "online")
    core.pushed.append("of another device")
    heard.clear()
    core.poke.put_nowait(Group.MAIN)
    await until(lambda: "verdict" in heard)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert heard[:3] == ["turn", "turn", "verdict"]


class FileCore(FakeCore):
    """Begins the catalogue with a file, and loses the connection after each of its pieces."""

    def __init__(self, told: CacheFile, body: bytes) -> None:
        super().__init__()
        self.told_of, self.body = told, body
        self.fetched: list[int] = []

    async def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]:
        if request.group is Group.CATALOGUE and request.files and not request.cursor:
            self.pulled.append(request.group)
            yield self.told_of
            return
        async for frame in super().pull(request):
            yield frame

    async def file(self, id: str, start: int) -> AsyncGenerator[bytes, None]:
        assert id == self.told_of.id
        self.fetched.append(start)
        yield self.body[start : start + FILE_CHUNK_BYTES]
        if start + FILE_CHUNK_BYTES < len(self.body):
            raise errors.Broken("the Wi-Fi of the cellar")


async def test_a_file_comes_in_spite_of_cuts_and_its_size_is_told_before_it(database: Database, tmp_path: Path) -> None:
    told, body = packed(tmp_path / "core", large())
    core = FileCore(told, body)
    async with running(DeviceStore(database), core) as (engine, seen):
        async with asyncio.timeout(30):
            while engine.status.fetching or DeviceStore(database).cursor(Group.CATALOGUE) is None:
                await asyncio.sleep(0.01)
    assert core.fetched == [n * FILE_CHUNK_BYTES for n in range(len(told.chunks))]
    come = [one.come_bytes for status in seen for one in status.fetching]
    assert {one.size_bytes for status in seen for one in status.fetching} == {told.size_bytes}
    assert come == sorted(come)
    assert (come[0], come[-1]) == (0, told.size_bytes)
    assert core.pulled[0] is Group.MAIN  # work first
    with database.read() as connection:
        assert catalogue.by_sku(connection, "sku1299") is not None


async def test_without_room_for_the_file_work_goes_on(
    database: Database, store: DeviceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, body = packed(tmp_path / "core", [position(1)])
    core = FileCore(told, body)
    with database.merging(Group.CATALOGUE) as connection:
        connection.exec_driver_sql("UPDATE catalogue.sync_cursor SET cursor = NULL")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    async with running(store, core) as (engine, seen):
        await until(lambda: any(status.fault == "no_space" for status in seen))
        scan(database, 1)
        engine.wake()
        await until(lambda: core.pushed == ["command-1"] and engine.status.waiting == 0)
    assert core.fetched == []
