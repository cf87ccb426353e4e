"""Head office has withdrawn this device: it hands over what it still holds, then forgets its keys, then its files.

Each step is noted in a file before it is taken, so that an app that dies in between goes on where it was. As long as
the core is away the device asks again and again, shows nothing of the store meanwhile, and keeps its commands. What a
core that is there does not take in a day (`sync.leaving`) is not deleted: it stays in a file, and that is said.
"""

import asyncio
import logging
import random
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import msgspec

from app.store import commands, undelivered
from app.store.database import Database, driver
from app.store.feed import seen_of
from app.store.keys import DATA, NAMES, PEPPER, Keys, write_private
from core.contract.commands import Command
from core.contract.sync import OpaqueCommand, PushAnswer, PushRequest
from sync import codec, errors, leaving
from sync.failures import failure_of

log = logging.getLogger(__name__)
FILE: Final = "wipe.json"
LEFT_FILE: Final = "left-over.json"
HandOver = Callable[[PushRequest | OpaqueCommand], Awaitable[PushAnswer]]


@dataclass(frozen=True, slots=True)
class Wipe:
    """`handed`: commands that head office has now; `left`: those that it has not taken, in `rounds` of trying."""

    stage: Literal["handing_over", "erasing", "done"]
    handed: int = 0
    left: int = 0
    rounds: int = 0


def under_way(folder: Path) -> Wipe | None:
    """None: this device is to work."""
    path = folder / FILE
    return msgspec.json.decode(path.read_bytes(), type=Wipe) if path.exists() else None


def note(folder: Path, wipe: Wipe) -> None:
    write_private(folder / FILE, msgspec.json.encode(wipe))


def erase(folder: Path) -> None:
    """Everything in the folder but the note that this was done, and what nobody took. The database is closed."""
    wipe = under_way(folder)
    assert wipe is not None
    assert wipe.stage != "handing_over"
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name not in (FILE, LEFT_FILE):
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
LEFT_IN_WORDS: Final = {
    "handing_over": " {left} actions were not taken {rounds} times; it tries every hour, {most} times in all.",
    "erasing": " {left} were not taken and stay in {file}: head office has to put them right by hand.",
    "done": " {left} were not taken and stay in {file}: head office has to put them right by hand.",
}


def in_words(wipe: Wipe) -> str:
    """For whoever looks at the folder of the device: what happened, and what to do."""
    text = IN_WORDS[wipe.stage] + (LEFT_IN_WORDS[wipe.stage] if wipe.left else "")
    facts = {"handed": wipe.handed, "left": wipe.left, "rounds": wipe.rounds}
    return text.format(**facts, most=leaving.ROUNDS, file=LEFT_FILE)


def keep_left(folder: Path, left: Sequence[Command]) -> None:
    """Beside what an earlier wipe left. What they say of people is sealed, and its key goes."""
    path = folder / LEFT_FILE
    kept: dict[str, msgspec.Raw] = {}
    if path.exists():
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    kept |= {command.id: msgspec.Raw(codec.encode_command(command)) for command in left}
    write_private(path, msgspec.json.encode(kept))


class _Queue:
    """What is still to be handed over. `left`: passed over in this round."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ahead: list[Command] = []
        self._read_to = 0  # in the outbox
        self._decided_too = False
        self.handed = 0
        self.left: list[Command] = []

    def next(self, limit: int) -> tuple[Command, ...]:
        if not self._ahead:
            with self._database.read() as connection:
                self._ahead += undelivered.after(connection, self._read_to, self._decided_too)
            self._read_to = max([self._read_to, *(command.seq for command in self._ahead)])
        return tuple(self._ahead[:limit])

    @property
    def seen(self) -> str:
        """What this device knows the core has decided, as long as it hands over only the rest."""
        if self._decided_too:
            return ""
        with self._database.read() as connection:
            return seen_of(driver(connection))

    def everything(self) -> None:
        """The core was put back to before what it had decided: from the first command that is kept."""
        self._ahead, self._read_to, self._decided_too, self.handed, self.left = [], 0, True, 0, []

    def taken(self, count: int) -> None:
        self.handed += count
        del self._ahead[:count]

    def pass_over(self) -> None:
        self.left.append(self._ahead.pop(0))

    def again(self) -> None:
        self._ahead, self.left = self.left, []


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

    async def run(self) -> Wipe:
        """What became of its commands."""
        folder = self._database.folder
        begun = under_way(folder) or Wipe("handing_over")
        note(folder, begun)
        # Customers first: they are of no use any more, while the key that signs still is.
        await self._keys.forget(DATA, PEPPER)
        if self._database.sealer:
            self._database.sealer.forget_opened()
        handed, left = await self._hand_all_over(begun.rounds)
        if left:
            with self._database.read() as connection:
                keep_left(folder, commands.of_seqs(driver(connection), left))
        wipe = Wipe("erasing", handed, len(left))
        note(folder, wipe)
        await self._keys.forget(*NAMES)
        await self._close()
        await asyncio.to_thread(erase, folder)
        log.warning("this device was wiped; %d actions were handed over, %d not taken", handed, len(left))
        return replace(wipe, stage="done")

    async def _hand_all_over(self, rounds: int) -> tuple[int, tuple[int, ...]]:
        """How many were taken, and the numbers of those that were not."""
        queue = _Queue(self._database)
        state = leaving.State(rounds=rounds)
        event: leaving.Event = leaving.Begun()
        while True:
            state, asked = leaving.step(state, event, random.random())
            for instruction in asked:
                match instruction:
                    case leaving.Rest(seconds):
                        await self._sleep(seconds)
                    case leaving.PassOver():
                        queue.pass_over()
                    case leaving.Again():
                        note(self._database.folder, Wipe("handing_over", queue.handed, len(queue.left), state.rounds))
                        queue.again()
                    case leaving.Probe():
                        event = await self._sent(queue, ())
                    case leaving.HandOver(limit, opaque):
                        event = await self._offered(queue, limit, opaque)
                    case leaving.End():
                        return queue.handed, tuple(command.seq for command in queue.left)

    async def _offered(self, queue: _Queue, limit: int, opaque: bool) -> leaving.Event:
        batch = queue.next(limit)
        if not batch:
            return leaving.NothingMore()
        event = await self._sent(queue, batch, opaque)
        if isinstance(event, leaving.Taken):
            queue.taken(len(batch))
        return event

    async def _sent(self, queue: _Queue, batch: tuple[Command, ...], opaque: bool = False) -> leaving.Event:
        try:
            request = codec.opaque(batch[0]) if opaque else PushRequest(batch, seen=queue.seen)
            answer = await self._hand_over(request)
            taken = {one.id for one in answer.answers if one.verdict is not None}
            if not taken.issuperset(command.id for command in batch):
                raise errors.InvalidAnswer("not every command was taken")
        except errors.SyncFault as fault:
            log.warning("handing over %d failed: %s", len(batch), type(fault).__name__)
            if isinstance(fault, errors.ResetRequired):
                queue.everything()
            return leaving.NotTaken(failure_of(fault), len(batch), fault.retry_after_s)
        return leaving.Taken(len(batch))
