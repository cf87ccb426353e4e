"""Click & collect of a simulated day: customers, the desks of the stores, and whom the core asks outside.

It draws from numbers of its own. What associates do at the desk goes through their tablets as everything else.
"""

from random import Random
from typing import TYPE_CHECKING

from core.contract.commands import Arguments
from core.jobs.lockers import LockerDesk
from core.jobs.mail import MailDesk
from core.jobs.outside import Desk as Outer
from core.jobs.payments import CardDesk, RefundDesk
from core.service import retention
from sync.steps import WentForeground
from tests.simulation import counter
from tests.simulation.collect_invariants import AFTER_A_WEEK
from tests.simulation.crash import Killed
from tests.simulation.customers import Customers
from tests.simulation.ledger import Deed
from tests.simulation.link import STORAGE
from tests.simulation.outside_world import OutsideWorld

if TYPE_CHECKING:
    from tests.simulation.day import Day

CUSTOMERS, AT_THE_DESK = 0.2, 0.5  # of all steps
SENDER = "shop@example.org"


class Fetching:
    def __init__(self, day: "Day", rng: Random) -> None:
        self._day, self._rng = day, rng
        earlier = day.core.opening.customers
        self.customers = Customers(rng, day.now, list(earlier.sent), set(earlier.works))
        self._write(earlier.sent)
        self.world = OutsideWorld(rng)
        self._desks: tuple[Outer, ...] = (
            CardDesk(self.world.bank),
            RefundDesk(self.world.bank),
            LockerDesk(self.world.lockers),
            MailDesk(self.world.mail, SENDER),
        )

    def step(self) -> None:
        day, x = self._day, self._rng.random()
        if not day.fate.fetching:
            return
        if x < CUSTOMERS:
            self._customer()
        elif x < CUSTOMERS + AT_THE_DESK:
            link = self._rng.choice(day.links)
            day.work(link, lambda desk, online: counter.decide(desk, self._rng, online))
        if self._rng.random() < 0.3:
            self.ask_outside()

    def _customer(self) -> None:
        day = self._day
        if day.core_is_away:
            return
        day.core.fuse.put_out()  # what a sender did is known to the ledger only when it is over
        before = len(self.customers.sent)
        try:
            with day.core.fuse.inside():
                day.say("customer: " + self.customers.act(day.core.database))
        except STORAGE as full:
            del self.customers.sent[before:]
            return day.say(f"no customer is served: {full}")
        self._write(self.customers.sent[before:])

    def _write(self, sent: list[tuple[str, Arguments]]) -> None:
        for command_id, arguments in sent:
            self._day.ledger.write(Deed(command_id, "sender", arguments))

    def ask_outside(self) -> None:
        """The workers of bank, locker and mail. It is the core that may die of it."""
        day = self._day
        if day.core_is_away or not day.fate.fetching:
            return
        day.endanger()
        try:
            if asked := day.core.outside(self._desks):
                day.say(f"{asked} errands outside")
        except STORAGE as full:
            day.say(f"nobody outside is asked: {full}")
        except Killed:
            day.core_dies()

    def let_a_week_pass(self) -> None:
        """The core does what it does every night, a week later, and all tablets hear of it."""
        day = self._day
        with day.core.fuse.inside(), day.core.database.write() as connection:
            retention.withdraw_closed(connection, day.now() + AFTER_A_WEEK)
        for link in day.links:
            link.happen(WentForeground())
        day.network.run(20_000)
