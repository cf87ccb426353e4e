"""What customers and head office do meanwhile, through the core's own services; each deed is one transaction.

`write_pair` changes two documents of a store together: no tablet may ever show one of them without the other.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random

from sqlalchemy import Connection, select

from core.domain.fulfilment import Address
from core.service import cancellation, fulfilments, holds, orders
from core.service.cause import Cause, id_maker, office_cause
from core.service.orders import NewLine, NewOrder
from core.service.refusal import Refusal
from core.store import documents
from core.store import tables as t
from core.store.database import Database
from tests.simulation.retailer import COMPETING, DIVISION, SKUS, STORES

ADDRESS = Address("Customer", "1 Street", "75001", "Paris", "FR")
SIDES = ("left", "right")


class HeadOffice:
    """`rng` gives every number, like everything else of a day."""

    def __init__(self, rng: Random, clock: Callable[[], datetime]) -> None:
        self._rng = rng
        self._clock = clock
        self.moved: set[str] = set()  # fulfilments that left a store
        self.pairs: dict[str, tuple[str, str]] = {}  # store -> fulfilment ids

    def act(self, database: Database) -> str:
        """One random thing; says what it was."""
        deeds = {self.new_order: 5, self.cancel: 2, self.hold_or_release: 1, self.move: 2, self.write_pair: 3}
        deeds |= {self.offer: 3}
        deed = self._rng.choices(list(deeds), list(deeds.values()))[0]
        with database.write() as connection:
            return deed(connection)

    def open_day(self, connection: Connection) -> None:
        """A few orders and a pair in each store, and a few that are on offer."""
        for store in STORES:
            left, right = (self._fulfilment_of(connection, self._order(connection, store)) for _ in SIDES)
            self.pairs[store] = left, right
            for _ in range(3):
                self._order(connection, store)
        for _ in range(3):
            self.offer(connection)

    def new_order(self, connection: Connection) -> str:
        return f"new order {self._order(connection, self._rng.choice((*STORES, '')))}"

    def cancel(self, connection: Connection) -> str:
        """An order, or one unit of one of its lines."""
        order_id = self._any(connection)
        units = None
        if self._rng.random() < 0.4:
            lines = t.order_lines.c
            ids = connection.execute(select(lines.id).where(lines.order_id == order_id).order_by(lines.id)).scalars()
            units = {self._rng.choice(ids.all()): 1}
        refusal = cancellation.cancel(connection, self._cause(), order_id, units=units)
        return f"cancel {'all' if units is None else 'a unit'} of {order_id}: {_said(refusal)}"

    def hold_or_release(self, connection: Connection) -> str:
        order_id = self._any(connection)
        if self._rng.random() < 0.5:
            return f"hold {order_id}: {_said(holds.hold(connection, self._cause(), order_id, 'fraud'))}"
        return f"release {order_id}: {_said(holds.release_hold(connection, self._cause(), order_id))}"

    def move(self, connection: Connection) -> str:
        """To the other store, mostly what nobody has begun as far as the core knows."""
        f = t.fulfilments.c
        paired = [id for pair in self.pairs.values() for id in pair]
        fetched = select(t.collections.c.order_id)  # stays where its customer comes
        free = select(f.id, f.location_id).where(f.id.not_in(paired), f.order_id.not_in(fetched))
        query = free.order_by(f.state != "open", f.run_id, f.id)
        rows = connection.execute(query).all()
        id, store = self._rng.choice(rows[: max(1, len(rows) // 3)])
        other = STORES[0] if store == STORES[1] else STORES[1]
        refusal = fulfilments.move(connection, self._cause(), id, other)
        if refusal is None:
            self.moved.add(id)
        return f"move {id} to {other}: {_said(refusal)}"

    def write_pair(self, connection: Connection) -> str:
        store, token = self._rng.choice(STORES), f"{self._rng.getrandbits(32):x}"
        for before in documents.load_fulfilments(connection, self.pairs[store]).values():
            documents.save(connection, before, replace(before, gift_message=token))
        return f"write {token} to the pair of {store}"

    def offer(self, connection: Connection) -> str:
        """An order of the channel whose orders stores compete for."""
        return f"offer {self._order(connection, '', COMPETING)}"

    def _order(self, connection: Connection, store: str, channel: str = "web") -> str:
        skus = self._rng.sample(SKUS, self._rng.randint(1, 3))
        lines = tuple(NewLine(sku, self._rng.randint(1, 3)) for sku in skus)
        new = NewOrder(DIVISION, ADDRESS, lines, channel=channel, location_id=store)
        made = orders.create(connection, self._cause(), new)
        assert not isinstance(made, Refusal), made
        return made.order_id

    def _any(self, connection: Connection) -> str:
        """An order of those that no pair is made of."""
        o, f = t.orders.c, t.fulfilments.c
        paired = [id for pair in self.pairs.values() for id in pair]
        query = select(o.id).where(o.id.not_in(select(f.order_id).where(f.id.in_(paired)))).order_by(o.id)
        return self._rng.choice(connection.execute(query).scalars().all())

    def _fulfilment_of(self, connection: Connection, order_id: str) -> str:
        found = fulfilments.load_of_order(connection, order_id)
        return self._rng.choice(found).id if found else ""

    def _cause(self) -> Cause:
        return office_cause(self._clock(), "office", id_maker(self._clock(), self._rng.randbytes))


def _said(refusal: Refusal | None) -> str:
    return "done" if refusal is None else refusal.code
