"""One simulated day: two stores, their tablets, a core, head office and bad luck, all from one seed.

`Day(seed).run(steps)` works through the steps, then lets the weather clear until everything has arrived. Invariants are
looked at after every step and at the end; the first ones that are broken end the day.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.contract.commands import Arguments, RecordLabel, ScanItem
from core.contract.sync import Group
from core.service.devices import Device
from core.service.sync import groups_of
from sync import leaving
from sync.steps import WentForeground
from tests.simulation import clones, files, withdrawal
from tests.simulation.associate import Desk, decide
from tests.simulation.core_process import CoreProcess
from tests.simulation.crash import Killed
from tests.simulation.door import Door
from tests.simulation.fate import fate_of
from tests.simulation.fetching import Fetching
from tests.simulation.head_office import HeadOffice
from tests.simulation.invariants import UNFINISHED, Invariant, Outcome, at_each_step, at_the_end, long_after, outcome_of
from tests.simulation.ledger import Deed, Ledger, Place
from tests.simulation.link import STORAGE, Link
from tests.simulation.misfortune import Misfortune
from tests.simulation.network import Network, Weather
from tests.simulation.retailer import OPENING, STORES, day_folder, users_of
from tests.simulation.rollout import Rollout
from tests.simulation.tablet import Tablet
from tests.simulation.violation import Violation
from tests.simulation.withdrawal import Withdrawals

# What breaks the connection is set aside for a quarter of an hour; what a withdrawn tablet left, for a round.
CLEAR_WITHIN_S = leaving.ROUND_S + 1800.0
OFFERS_END_WITHIN_MINUTES = 6
TEN_YEARS_DAYS = 3650
DRAINED_WITHIN_PUSHES = 200  # of all tablets together
PAUSES_MS = (20, 20, 200, 200, 2000, 2000, 20_000)
DEEPEST_DEATH = 40  # points of death: further than the longest transaction of a tablet


class Day:
    def __init__(self, seed: int, misfortunes: dict[str, float] | None = None, **changed: Any) -> None:
        """`changed`: fields of the fate that are not left to the seed; `misfortunes`: rates of all kinds."""
        self.rng = Random(seed)
        self.seed = seed
        self.fate = replace(fate_of(self.rng), **changed)
        self._frame_rows = self.rng.choice((1, 3, 500))
        # Clocks draw from their own numbers: with right and with wrong clocks the same things are tried.
        self._clocks = Random(seed + 1)
        self.folder = day_folder()
        self.network = Network(self.rng, OPENING)
        self.ledger = Ledger()
        self.trace: list[str] = []
        self.core = CoreProcess(self.folder, self.now, Random(seed + 2), self._frame_rows, self.fate.fetching)
        self.office = HeadOffice(self.rng, self.now)
        self.office.pairs = self.core.opening.pairs
        self.faults: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.door = Door(self)
        self.misfortune = Misfortune(self, Random(seed + 3), misfortunes)
        self.fetching = Fetching(self, Random(seed + 5))
        self.links = [self._tablet(store, n) for store in STORES for n in range(self.rng.randint(2, 3))]
        self.rollout = Rollout(self, Random(seed + 4))
        self.withdrawals = Withdrawals(self, Random(seed + 6), _rate(misfortunes, withdrawal.KIND))
        self.clones = clones.Clones(self, Random(seed + 7), _rate(misfortunes, clones.KIND))
        self.breaking: set[str] = set()  # commands that break the connection on the way
        self.broke: set[str] = set()  # those that did, before the weather cleared
        self.seen_cached: dict[str, dict[tuple[str, str], int]] = {}
        self.seen_versions: dict[str, dict[tuple[str, str], int]] = {}
        self.busy: list[Link] = []  # tablets that did anything since they were looked at
        self.decided: tuple[int, dict[str, tuple[str, str]]] = (-1, {})
        self.pushes = 0
        self.is_clear = False
        self.outcome: Outcome | None = None
        self._seen_points: dict[str, int] = {}
        self._core_away_until: datetime | None = None

    def now(self) -> datetime:
        return self.network.now

    def say(self, what: str) -> None:
        self.trace.append(f"{(self.network.now - OPENING).total_seconds():9.2f} s  {what}")

    def run(self, steps: int) -> list[Violation]:
        """What was broken, and nothing where all held."""
        try:
            self._open()
            for _ in range(steps):
                self._step()
                if found := self._look(at_each_step):
                    return found
            self._clear()
            self.outcome = outcome_of(self)
            self.verdicts.update(verdict for _, _, _, verdict, _ in self.outcome[1])
            if found := self._look(at_each_step) or self._look(at_the_end):
                return found
            self.fetching.let_a_week_pass()
            return self._look(long_after)
        except Violation as violation:
            return [violation]
        finally:
            for link in self.links:
                link.tablet.fuse.bury()
            self.withdrawals.bury()
            self.core.end()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _look(self, invariants: Iterable[Invariant]) -> list[Violation]:
        points = {link.tablet.name: link.tablet.fuse.points for link in self.links}
        self.busy = [link for link in self.links if self._seen_points.get(link.tablet.name) != points[link.tablet.name]]
        self._seen_points = points
        return [violation for invariant in invariants for violation in invariant(self)]

    def _tablet(self, store: str, n: int) -> Link:
        name = f"{store}-{n}"
        number = STORES.index(store) * 10 + n
        user = users_of(store)[n % 2]
        tablet = Tablet(name, name, store, number, user, self.folder / name, self.rng, self.now)
        return Link(tablet, self.network, self.door, self.rng, self.say)

    def _open(self) -> None:
        self._core_listens()
        for link in self.links:
            self._enrol(link)
        self.network.run(3000)
        self.network.weather = self.fate.weather

    def add_tablet(self, store: str, n: int) -> None:
        """A new one in the middle of the day."""
        self.core.fuse.put_out()
        self.links.append(self._tablet(store, n))
        self._enrol(self.links[-1])
        self.say(f"{self.links[-1].tablet.name} is new")

    def _enrol(self, link: Link) -> None:
        tablet = link.tablet
        self.core.enrol(Device(tablet.device_id, tablet.number, tablet.location_id, tablet.name))
        tablet.start()
        link.start()

    def _step(self) -> None:
        self._wake_core()
        x = self.rng.random()
        link = self.rng.choice(self.links)
        if x < 0.68:
            self.work(link, lambda desk, online: decide(desk, self.rng, online))
        elif x < 0.80:
            self._head_office()
            self._timers()
        elif x < 0.83:
            link.offline = not link.offline
            self.faults["out_of_reach"] += link.offline
            self.say(f"{link.tablet.name} is {'out of reach' if link.offline else 'in reach'}")
        elif x < 0.85:
            link.token_good = False
            self.faults["token_expired"] += 1
        elif x < 0.88:
            self._jump(link)
        elif x < 0.91:
            self._begin_anew(link)
        if self.rng.random() < self.fate.deaths:
            link.tablet.fuse.light(self.rng.randint(1, DEEPEST_DEATH))
        self.fetching.step()
        self.misfortune.step()
        self.rollout.step()
        self.withdrawals.step()
        self.clones.step()
        self.network.run(self.rng.choice(PAUSES_MS))

    def work(self, link: Link, choose: Callable[[Desk, bool], Arguments | None]) -> None:
        """`choose(desk, online)`: what the associate of this tablet wants next."""
        tablet, ledger = link.tablet, self.ledger
        desk = tablet.desk(ledger.in_hands(), ledger.gone(), ledger.handovers())
        wanted = choose(desk, link.online and not link.offline)
        if wanted is None:
            return
        intent = f"tap-{self.rng.getrandbits(48):x}"
        taps = 2 if self.rng.random() < 0.1 else 1
        before, outbox = tablet.shown(), tablet.outbox()
        if self.rng.random() < self.fate.deaths:
            tablet.fuse.light(self.rng.randint(1, DEEPEST_DEATH // 2))
        for _ in range(taps):
            try:
                self._do(tablet, wanted, intent)
            except STORAGE as full:
                self.say(f"{tablet.name} cannot keep what its associate does: {full}")
            except Killed:
                self.faults["tablet_died"] += 1
                self.say(f"{tablet.name} dies while its associate works")
                tablet.start()
                link.start()
        queued = [command_id for command_id in tablet.outbox() if command_id not in outbox]
        done = self._seen(tablet, wanted, before, len(queued))
        if done is None:
            return self.say(f"{tablet.name}: nothing counted: {wanted}")
        self.ledger.write(Deed(queued[0], tablet.name, done))
        self.say(f"{tablet.name}: {done}")
        self._curse(queued[0], done)
        link.command_made()

    def _do(self, tablet: Tablet, wanted: Arguments, intent: str) -> None:
        """In a run the article is scanned and the app says for whom it counts; everything else is told as it is."""
        if isinstance(wanted, ScanItem) and wanted.run_id and wanted.quantity == 1:
            tablet.scan(wanted.run_id, wanted.code, intent)
        else:
            tablet.tell(wanted, intent)

    def _seen(self, tablet: Tablet, wanted: Arguments, before: Counter[Place], queued: int) -> Arguments | None:
        """What the associate sees that was done: a scan in the count of a line, the rest in the list of what waits."""
        if queued > 1:
            raise Violation("I2", f"{tablet.name} made {queued} commands of one tap: {wanted}")
        if not isinstance(wanted, ScanItem):
            return wanted if queued else None
        after = tablet.shown()
        counted = [(place, after[place] - before[place]) for place in after if after[place] != before[place]]
        if len(counted) != queued or any(units != wanted.quantity for _, units in counted):
            raise Violation("I6", f"{tablet.name} counts {counted} for {wanted}; queued: {queued}")
        return replace(wanted, fulfilment_id=counted[0][0][0], line_id=counted[0][0][1]) if counted else None

    def _curse(self, command_id: str, wanted: Arguments) -> None:
        """Now and then a command meets a bug of the core, or breaks the connection."""
        if self.rng.random() < self.fate.poison and isinstance(wanted, ScanItem | RecordLabel):
            if self.rng.random() < 0.8:
                self.core.poisoned.add(command_id)
                self.faults["poison"] += 1
                self.say("  ... which the core cannot handle")
            else:
                self.breaking.add(command_id)
                self.faults["breaks_connection"] += 1
                self.say("  ... which breaks the connection")

    def _head_office(self) -> None:
        if self._core_away_until is not None:
            return
        self.endanger()
        try:
            with self.core.fuse.inside():
                self.say("head office: " + self.office.act(self.core.database))
        except STORAGE as full:
            self.say(f"head office cannot: {full}")
        except Killed:
            self.core_dies()

    def _timers(self) -> None:
        """A worker looks what is due. It is the core that may die of it."""
        if self._core_away_until is not None:
            return
        self.endanger()
        try:
            if done := self.core.timers():
                self.say(f"{done} timers")
        except STORAGE as full:
            self.say(f"the worker cannot: {full}")
        except Killed:
            self.core_dies()

    def _begin_anew(self, link: Link) -> None:
        """A tablet has to fetch a file again: its own is gone, or it was away longer than the feed remembers."""
        tablet = link.tablet
        group = self.rng.choice((Group.STOCK, Group.CATALOGUE))
        if self.rng.random() < 0.5:
            self.say(f"{tablet.name} has lost its {group}")
            files.lose(tablet, group)
            self.seen_cached.pop(tablet.name, None)
            tablet.start()
            link.start()
        elif self._core_away_until is None:
            self.core.fuse.put_out()
            try:
                with self.core.fuse.inside():
                    self.say(files.forget(self.core.database, tablet.location_id))
            except STORAGE as full:
                self.say(f"the feed cannot forget: {full}")
            link.happen(WentForeground())
        if self.rng.random() < self.fate.deaths * 4:
            tablet.fuse.light(self.rng.randint(1, DEEPEST_DEATH))

    def _jump(self, link: Link) -> None:
        days = self._clocks.uniform(-TEN_YEARS_DAYS, TEN_YEARS_DAYS)
        if self.fate.skew:
            link.tablet.skew = timedelta(days=days)
            self.faults["clock_jump"] += 1
            self.say(f"{link.tablet.name}: clock jumps to {link.tablet.now():%Y-%m-%d}")

    def _clear(self) -> None:
        """Faults stop; time goes on long enough for every retry."""
        self.say("the weather clears")
        self.network.weather = Weather()
        self.is_clear = True
        self.fetching.world.calm_down()
        self.broke |= self.breaking
        self.breaking.clear()
        self.core.fuse.put_out()
        self.core.fuse.disk = None
        self._core_away_until = self._core_away_until and self.network.now
        self._wake_core()
        for link in self.links:
            link.tablet.fuse.put_out()
            link.tablet.fuse.disk = None
            link.offline = False
            link.token_good = True
        self.rollout.finish()
        self.withdrawals.finish()
        end = self.network.now + timedelta(seconds=CLEAR_WITHIN_S)
        rounds = self.pushes + DRAINED_WITHIN_PUSHES
        while self.network.now < end and self.pushes < rounds and not self._drained():
            self._timers()
            self.fetching.ask_outside()
            self.misfortune.pair_again()
            self.withdrawals.evening()
            self.network.run(20_000)
        if not self._drained():
            self.say("some work never comes through: the day is lost, and who asks without end is not waited for")
            return
        self._end_offers()
        self.say("associates look at their tablets")
        for link in self.links:
            link.happen(WentForeground())
        self.network.run(10_000)
        self.misfortune.pair_again()
        self.network.run(10_000)

    def _end_offers(self) -> None:
        """Long enough for every offer to come to its end; each minute the worker looks."""
        for _ in range(OFFERS_END_WITHIN_MINUTES):
            while self.core.timers():
                pass
            self.fetching.ask_outside()
            self.network.run(60_000)

    def _drained(self) -> bool:
        waiting = any(state in UNFINISHED for link in self.links for state in link.tablet.outbox().values())
        return self.withdrawals.is_done and not waiting and not self.clones.unnoticed()

    @property
    def core_is_away(self) -> bool:
        return self._core_away_until is not None

    def endanger(self) -> None:
        """The core may die at any statement of what it does next."""
        self.core.fuse.put_out()
        if not self.is_clear and self.rng.random() < self.fate.core_deaths:
            self.core.fuse.light(self.rng.randint(1, 2 * DEEPEST_DEATH))

    def core_dies(self) -> None:
        self.faults["core_died"] += 1
        self._core_away_until = self.network.now + timedelta(seconds=self.rng.choice((1, 1, 10, 60)))
        self.say(f"the core dies, and is back at {(self._core_away_until - OPENING).total_seconds():.0f} s")
        for link in self.links:
            link.pokes_cut()

    def _wake_core(self) -> None:
        if self._core_away_until is not None and self.network.now >= self._core_away_until:
            self._core_away_until = None
            self.core.start()
            self._core_listens()
            self.say("the core is back")

    def _core_listens(self) -> None:
        def committed(parts: frozenset[str]) -> None:
            for link in self.links:
                mine = {"org", f"store:{link.tablet.location_id}", f"dev:{link.tablet.device_id}"}
                mine |= {f"stock:{link.tablet.location_id}", "cat:brand"}
                for group in sorted(groups_of(sorted(parts & mine))):
                    if self.rng.random() < 0.9:
                        link.poke(group)

        self.core.database.commits.append(committed)


def _rate(misfortunes: dict[str, float] | None, kind: str) -> float | None:
    """None: the day's numbers say."""
    return None if misfortunes is None else misfortunes.get(kind, 0.0)
