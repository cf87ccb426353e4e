"""Customers who fetch at a store: they order, say that they are here, or do not come in time.

Each deed is one transaction. `works` are the fulfilments that prepare what is fetched from a store's own shelves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert, select, update

from core.contract import commands as c
from core.demo.deeds import carry_out
from core.domain.collection import CollectionKind
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import CollectionState
from core.service import arrivals, collections, later, order_state, orders
from core.service.cause import Cause, id_maker, office_cause
from core.service.later import Job
from core.service.orders import NewLine, NewOrder
from core.service.refusal import Refusal
from core.store import documents, feed
from core.store import tables as t
from core.store.collections import load_collections
from core.store.database import Database
from tests.simulation.head_office import ADDRESS
from tests.simulation.retailer import DIVISION, SKUS, STORES

REASONS = ("too_small", "faulty")
SHELVES = ("R-1", "R-2", "R-3")


def open_desks(connection: Connection) -> None:
    """Reasons for what customers leave at the desk."""
    for id in REASONS:
        row = {"id": id, "account_id": "account", "usage": "refuse", "labels": {"en": id}}
        connection.execute(insert(t.reasons).values(**row))
        feed.mark(connection, feed.ORG, "reason", id)


@dataclass
class Customers:
    """`rng` gives every number. `sent`: what the other store did to send parcels, as (command id, arguments).

    `works`: fulfilments from the own shelves of where they are fetched.
    """

    rng: Random
    clock: Callable[[], datetime]
    sent: list[tuple[str, c.Arguments]] = field(default_factory=list)
    works: set[str] = field(default_factory=set)

    def act(self, database: Database) -> str:
        deeds: dict[Callable[[Connection], str], int] = {self.order: 4, self.come: 2, self.stay_away: 2}
        deed = self.rng.choices(list(deeds), list(deeds.values()))[0]
        with database.write() as connection:
            return deed(connection)

    def open_day(self, connection: Connection) -> None:
        """In each store one of every kind, those from its own shelves picked, and two of them put away."""
        for store in STORES:
            for kind in CollectionKind:
                self.order(connection, store, kind)
        ids = connection.execute(select(t.collections.c.id).order_by(t.collections.c.id)).scalars().all()
        for one in load_collections(connection, ids).values():
            works = documents.load_fulfilments(connection, [part.fulfilment_id for part in one.parts if part.own])
            for work in works.values():
                scans = (c.ScanItem(work.id, line.id, line.quantity, c.How.WEDGE) for line in work.lines)
                self._do(connection, work, *scans)
                if one.kind is not CollectionKind.LOCKER:
                    self._do(connection, work, c.PutAway(one.id, work.id, SHELVES[0], work.id))

    def order(self, connection: Connection, store: str = "", kind: CollectionKind | None = None) -> str:
        """From the store's own shelves, or sent to it by the other one; paid before, or at the desk."""
        store = store or self.rng.choice(STORES)
        kind = kind or self.rng.choice(tuple(CollectionKind))
        sent = kind is CollectionKind.SHIP_TO_STORE
        source = next(one for one in STORES if one != store) if sent else store
        lines = tuple(NewLine(sku, self.rng.randint(1, 3)) for sku in self.rng.sample(SKUS, self.rng.randint(1, 2)))
        unpaid = kind is CollectionKind.RESERVATION
        to = replace(ADDRESS, email="customer@example.org", phone="0100000000")
        new = NewOrder(DIVISION, to, lines, location_id=source)
        made = orders.create(connection, self._cause(), new)
        assert not isinstance(made, Refusal), made
        self._fetch_at(connection, made.order_id, store, kind, unpaid)
        return f"{made.order_id} is to be fetched in {store} ({kind.value})"

    def _fetch_at(self, connection: Connection, order_id: str, store: str, kind: CollectionKind, unpaid: bool) -> None:
        """What `orders.create` does for a promise to a store; days without promises are faster."""
        options = {"collect_at": store, "collect_as": kind.value} | ({"pay_on_collection": True} if unpaid else {})
        o = t.orders.c
        known = connection.execute(select(o.options).where(o.id == order_id)).scalar_one()
        connection.execute(update(t.orders).where(o.id == order_id).values(options={**known, **options}))
        parts = order_state.load(connection, order_id)
        assert parts is not None
        cause = self._cause()
        collections.open_for(connection, cause, parts, kind, self.clock() + timedelta(hours=1))
        for work in parts.fulfilments:
            if work.location_id == store:
                self.works.add(work.id)
            else:
                self._send(connection, work)
        order_state.refresh(connection, cause, order_id)

    def _send(self, connection: Connection, work: Fulfilment) -> None:
        """A colleague there, whose tablet is not of this day, in the transaction of the order: both or neither are."""
        parcel, manifest = f"{work.id}-p", f"{work.id}-m"
        lines = [(line.id, line.quantity) for line in work.lines]
        self._do(connection, work, *(c.ScanItem(work.id, id, units, c.How.WEDGE) for id, units in lines))
        self._do(connection, work, c.OpenParcel(work.id, parcel, "box"))
        self._do(connection, work, *(c.PackItem(work.id, parcel, id, units, c.How.WEDGE) for id, units in lines))
        sscc = f"{self.rng.getrandbits(56):018d}"[:18]
        self._do(connection, work, c.CloseParcel(work.id, parcel, sscc, "colis", 500))
        self._do(connection, work, c.OpenManifest(manifest, work.location_id, "colis"))
        self._do(connection, work, c.LoadParcel(manifest, work.id, parcel, c.How.WEDGE))
        self._do(connection, work, c.CloseManifest(manifest, (work.id,)))

    def _do(self, connection: Connection, work: Fulfilment, *arguments: c.Arguments) -> None:
        maker = id_maker(self.clock(), self.rng.randbytes)
        for one in arguments:
            carry_out(connection, one, f"{work.location_id}-ana", self.clock(), maker)
            self.sent.append((maker(), one))

    def come(self, connection: Connection) -> str:
        """I'm here: by the code of a message, or of an order that is long over."""
        row = t.collections.c
        codes = connection.execute(select(row.pick_up_code).order_by(row.id)).scalars().all()
        if not codes:
            return "nobody comes"
        said = arrivals.note(connection, self._cause(), self.rng.choice(codes), self.rng.choice(("", "bay 3")))
        return f"a customer is here: {said.code if isinstance(said, Refusal) else said}"

    def stay_away(self, connection: Connection) -> str:
        """The days until the end of its time pass for one order."""
        row, at = t.collections.c, self.clock()
        query = select(row.id).where(row.state == CollectionState.READY.value, row.pick_up_by > at).order_by(row.id)
        ids = connection.execute(query).scalars().all()
        if not ids:
            return "nobody stays away"
        before = load_collections(connection, [self.rng.choice(ids)], lock=True).popitem()[1]
        documents.save(connection, before, replace(before, pick_up_by=at))
        later.call_off(connection, collections.EXPIRE, before.id, at)
        later.schedule(connection, self._cause(), [Job(collections.EXPIRE, at, before.id)])
        return f"nobody comes for {before.id} in time"

    def _cause(self) -> Cause:
        return office_cause(self.clock(), "customer", id_maker(self.clock(), self.rng.randbytes))
