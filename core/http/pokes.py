"""Pokes: connected devices hear within a second that one of their groups changed, whichever process changed it.

A commit in this process wakes its listeners at once. What other processes commit is found by one small query per
process and POLL_S, only while somebody listens; there is no thread per client, and no query per client.

A thousand tablets that hear of the same change do not ask in the same moment: the first ones hear at once, the others
one after another. And who hears of one group again and again hears of it with a pause, in which changes gather.
"""

import asyncio
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

from sse_starlette.sse import AppStatus

from core.contract.sync import Group
from core.service.sync import groups_of
from core.store import feed
from core.store.database import Database

POLL_S = 0.4
# Between two pokes of one group to one device. Work is waited for; a shelf is looked at now and then.
PAUSES_S: Final[Mapping[Group, float]] = {Group.MAIN: 0.5, Group.STOCK: 5.0, Group.CATALOGUE: 5.0}
AT_ONCE, PER_S = 60, 200  # listeners of one change


class Listener:
    """One live connection. Pokes that arrive while it is busy, or in a pause, are one poke."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.parts = frozenset(parts)
        self.is_over = False
        self._waiting: set[Group] = set()
        self._not_before_s: dict[Group, float] = {}
        self._woken = asyncio.Event()

    def hear(self, parts: frozenset[str]) -> None:
        if common := self.parts & parts:
            self._waiting |= groups_of(tuple(common))
            self._woken.set()

    def end(self) -> None:
        """There is nobody any more, or the process ends."""
        self.is_over = True
        self._woken.set()

    @property
    def has_news(self) -> bool:
        return bool(self._waiting)

    async def news(self, most_s: float) -> list[Group]:
        """Groups to pull, when there are any; none when the time is over, or `end` was called."""
        clock = asyncio.get_running_loop().time
        end_s = clock() + most_s
        while not self.is_over:
            now_s = clock()
            due = sorted(group for group in self._waiting if self._not_before_s.get(group, 0.0) <= now_s)
            if due or now_s >= end_s:
                self._waiting.difference_update(due)
                self._not_before_s |= {group: now_s + PAUSES_S[group] for group in due}
                return due
            pauses_s = [self._not_before_s.get(group, 0.0) for group in self._waiting]
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(end_s, *pauses_s) - now_s if pauses_s else end_s - now_s):
                    await self._woken.wait()
        return []


class Pokes:
    """The listeners of this process. Used on one event loop; commits may happen in any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_part: dict[str, dict[Listener, None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._poller: asyncio.Task[None] | None = None
        database.commits.append(self._committed)

    def listen(self, parts: Iterable[str]) -> Listener:
        """Starts to hear; `leave` ends it."""
        self._loop = asyncio.get_running_loop()
        listener = Listener(parts)
        for part in listener.parts:
            self._by_part.setdefault(part, {})[listener] = None
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll(), name="pokes")
        return listener

    def leave(self, listener: Listener) -> None:
        for part in listener.parts:
            others = self._by_part.get(part, {})
            others.pop(listener, None)
            if not others:
                self._by_part.pop(part, None)
        if not self._by_part and self._poller:
            self._poller.cancel()
            self._poller = None

    def _committed(self, parts: frozenset[str]) -> None:
        loop = self._loop
        if loop is None or not self._by_part:
            return
        with suppress(RuntimeError):  # the loop closed between the look and the call: nobody listens any more
            loop.call_soon_threadsafe(self._tell, parts)

    def _tell(self, parts: frozenset[str]) -> None:
        loop = asyncio.get_running_loop()
        concerned = dict.fromkeys(listener for part in sorted(parts) for listener in self._by_part.get(part, ()))
        for place, listener in enumerate(concerned):
            if place < AT_ONCE:
                listener.hear(parts)
            else:
                loop.call_later((place - AT_ONCE) / PER_S, listener.hear, parts)

    async def _poll(self) -> None:
        seen = await asyncio.to_thread(self._snapshot)
        while True:
            await asyncio.sleep(POLL_S)
            if _is_ending():
                # The server was told to stop, and waits until every stream has ended.
                for listener in {one: None for listeners in self._by_part.values() for one in listeners}:
                    listener.end()
            seen, changed = await asyncio.to_thread(self._changed, sorted(self._by_part), seen)
            if changed:
                self._tell(changed)

    def _snapshot(self) -> str:
        with self._database.read() as connection:
            return feed.current_snapshot(connection)

    def _changed(self, parts: list[str], since: str) -> tuple[str, frozenset[str]]:
        """What other processes changed. (PostgreSQL does not say who: there what was told is told again.)"""
        own = sorted(self._database.own_writes) if self._database.is_sqlite else []
        with self._database.read() as connection:
            now = feed.current_snapshot(connection)
            own = [number for number in own if int(since) < number <= int(now)]
            if now == since or (own and len(own) == int(now) - int(since)):
                return now, frozenset()
            return now, feed.changed_parts(connection, parts, since, own)


def _is_ending() -> bool:
    """Whether this process was told to stop. A server that loaded the app late shows it in who hears its signals."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return AppStatus.should_exit or getattr(server, "should_exit", False) is True
