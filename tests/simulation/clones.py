"""A tablet's files are copied to another one, and both work on: two tablets are one device until that is noticed (I11).

They have one identity, one history and the same unsent work. What both hold counts once, what each does afterwards
counts too; both are shut out, named, and paired again as two. It draws from numbers of its own, so that a day without
it is the day it was before.
"""

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.crash import Fuse
from tests.simulation.link import Link
from tests.simulation.tablet import Tablet

if TYPE_CHECKING:
    from tests.simulation.day import Day

KIND = "tablet_cloned"
OFTEN = 0.1
MOST = 1  # of a day


@dataclass(frozen=True)
class Twins:
    """`device_id`: what both were; `deeds`: how many its associate had done when it was copied."""

    first: Link
    second: Link
    device_id: str
    at: datetime
    deeds: int

    @property
    def names(self) -> tuple[str, str]:
        return self.first.tablet.name, self.second.tablet.name

    @property
    def are_one(self) -> bool:
        """Still, for the core."""
        return self.first.tablet.device_id == self.second.tablet.device_id


class Clones:
    """Of a day. `rate`: of all steps; None: the day's numbers say."""

    def __init__(self, day: "Day", rng: Random, rate: float | None = None) -> None:
        self._day, self._rng = day, rng
        drawn = rng.choice((0.0, 0.0, 0.0, OFTEN))
        self._rate = drawn if rate is None else rate
        self.twins: list[Twins] = []

    def step(self) -> None:
        if self._rng.random() >= self._rate or len(self.twins) == MOST:
            return
        unsent = [(link, list(link.tablet.outbox().values()).count("queued")) for link in self._day.links]
        most = max(count for _, count in unsent)
        self._clone(self._rng.choice([link for link, count in unsent if count == most]))

    def _clone(self, link: Link) -> None:
        day, tablet = self._day, link.tablet
        name = f"{tablet.name}-clone"
        other = replace(tablet, name=name, folder=day.folder / name, rng=self._rng, fuse=Fuse(), starts=0)
        shutil.copytree(tablet.folder, other.folder, ignore=shutil.ignore_patterns("*-shm"))
        second = Link(other, day.network, day.door, self._rng, day.say, offline=link.offline)
        for known in (day.misfortune.unaware, day.misfortune.rotten):
            known |= {name} if tablet.name in known else set()
        self.twins.append(Twins(link, second, tablet.device_id, day.now(), len(day.ledger.of(tablet.name))))
        day.faults[KIND] += 1
        day.say(f"{tablet.name} is copied; the copy holds {Counter(tablet.outbox().values())}")
        day.links.append(second)
        other.start()
        second.start()

    def unnoticed(self) -> list[Twins]:
        """Both in use as one device, though at least one of them made a command since: its numbers tell it."""
        return [twins for twins in self.twins if twins.are_one and self._are_in_use(twins) and self._worked(twins)]

    def _are_in_use(self, twins: Twins) -> bool:
        return twins.first in self._day.links and twins.second in self._day.links

    def _worked(self, twins: Twins) -> bool:
        first, second = (self._day.ledger.of(name) for name in twins.names)
        return len(first) > twins.deeds or bool(second)

    def is_told(self, tablet: Tablet, command_id: str, state: str) -> bool:
        """Of what two tablets hold one has the core's verdict; the other is told that it is no longer its own."""
        is_one_of_two = any(tablet.name in twins.names for twins in self.twins)
        return is_one_of_two and state == "attention" and tablet.code_of(command_id) == "id_reuse"
