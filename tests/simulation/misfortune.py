"""Rare bad luck of a simulated day: backups that are put back, tablets that are withdrawn, full disks, rot.

It draws from numbers of its own, so that a day without it is the day it was before. What it does is counted.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from app.store import sums
from app.store.database import driver
from core.contract.sync import Group
from core.service.devices import Device
from tests.simulation.link import Link

if TYPE_CHECKING:
    from tests.simulation.day import Day

KINDS = ("core_restored", "tablet_restored", "tablet_withdrawn", "core_disk", "tablet_disk", "tablet_rot")
OFTEN = 0.05
LONGEST_DISK = 12  # statements that fail
UNFINISHED = ("queued", "answered")


@dataclass(frozen=True)
class Backup:
    path: Path
    taken_at: datetime


class Misfortune:
    def __init__(self, day: "Day", rng: Random, rates: dict[str, float] | None = None) -> None:
        self._day, self._rng = day, rng
        self.rates = rates if rates is not None else {kind: rng.choice((0.0, 0.0, OFTEN)) for kind in KINDS}
        self._core_backup: Backup | None = None
        self._tablet_backups: dict[str, Backup] = {}
        self._pairings = 0
        self.core_restored_at: datetime | None = None
        self.unaware: set[str] = set()  # tablets that have not heard of the core since it or they were put back
        self.forgotten: set[str] = set()  # decided commands that a restored tablet does not know it made
        self.copied: dict[str, tuple[str, datetime, int]] = {}  # tablet put back: its device, when, its deeds by then
        self.went_back: set[str] = set()  # tablets that were ever put back
        self.suspended: set[str] = set()  # devices that head office has suspended
        self.rotten: set[str] = set()  # tablets whose rows were changed behind their back

    def step(self) -> None:
        for kind in KINDS:
            # Drawn whatever the rate is, so that one kind more changes no other.
            if self._rng.random() < self.rates[kind]:
                getattr(self, f"_{kind}")()
        if self._rng.random() < 0.2:
            self.pair_again()

    def _count(self, kind: str, what: str) -> None:
        self._day.faults[kind] += 1
        self._day.say(what)

    def _core_restored(self) -> None:
        """First a copy is kept; the next time it is put back, and what came after it never happened to the core.

        Not where a restored tablet has forgotten what the core alone still knows, or one that was wiped has handed it
        over since: that would be lost for ever.
        """
        day = self._day
        if day.core_is_away or self.forgotten:
            return
        if self._core_backup is None or day.withdrawals.would_lose(self._core_backup.path):
            path = day.folder / "core-backup.db"
            path.unlink(missing_ok=True)
            day.core.back_up(path)
            self._core_backup = Backup(path, day.now())
            return day.say("a backup of the core is made")
        age = (day.now() - self._core_backup.taken_at).total_seconds()
        day.core_dies()
        day.core.restore(self._core_backup.path)
        self._core_backup, self.core_restored_at = None, day.now()
        day.withdrawals.core_restored()
        day.seen_versions.clear()
        self.unaware |= {link.tablet.name for link in day.links}
        self._count("core_restored", f"the core is restored from a backup {age:.0f} s old")

    def _tablet_restored(self) -> None:
        """Only a tablet whose work the core has: what is lost with a disk before it was sent is lost for ever. A core
        that was put back has it once the tablet has heard of that and sent it again."""
        link = self._rng.choice(self._day.links)
        tablet = link.tablet
        backup = self._tablet_backups.pop(tablet.name, None)
        if backup is None:
            path = self._day.folder / f"{tablet.name}-backup"
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(tablet.folder, path, ignore=shutil.ignore_patterns("*-shm"))
            self._tablet_backups[tablet.name] = Backup(path, self._day.now())
            return
        before = tablet.outbox()
        unsent = tablet.name in self.unaware or any(state in UNFINISHED for state in before.values())
        if unsent or link.state.connection == "revoked":
            return
        tablet.replace_files(backup.path)
        self.unaware.add(tablet.name)
        self.went_back.add(tablet.name)
        self._day.seen_versions.pop(tablet.name, None)
        lost = before.keys() - tablet.outbox().keys()
        self.forgotten |= lost
        if lost:
            deeds = len(self._day.ledger.of(tablet.name))
            self.copied[tablet.name] = tablet.device_id, self._day.now(), deeds
        self._count("tablet_restored", f"{tablet.name} is restored from a backup; it forgets {len(lost)} commands")
        link.start()

    def _tablet_withdrawn(self) -> None:
        link = self._rng.choice(self._day.links)
        if not self._day.core_is_away:
            self._day.core.suspend(link.tablet.device_id)
            self.suspended.add(link.tablet.device_id)
            self._count("tablet_withdrawn", f"{link.tablet.name} is suspended")

    def _core_disk(self) -> None:
        self._day.core.fuse.disk = (self._rng.choice(("full", "read_only")), self._rng.randint(1, LONGEST_DISK))
        self._count("core_disk", f"the core's disk is {self._day.core.fuse.disk[0]}")

    def _tablet_disk(self) -> None:
        tablet = self._rng.choice(self._day.links).tablet
        tablet.fuse.disk = (self._rng.choice(("full", "read_only")), self._rng.randint(1, LONGEST_DISK))
        self._count("tablet_disk", f"the disk of {tablet.name} is {tablet.fuse.disk[0]}")

    def _tablet_rot(self) -> None:
        """A row vanishes or grows old behind the store's back; the daily check counts the rows."""
        tablet = self._rng.choice(self._day.links).tablet
        paired = {id for pair in self._day.office.pairs.values() for id in pair}
        keys = sorted(key for key in tablet.base() if key[0] == "fulfilment" and key[1] not in paired)
        if not keys:
            return
        key, gone = self._rng.choice(keys), self._rng.random() < 0.5
        statement = "DELETE FROM document" if gone else "UPDATE document SET ver = ver - 1"
        with tablet.fuse.watched(), tablet.database.merging(Group.MAIN) as connection:
            driver(connection).execute(f"{statement} WHERE entity = ? AND id = ?", key)
            sums.forget(driver(connection), Group.MAIN)
        self.rotten.add(tablet.name)
        self._day.seen_versions.pop(tablet.name, None)
        self._count("tablet_rot", f"{tablet.name}: {key[1]} {'vanishes' if gone else 'grows old'}")

    def pair_again(self) -> None:
        """Who was shut out is paired again: another device with the same files."""
        if self._day.core_is_away:
            return
        for link in self._day.links:
            if link.state.connection == "revoked":
                self._pair(link)

    def _pair(self, link: Link) -> None:
        tablet = link.tablet
        self._pairings += 1
        tablet.device_id, tablet.number = f"{tablet.name}~{self._pairings}", 100 + self._pairings
        self._day.core.enrol(Device(tablet.device_id, tablet.number, tablet.location_id, tablet.name))
        self._day.say(f"{tablet.name} is paired again as {tablet.device_id}")
        tablet.start()
        link.start()
