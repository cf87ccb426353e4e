"""Pokes: connected devices hear within a second that one of their groups changed, whichever process changed it.

A commit in this process wakes its listeners at once. What other processes commit is found by one small query per
process and POLL_S, only while somebody listens; there is no thread per client.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

from core.contract.sync import Group
from core.service.sync import groups_of
from core.store import feed
from core.store.database import Database

POLL_S = 0.4


class Listener:
    """One live connection. Pokes that arrive while it is busy are one poke."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.parts = frozenset(parts)
        self._waiting: set[Group] = set()
        self._woken = asyncio.Event()

    def hear(self, parts: frozenset[str]) -> None:
        if common := self.parts & parts:
            self._waiting |= groups_of(tuple(common))
            self._woken.set()

    async def groups(self) -> AsyncIterator[Group]:
        """Groups to pull, as they change, for ever."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            waiting, self._waiting = self._waiting, set()
            for group in sorted(waiting):
                yield group


class Pokes:
    """The listeners of this process. Used on one event loop; commits may happen in any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._poller: asyncio.Task[None] | None = None
        database.commits.append(self._committed)

    def listen(self, parts: Iterable[str]) -> Listener:
        """Starts to hear; `leave` ends it."""
        self._loop = asyncio.get_running_loop()
        listener = Listener(parts)
        self._listeners.add(listener)
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll(), name="pokes")
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners and self._poller:
            self._poller.cancel()
            self._poller = None

    def _committed(self, parts: frozenset[str]) -> None:
        loop = self._loop
        if loop is None or not self._listeners:
            return
        with suppress(RuntimeError):  # the loop closed between the look and the call: nobody listens any more
            loop.call_soon_threadsafe(self._tell, parts)

    def _tell(self, parts: frozenset[str]) -> None:
        for listener in tuple(self._listeners):
            listener.hear(parts)

    async def _poll(self) -> None:
        seen = await asyncio.to_thread(self._snapshot)
        while True:
            await asyncio.sleep(POLL_S)
            parts = frozenset().union(*(listener.parts for listener in self._listeners))
            seen, changed = await asyncio.to_thread(self._changed, parts, seen)
            if changed:
                self._tell(changed)

    def _snapshot(self) -> str:
        with self._database.read() as connection:
            return feed.current_snapshot(connection)

    def _changed(self, parts: frozenset[str], since: str) -> tuple[str, frozenset[str]]:
        with self._database.read() as connection:
            now = feed.current_snapshot(connection)
            return now, frozenset() if now == since else feed.changed_parts(connection, sorted(parts), since)
