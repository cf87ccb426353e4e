"""Head office withdraws a tablet for good (I13): it hands over what it holds and is empty; another one is paired.

The app's own `Wiping` does it, in virtual time, and may die between any two of its deeds. In the evening head office
plays again what was handed over, so that the oracle counts it like everything else that people did. A tablet that is
out of reach hears of it when it is back. It draws from numbers of its own, so that a day without it is the day it was
before.
"""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from app import wiping
from app.store.database import Database
from app.store.keys import NAMES
from core.contract.sync import OpaqueCommand, PushAnswer, PushRequest
from core.service.handing_over import SHUT_OUT
from sync import errors
from sync.codec import decode_push_answer, encode_request
from sync.steps import Failure
from tests.simulation.crash import Killed
from tests.simulation.decided import decisions
from tests.simulation.link import Away, Link, failure_of
from tests.simulation.network import Answer, Call
from tests.simulation.patching import patched
from tests.simulation.violation import Violation
from tests.support.keys import MemoryKeys

if TYPE_CHECKING:
    from tests.simulation.day import Day

KIND = "tablet_revoked"
OFTEN = 0.03
MOST = 3  # tablets of a day
DEEPEST_DEATH = 30  # points of death: further than a wipe has
FAULTS: dict[Failure, type[errors.SyncFault]] = {
    Failure.UNAVAILABLE: errors.Unavailable,
    Failure.RESET: errors.ResetRequired,
}
FIRST_NUMBER = 50  # of the tablets that take their place


@dataclass(frozen=True)
class _Wish:
    """What the app waits for: its `body` taken by the core, or else `seconds` gone by."""

    body: bytes = b""
    seconds: float = 0.0

    def __await__(self) -> Generator["_Wish", Any, Any]:
        return (yield self)


class Departure:
    """One tablet on its way out."""

    def __init__(self, day: "Day", link: Link, rng: Random) -> None:
        self._day, self._rng = day, rng
        self.link, self.tablet = link, link.tablet
        self._keys = MemoryKeys(*NAMES)
        self._wiping: Coroutine[_Wish, Any, wiping.Wipe] | None = None
        self.is_empty = self.is_replaced = self.is_played_again = False

    @property
    def has_handed_over(self) -> bool:
        """Everything: from here on its files go."""
        found = None if self.is_empty else wiping.under_way(self.tablet.folder)
        return self.is_empty or (found is not None and found.stage != "handing_over")

    def start(self) -> None:
        """The app hears that it is to be wiped, or starts again while it is."""
        tablet, fuse = self.tablet, self.tablet.fuse
        fuse.bury()
        tablet.starts += 1  # whatever was on its way to the process before finds nobody
        if not self._day.is_clear and self._rng.random() < 0.5:
            fuse.light(self._rng.randint(1, DEEPEST_DEATH))
        self._living(self._begin)

    def _begin(self) -> None:
        folder = self.tablet.folder
        found = wiping.under_way(folder)
        if found is not None and found.stage == "erasing":
            wiping.erase(folder)
            found = wiping.under_way(folder)
        if found is not None and found.stage == "done":
            return self._end()
        database = Database.open(folder)

        async def close() -> None:
            database.close()

        self._wiping = wiping.Wiping(database, self._keys, self._hand_over, close, self._sleep).run()
        self._go()

    async def _hand_over(self, request: PushRequest | OpaqueCommand) -> PushAnswer:
        answer: PushAnswer = await _Wish(encode_request(request))
        return answer

    async def _sleep(self, seconds: float) -> None:
        await _Wish(seconds=seconds)

    def _go(self, answer: PushAnswer | None = None, fault: Exception | None = None) -> None:
        assert self._wiping is not None
        try:
            with _virtual(self._rng):
                wish = self._wiping.throw(fault) if fault else self._wiping.send(answer)
        except StopIteration:
            return self._end()
        if wish.body:
            self._ask(wish.body)
        else:
            self._later(wish.seconds * 1000, self._go)

    def _ask(self, body: bytes) -> None:
        pieces: Answer = []
        starts = self.tablet.starts

        def end(fault: Exception | None) -> None:
            if starts == self.tablet.starts:
                self._living(lambda: self._answered(pieces, fault))

        call = Call(lambda: self._day.door.hand_over(self.link.device, body), pieces.append, end)
        if self.link.offline:
            self._day.network.at(self._rng.uniform(1, 100), lambda: call.end(Away()))
        else:
            self._day.network.send(call)

    def _answered(self, pieces: Answer, fault: Exception | None) -> None:
        if fault is not None:
            heard = FAULTS.get(failure_of(fault), errors.Broken)  # raises what is nobody's bad luck
            return self._go(fault=heard())
        try:
            answer = decode_push_answer(b"".join(pieces))
        except errors.InvalidAnswer as nonsense:
            return self._go(fault=nonsense)
        self._go(answer)

    def _later(self, ms: float, deed: Callable[[], None]) -> None:
        starts = self.tablet.starts
        self._day.network.at(ms, lambda: self._living(deed) if starts == self.tablet.starts else None)

    def _living(self, deed: Callable[[], None]) -> None:
        try:
            with self.tablet.fuse.inside():
                deed()
        except Killed:
            self._day.faults["tablet_died"] += 1
            self._day.say(f"{self.tablet.name} dies while it is wiped")
            self.start()

    def _end(self) -> None:
        self.tablet.fuse.bury()
        folder = self.tablet.folder
        left = sorted(entry.name for entry in folder.iterdir())
        if left != [wiping.FILE] or self._keys.known:
            raise Violation("I13", f"{self.tablet.name} was wiped and still has {left}, {sorted(self._keys.known)}")
        shutil.rmtree(folder)
        self.is_empty = True
        self._day.say(f"{self.tablet.name} is empty")


class Withdrawals:
    """Of a day. `rate`: of all steps; None: the day's numbers say."""

    def __init__(self, day: "Day", rng: Random, rate: float | None = None) -> None:
        self._day, self._rng = day, rng
        drawn = rng.choice((0.0, 0.0, OFTEN))
        self._rate = drawn if rate is None else rate
        self.revoked: set[str] = set()  # ids of devices
        self.departures: list[Departure] = []

    def step(self) -> None:
        if self._rng.random() < self._rate:
            self._withdraw()
        self._pair_others()

    @property
    def is_done(self) -> bool:
        """All that were withdrawn are empty, and what they held has been played again."""
        is_in_use = any(link.tablet.device_id in self.revoked for link in self._day.links)
        return not is_in_use and all(one.is_replaced and one.is_played_again for one in self.departures)

    def _withdraw(self) -> None:
        day = self._day
        link = self._rng.choice(day.links)
        colleagues = [one for one in day.links if one.tablet.location_id == link.tablet.location_id]
        is_last = len([one for one in colleagues if one.tablet.device_id not in self.revoked]) < 2
        if day.core_is_away or is_last or len(self.revoked) == MOST or link.tablet.device_id in self.revoked:
            return
        day.core.revoke(link.tablet.device_id)
        self.revoked.add(link.tablet.device_id)
        day.faults[KIND] += 1
        day.say(f"{link.tablet.name} is withdrawn")

    def hears(self, link: Link) -> None:
        """The tablet was ordered to be wiped: nobody works with it any more."""
        day = self._day
        if link not in day.links:
            return
        day.links.remove(link)
        day.misfortune.copied.pop(link.tablet.name, None)  # whether it went back is nobody's concern any more
        departure = Departure(day, link, self._rng)
        self.departures.append(departure)
        day.say(f"{link.tablet.name} is told to wipe itself; it holds {len(link.tablet.outbox())} commands")
        day.network.at(0, departure.start)

    def would_lose(self, backup: Path) -> bool:
        """Whether what a tablet handed over lies with the core alone, and not in this backup of it.

        It would be lost with the core's own files, and nobody could bring it back.
        """
        with closing(sqlite3.connect(backup)) as kept:
            there = {id for (id,) in kept.execute("SELECT id FROM processed_command")}
        for one in self.departures:
            for deed in self._day.ledger.of(one.tablet.name):
                code = decisions(self._day).get(deed.command_id, ("", ""))[1]
                if deed.command_id not in there and (one.has_handed_over or code == SHUT_OUT.code):
                    return True
        return False

    def core_restored(self) -> None:
        """Head office's own work of this day may be lost with it."""
        for one in self.departures:
            one.is_played_again = False

    def finish(self) -> None:
        """The evening: every tablet is in reach."""
        for one in self.departures:
            one.link.offline = False
            one.tablet.fuse.put_out()

    def evening(self) -> None:
        """Head office plays again what the tablets handed over that are empty now."""
        if self._day.core_is_away:
            return
        for one in self.departures:
            if one.is_empty:
                self._day.core.play_again(one.tablet.device_id)
                one.is_played_again = True
        self._pair_others()

    def _pair_others(self) -> None:
        for number, one in enumerate(self.departures):
            if one.is_empty and not one.is_replaced and not self._day.core_is_away:
                one.is_replaced = True
                self._day.add_tablet(one.tablet.location_id, FIRST_NUMBER + number)

    def bury(self) -> None:
        for one in self.departures:
            one.tablet.fuse.bury()


@contextmanager
def _virtual(rng: Random) -> Iterator[None]:
    """No thread and no chance but the day's."""

    async def at_once(deed: Callable[[Path], None], folder: Path) -> None:
        deed(folder)

    with patched(asyncio, to_thread=at_once), patched(random, random=rng.random):
        yield
