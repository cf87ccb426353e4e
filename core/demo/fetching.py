"""Orders that customers of the demo fetch in a store, one in every state, prepared by the same rules as any other."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from core.contract import commands as c
from core.demo.orders import Wish, place_order
from core.demo.showcase import Colleagues, demo_sscc
from core.domain.collecting import own_works
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.service import collections
from core.service.cause import Cause
from core.service.orders import Received
from core.service.promise_orders import Choice
from core.store import documents
from core.store import tables as t
from core.store.collections import of_order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHELVES = ("R-01", "R-02", "R-03", "R-04", "R-05", "R-06")


@dataclass(frozen=True, slots=True)
class Desk:
    """The store where they are fetched, who works there (user ids by role), and who sends it parcels."""

    location_id: str
    people: Mapping[str, str]
    sender_id: str
    number: int  # of the store in the demo: its order numbers and parcels

    def order_number(self, index: int) -> str:
        return str(700_000 + 100 * self.number + index)


@dataclass(frozen=True, slots=True)
class _Plan:
    """`until`: how far it is brought: "open", "picked", "ready", "here", "handed", "expired", "sent", "arrived"."""

    until: str
    age: timedelta
    lines: int = 1
    collect_as: str = ""
    unpaid: bool = False
    other_brand: bool = False
    name: str = ""


PLANS = (
    _Plan("ready", 26 * HOUR, lines=2),
    _Plan("here", 20 * HOUR, lines=2),
    _Plan("here", 5 * HOUR, collect_as="reservation", unpaid=True),
    _Plan("ready", 28 * HOUR, other_brand=True),
    _Plan("picked", 3 * HOUR, lines=2),
    _Plan("open", HOUR),
    _Plan("sent", 30 * HOUR),
    _Plan("arrived", 50 * HOUR, other_brand=True),
    _Plan("picked", 4 * HOUR, collect_as="locker"),
    _Plan("expired", 9 * DAY),
    _Plan("handed", 27 * HOUR, name="Maximilienne de Hohenberg-Wittgenstein"),
)
FROM_ELSEWHERE = ("sent", "arrived")


Ids = Callable[[str], Callable[[], str]]


def fill(connection: Connection, rng: random.Random, desk: Desk, now: datetime, ids: Ids) -> None:
    """`ids`: makers of ids, by topic. Its customers were told already: nobody reads their mail."""
    brands = _brands(connection, desk.location_id)
    for index, plan in enumerate(PLANS):
        new_id = ids(f"{desk.location_id}:{index}")
        made = _order(connection, rng, (desk, plan, index), brands, (now - plan.age, new_id))
        if made is None:
            continue
        team = Colleagues(connection, desk.location_id, desk.people, now - plan.age + 20 * timedelta(minutes=1))
        team.new_id = new_id
        _Story(connection, desk, team, now).tell(plan, made.order_id, SHELVES[index % len(SHELVES)], index)
    told = {"state": "sent", "sent_at": t.messages.c.made_at, "due_at": None}
    connection.execute(update(t.messages).where(t.messages.c.due_at.is_not(None)).values(told))


def _brands(connection: Connection, location_id: str) -> list[str]:
    serves = t.location_divisions.c
    query = select(serves.division_id).where(serves.location_id == location_id).order_by(serves.division_id)
    return list(connection.execute(query).scalars())


def _order(
    connection: Connection,
    rng: random.Random,
    what: tuple[Desk, _Plan, int],
    brands: list[str],
    when: tuple[datetime, Callable[[], str]],
) -> Received | None:
    desk, plan, index = what
    placed_at, new_id = when
    elsewhere = plan.until in FROM_ELSEWHERE
    wish = Wish(
        placed_at.replace(microsecond=0),
        number=desk.order_number(index),
        lines=plan.lines,
        division_id=brands[-1] if plan.other_brand else brands[0],
        name=plan.name,
        delivery=Choice("to-store" if elsewhere else "collect", desk.location_id),
        collect_as=plan.collect_as,
        pay_on_collection=plan.unpaid,
    )
    return place_order(connection, rng, desk.sender_id if elsewhere else desk.location_id, wish, new_id)


@dataclass(frozen=True)
class _Story:
    connection: Connection
    desk: Desk
    team: Colleagues
    now: datetime

    def tell(self, plan: _Plan, order_id: str, shelf: str, index: int) -> None:
        if plan.until == "open":
            return
        for work in self._works(order_id):
            self.team.pick(work)
            if work.location_id != self.desk.location_id:
                number = 100 * self.desk.number + index
                self.team.hand_over(work, self.team.pack(work, demo_sscc(number)))
        if plan.until == "arrived":
            self.team.at = self.now - timedelta(minutes=35)
            for part in self._known(order_id).parts:
                self.team.tell(c.ArriveParcel(part_id=part.id, collection_id=self._known(order_id).id, how=c.How.WEDGE))
        if plan.until in ("ready", "here", "handed", "expired"):
            for part in self._known(order_id).parts:
                own = part.fulfilment_id if part.own else ""
                self.team.tell(c.PutAway(self._known(order_id).id, part.id, shelf, own))
        self._end(plan, self._known(order_id))

    def _end(self, plan: _Plan, known: Collection) -> None:
        if plan.until == "here":
            waits = timedelta(minutes=3) if plan.unpaid else timedelta(minutes=9)
            self.team.at = self.now - waits
            self.team.tell(c.NoteCustomer(known.id, "" if plan.unpaid else "P2"))
        elif plan.until == "handed":
            self.team.at = self.now - timedelta(minutes=50)
            items = tuple(c.HandedItem(line.id, line.open) for line in known.lines)
            self.team.tell(
                c.HandOverCollection(known.id, self.team.new_id(), items, (), own_works(known), c.How.WEDGE, "passport")
            )
        elif plan.until == "expired" and known.pick_up_by is not None:
            at = known.pick_up_by + timedelta(seconds=1)
            collections.expire(self.connection, Cause(at, at, self.team.new_id), known.id)

    def _known(self, order_id: str) -> Collection:
        return of_order(self.connection, order_id)[0]

    def _works(self, order_id: str) -> list[Fulfilment]:
        f = t.fulfilments.c
        ids = self.connection.execute(select(f.id).where(f.order_id == order_id).order_by(f.id)).scalars().all()
        found = documents.load_fulfilments(self.connection, ids)
        return [found[id] for id in ids]
