"""Head office has withdrawn this device: it hands over what it still holds, then forgets its keys, then its files.

Each step is noted in a file before it is taken, so that an app that dies in between goes on where it was. What nobody
takes is never deleted: the device asks again and again, shows nothing of the store meanwhile, and keeps its commands.
"""

import asyncio
import logging
import random
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import msgspec

from app.store import undelivered
from app.store.database import Database
from app.store.keys import DATA, NAMES, PEPPER, Keys, write_private
from core.contract.sync import PushAnswer, PushRequest
from sync import errors
from sync.backoff import next_delay

log = logging.getLogger(__name__)
FILE: Final = "wipe.json"
HandOver = Callable[[PushRequest], Awaitable[PushAnswer]]


@dataclass(frozen=True, slots=True)
class Wipe:
    """`handed`: commands that head office has now."""

    stage: Literal["handing_over", "erasing", "done"]
    handed: int = 0


def under_way(folder: Path) -> Wipe | None:
    """None: this device is to work."""
    path = folder / FILE
    return msgspec.json.decode(path.read_bytes(), type=Wipe) if path.exists() else None


def note(folder: Path, wipe: Wipe) -> None:
    write_private(folder / FILE, msgspec.json.encode(wipe))


def erase(folder: Path) -> None:
    """Everything in the folder but the note that this was done. The database is closed."""
    wipe = under_way(folder)
    assert wipe is not None
    assert wipe.stage != "handing_over"
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != FILE:
            entry.unlink(missing_ok=True)
    note(folder, replace(wipe, stage="done"))


def forget(folder: Path) -> None:
    """The device was paired anew."""
    (folder / FILE).unlink(missing_ok=True)


IN_WORDS: Final = {
    "handing_over": "This device was withdrawn: bring it into reach of the core, which takes what it holds.",
    "erasing": "This device was withdrawn and handed over {handed} actions: start the app, which empties it.",
    "done": "This device was withdrawn, handed over {handed} actions and was emptied: pair it again.",
}


def in_words(wipe: Wipe) -> str:
    """For whoever looks at the folder of the device: what happened, and what to do."""
    return IN_WORDS[wipe.stage].format(handed=wipe.handed)


class Wiping:
    """`close` ends whatever uses the database and closes it; `sleep` takes seconds."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        hand_over: HandOver,
        close: Callable[[], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._keys, self._hand_over, self._close = database, keys, hand_over, close
        self._sleep = sleep

    async def run(self) -> int:
        """How many commands head office took over."""
        folder = self._database.folder
        note(folder, Wipe("handing_over"))
        # Customers first: they are of no use any more, while the key that signs still is.
        await self._keys.forget(DATA, PEPPER)
        if self._database.sealer:
            self._database.sealer.forget_opened()
        handed = await self._hand_all_over()
        note(folder, Wipe("erasing", handed))
        await self._keys.forget(*NAMES)
        await self._close()
        await asyncio.to_thread(erase, folder)
        log.warning("this device was wiped; %d actions were handed over", handed)
        return handed

    async def _hand_all_over(self) -> int:
        handed, last_seq, delay_s = 0, 0, 0.0
        while True:
            with self._database.read() as connection:
                batch = undelivered.after(connection, last_seq)
            if not batch:
                return handed
            try:
                answer = await self._hand_over(PushRequest(batch))
                taken = {one.id for one in answer.answers if one.verdict is not None}
                if not taken.issuperset(command.id for command in batch):
                    raise errors.InvalidAnswer("not every command was taken")
            except errors.SyncFault as fault:
                delay_s = next_delay(delay_s, random.random(), fault.retry_after_s)
                log.warning("handing over failed: %s; again in %.0f s", type(fault).__name__, delay_s)
                await self._sleep(delay_s)
                continue
            handed, last_seq, delay_s = handed + len(batch), batch[-1].seq, 0.0
