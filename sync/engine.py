"""The only loop of the sync: does what the machine asks for, tells it what came of it, and never dies of a fault.

Requests run side by side as tasks; the database is used in worker threads. Whatever happens, the published status says
what is true: a bug here is logged with its trace, shown as fault `bug`, and tried again like any failure.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from core.contract.commands import Command
from core.contract.sync import CacheFile, Delete, Frame, Group, PushRequest, Put
from sync import codec, errors, steps
from sync.failures import failure_of
from sync.lanes import State
from sync.machine import step
from sync.status import Fetching, SyncStatus
from sync.steps import Event, Failure, Instruction
from sync.store import Pull, Pulled, Store
from sync.transport import Transport

log = logging.getLogger(__name__)
T = TypeVar("T")
AFTER_BUG_S = 30.0
GATHERED_ROWS = 100


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine does not do itself. `now`: aware UTC; `monotonic`: seconds; `random`: 0 to 1.

    `publish` and `changed` are called on the engine's loop. `changed` names the entities that a pull brought.
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    random: Callable[[], float]
    publish: Callable[[SyncStatus], None]
    changed: Callable[[frozenset[str]], None]


class Aside(Protocol):
    """How work on the database is done: where the loop does not stand still for it."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...


async def in_thread(work: Callable[[], T]) -> T:
    """In a worker thread; a cancelled task ends only after it, so that no transaction outlives the engine."""
    running: Awaitable[T] = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        with suppress(Exception):
            await running
        raise


class Engine:
    """`await run()` until it is cancelled; tell it of new commands with `wake`, of the screen with `foreground`."""

    def __init__(
        self, store: Store, transport: Transport, surroundings: Surroundings, aside: Aside = in_thread
    ) -> None:
        self._aside = aside
        self.status = SyncStatus()
        self._store = store
        self._transport = transport
        self._around = surroundings
        self._state = State()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._set_aside_times = Counter[str]()

    async def run(self) -> None:
        """Syncs until cancelled; then leaves no request and no transaction behind. May be run again."""
        while True:
            try:
                await self._session()
            except Exception:
                log.exception("the sync loop broke; it starts anew")
                self._publish(connection="offline", offline_since=self._around.now(), fault=Failure.BUG.value)
                await asyncio.sleep(AFTER_BUG_S)

    async def _session(self) -> None:
        """From a start to a restart; what runs at its end is cancelled and awaited, so that lanes never overlap."""
        self._loop = asyncio.get_running_loop()
        self._events = asyncio.Queue()
        event: Event | None = steps.Started(await self._count())
        try:
            while event is not None:
                now = self._around.monotonic()
                self._state, asked = step(self._state, event, now, self._around.random())
                wait_s = self._carry_out(asked, now)
                event = await self._next_event(wait_s)
        finally:
            self._loop = None
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Commands were submitted. From any thread, after their transaction."""
        self._post(self._count_queue)

    def foreground(self, seen: bool) -> None:
        """Whether somebody sees the app now. From any thread."""
        event: Event = steps.WentForeground() if seen else steps.WentBackground()
        self._post(lambda: self._events.put_nowait(event))

    def restart(self) -> None:
        """After the device was enrolled again, or the app's update is there. From any thread."""
        self._post(lambda: self._events.put_nowait(None))

    def _post(self, act: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop closed meanwhile: the next start counts the queue anyway
                loop.call_soon_threadsafe(act)

    def _count_queue(self) -> None:
        async def counted() -> None:
            self._events.put_nowait(steps.CommandsWaiting(await self._count()))

        self._start(counted())

    async def _next_event(self, wait_s: float | None) -> Event | None:
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with an event.
            async with asyncio.timeout(wait_s):
                return await self._events.get()
        except TimeoutError:
            return steps.Tick()

    def _carry_out(self, asked: tuple[Instruction, ...], now: float) -> float | None:
        """Starts what is asked for; seconds until the next tick, None for no tick."""
        wait_s: float | None = None
        for instruction in asked:
            match instruction:
                case steps.Announce(connection):
                    self._announce(connection)
                case steps.Wait(until):
                    wait_s = None if until is None else max(0.0, until - now)
                case steps.Push():
                    self._start(self._push(instruction))
                case steps.SetAside(seconds):
                    self._start(self._set_aside(seconds))
                case steps.Pull(group):
                    self._start(self._pull(group))
                case steps.Reset(group):
                    self._start(self._reset(group))
                case steps.Refresh():
                    self._start(self._refresh())
                case steps.Listen():
                    self._listening = self._start(self._listen())
                case steps.Hush():
                    if self._listening is not None:
                        self._listening.cancel()
        return wait_s

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("a step of the sync failed", exc_info=fault)

    async def _push(self, asked: steps.Push) -> None:
        batch: tuple[Command, ...] = ()
        try:
            now = self._around.now()
            batch, seen = await self._aside(lambda: self._batch(now, asked))
            if not batch:
                self._events.put_nowait(steps.PushAnswered(0, 1))
                return
            answer = await self._transport.push(PushRequest(batch, seen=seen))
            at = self._around.now()
            told = await self._aside(lambda: self._store.record_answers(answer, at))
        except Exception as fault:
            failure = self._failed(fault)
            self._events.put_nowait(steps.PushFailed(failure, max(1, len(batch)), _retry_after_s(fault)))
        else:
            skew_ms = round((answer.server_time - at).total_seconds() * 1000)
            self._publish(clock_skew_ms=skew_ms, fault="")
            queued = await self._count()
            self._events.put_nowait(steps.PushAnswered(queued, told.decided, told.after_ms / 1000))

    def _batch(self, now: datetime, asked: steps.Push) -> tuple[tuple[Command, ...], str]:
        """What is pushed, and what it was built on."""
        batch = self._store.next_batch(now, asked.limit, asked.max_bytes)
        return batch, self._store.seen() if batch else ""

    async def _set_aside(self, seconds: float) -> None:
        now = self._around.now()
        batch = await self._aside(lambda: self._store.next_batch(now, 1))
        until = now + timedelta(seconds=seconds)
        await self._aside(lambda: self._store.hold([command.id for command in batch], until))
        for command in batch:
            self._set_aside_times[command.id] += 1
            if self._set_aside_times[command.id] >= steps.HANDED_OVER_AFTER:
                await self._hand_over(command)

    async def _hand_over(self, command: Command) -> None:
        """What no push brings to the core goes to head office, which plays it again; if that fails, it stays here."""
        try:
            answer = await self._transport.hand_over(codec.opaque(command))
            at = self._around.now()
            await self._aside(lambda: self._store.record_answers(answer, at))
        except Exception as fault:
            self._failed(fault)
        else:
            self._events.put_nowait(steps.Poked(Group.MAIN))

    async def _pull(self, group: Group) -> None:
        came = 0

        def gained(come_bytes: int) -> None:
            nonlocal came
            came += come_bytes

        try:
            pulled = await self._pulled(group, gained)
        except Exception as fault:
            failure = self._failed(fault)
            self._events.put_nowait(steps.PullFailed(group, failure, _retry_after_s(fault), gained=came > 0))
        else:
            # First who waits for it: somebody else has claimed what stands on a screen here.
            if pulled.entities:
                self._tell(lambda: self._around.changed(pulled.entities))
            self._publish(last_sync_at=self._around.now(), fault="")
            queued = await self._count()
            self._events.put_nowait(steps.PullDone(group, queued))
            if 0 < pulled.doubt < steps.TIRED_OF_DOUBT:
                log.error("sync: the rows of %s are not the core's (%d)", group, pulled.doubt)
                self._events.put_nowait(steps.Poked(group))
            if "verdict" in pulled.entities:
                # What the verdicts did to the shelf: until the stock tells it too, own picks are added to it.
                self._events.put_nowait(steps.Poked(Group.STOCK))
        finally:
            if self.status.pulling is group:
                self._publish(pulling=None, pulled_rows=0)
            self._fetching(group, None)

    async def _pulled(self, group: Group, gained: Callable[[int], None]) -> Pulled:
        pull = await self._aside(lambda: self._store.begin_pull(group))
        pulled = await self._received(pull)
        if pull.offered is not None:
            await self._fetch(group, pull.offered, gained)
            pull = await self._aside(lambda: self._store.continue_pull(group))
            pulled = await self._received(pull)
        if pulled is None:
            raise errors.Broken("the stream ended before its last frame")
        return pulled

    async def _received(self, pull: Pull) -> Pulled | None:
        """What few rows bring is taken and merged in one turn of a worker thread: each costs time on a busy device."""
        waiting: list[Frame] = []
        async with aclosing(self._transport.pull(pull.request)) as frames:
            async for frame in frames:
                waiting.append(frame)
                if sum(map(_rows_of, waiting)) >= GATHERED_ROWS:
                    await self._aside(partial(_take, pull, tuple(waiting)))
                    waiting.clear()
                    if pull.rows >= self.status.pulled_rows:
                        self._publish(pulling=pull.request.group, pulled_rows=pull.rows)
        return await self._aside(partial(_take, pull, tuple(waiting), self._around.now()))

    async def _fetch(self, group: Group, file: CacheFile, gained: Callable[[int], None]) -> None:
        """Its size is told before the first byte; what has come is kept, whatever happens."""
        download = await self._aside(lambda: self._store.begin_download(group, file))
        before = download.start
        self._fetching(group, Fetching(group, before, file.size_bytes))
        if before == file.size_bytes:
            return
        async with aclosing(self._transport.file(file.id, before)) as pieces:
            async for piece in pieces:
                await self._aside(partial(download.receive, piece))
                gained(download.start - before)
                before = download.start
                self._fetching(group, Fetching(group, before, file.size_bytes))

    def _fetching(self, group: Group, now: Fetching | None) -> None:
        others = tuple(one for one in self.status.fetching if one.group is not group)
        self._publish(fetching=others if now is None else (*others, now))

    async def _reset(self, group: Group) -> None:
        try:
            at = self._around.now()
            await self._aside(lambda: self._store.reset(group, at))
        except Exception as fault:
            self._events.put_nowait(steps.PullFailed(group, self._failed(fault)))
        else:
            self._events.put_nowait(steps.ResetDone(group, await self._count()))

    async def _refresh(self) -> None:
        try:
            await self._transport.refresh()
        except Exception as fault:
            self._events.put_nowait(steps.RefreshFailed(self._failed(fault), _retry_after_s(fault)))
        else:
            self._events.put_nowait(steps.TokenRefreshed())

    async def _listen(self) -> None:
        failure, retry_after_s = Failure.BROKEN, None  # a stream that just ends
        try:
            async with aclosing(self._transport.pokes()) as pokes:
                async for group in pokes:
                    self._events.put_nowait(steps.PokesOpened() if group is None else steps.Poked(group))
        except Exception as fault:
            failure, retry_after_s = self._failed(fault), _retry_after_s(fault)
        self._events.put_nowait(steps.PokesClosed(failure, retry_after_s))

    async def _count(self) -> int:
        """Publishes what waits; how many commands may be pushed now. A fault counts as one: the push will tell."""
        try:
            now = self._around.now()
            counts = await self._aside(lambda: self._store.counts(now))
        except Exception as fault:
            self._failed(fault)
            return 1
        self._publish(queued=counts.queued, waiting=counts.waiting, attention=counts.attention)
        return counts.queued

    def _announce(self, connection: steps.Connection) -> None:
        since = None if connection == "online" else self.status.offline_since or self._around.now()
        self._publish(connection=connection, offline_since=since)

    def _failed(self, fault: Exception) -> Failure:
        failure = failure_of(fault)
        if failure in (Failure.BUG, Failure.STORAGE, Failure.NO_SPACE, Failure.INVALID):
            log.error("sync: %s", failure, exc_info=fault)
        self._publish(fault=failure.value)
        return failure

    def _publish(self, **changes: Any) -> None:
        status = replace(self.status, **changes)
        if status != self.status:
            self.status = status
            self._tell(lambda: self._around.publish(status))

    def _tell(self, listener: Callable[[], None]) -> None:
        """A screen that fails must not stop the sync."""
        try:
            listener()
        except Exception:
            log.exception("who listens to the sync failed")


def _rows_of(frame: Frame) -> int:
    match frame:
        case Put():
            return len(frame.rows)
        case Delete():
            return len(frame.ids)
    return 0


def _take(pull: Pull, frames: Sequence[Frame], ends_at: datetime | None = None) -> Pulled | None:
    """`ends_at`: these are the last ones, and the pull is merged, unless it offers a file first."""
    for frame in frames:
        pull.receive(frame)
    return pull.finish(ends_at) if ends_at is not None and pull.offered is None else None


def _retry_after_s(fault: Exception) -> float | None:
    return fault.retry_after_s if isinstance(fault, errors.SyncFault) else None
