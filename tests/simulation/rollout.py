"""A new version of app and core in the middle of a day: each tablet and the core get it when they get it.

Its wire is one that today's core does not speak: a tablet that has it too early is told so and waits, one that has it
late goes on as before; each begins with a new base, and with the outbox that the old app left. It draws from numbers of
its own, so that a day without it is the day it was before.
"""

from random import Random
from typing import TYPE_CHECKING

from core.contract.sync import WIRE
from tests.simulation.link import Link

if TYPE_CHECKING:
    from tests.simulation.day import Day

NEXT_WIRE = WIRE + 1
ON_DAYS, OFTEN = 0.4, 0.08


class Rollout:
    def __init__(self, day: "Day", rng: Random) -> None:
        self._day, self._rng = day, rng
        self.is_today = rng.random() < ON_DAYS

    def step(self) -> None:
        reached = self._rng.choice((*self._day.links, None))
        if self.is_today and self._rng.random() < OFTEN:
            self._reach(reached)

    def finish(self) -> None:
        """By the evening everybody has it."""
        if self.is_today:
            for one in (None, *self._day.links):
                self._reach(one)

    def _reach(self, link: Link | None) -> None:
        """`link`: a tablet, None for the core."""
        day = self._day
        if link is None and day.core.wire == WIRE:
            day.core.wire = NEXT_WIRE
            day.faults["core_upgraded"] += 1
            day.say("the core is updated")
        elif link is not None and link.tablet.wire == WIRE:
            link.tablet.wire = NEXT_WIRE
            day.faults["app_upgraded"] += 1
            day.say(f"the app of {link.tablet.name} is updated")
            link.tablet.start()
            link.start()
