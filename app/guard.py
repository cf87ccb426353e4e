"""Watches over what this device may still read: every contact with the core is noted, every silence is counted.

Printed papers (desktops keep them as files) go after a day, and at once when addresses may not be read any more.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from app.store.lease import Lease, Reading

log = logging.getLogger(__name__)
WATCH_EVERY: Final = timedelta(minutes=10)
NOTE_EVERY: Final = timedelta(minutes=1)
PAPERS_KEPT: Final = timedelta(days=1)
PRINTED: Final = "printed"


class Guard:
    """Of one device. `told`: what can be read has changed, or everything has to be fetched for it."""

    def __init__(
        self, lease: Lease, folder: Path, clock: Callable[[], datetime], told: Callable[[Reading], None]
    ) -> None:
        self._lease, self._folder, self._clock, self._told = lease, folder, clock, told
        self._noted_at: datetime | None = None
        self._noting: asyncio.Task[None] | None = None

    @property
    def reading(self) -> Reading:
        return self._lease.reading

    async def watch(self) -> None:
        """Until it is cancelled; `begin` was called before."""
        while True:
            await asyncio.sleep(WATCH_EVERY.total_seconds())
            await self.look()

    async def begin(self) -> None:
        """Before anything is fetched: there are keys to keep it under."""
        before = self.reading
        reading = await self._lease.begin(self._clock())
        self._after(before, reading)

    async def look(self) -> None:
        """Has the device been silent for too long?"""
        before = self.reading
        self._after(before, await self._lease.without_contact(self._clock()))

    def contact(self) -> None:
        """The core answered; called often, on the event loop."""
        now = self._clock()
        recent = self._noted_at is not None and abs(now - self._noted_at) < NOTE_EVERY
        if (recent and self.reading is Reading.ALL) or (self._noting and not self._noting.done()):
            return
        self._noted_at = now
        self._noting = asyncio.get_running_loop().create_task(self._note(now))

    async def stop(self) -> None:
        """Nothing of the database is used afterwards."""
        if self._noting is not None:
            self._noting.cancel()
            await asyncio.gather(self._noting, return_exceptions=True)

    async def _note(self, now: datetime) -> None:
        if await self._lease.contact(now):
            self._told(self.reading)

    def _after(self, before: Reading, reading: Reading) -> None:
        forget_papers(self._folder / PRINTED, self._clock() - PAPERS_KEPT if reading is Reading.ALL else None)
        if reading is not before:
            log.warning("what this device may read is now: %s", reading.value)
            self._told(reading)


def forget_papers(folder: Path, before: datetime | None) -> None:
    """Files written before that moment; None: all of them. One that is open elsewhere goes the next time."""
    for file in folder.glob("*") if folder.is_dir() else ():
        if before is None or file.stat().st_mtime < before.timestamp():
            try:
                file.unlink(missing_ok=True)
            except OSError as fault:
                log.warning("a printed paper could not be deleted: %s", type(fault).__name__)
