"""What head office and customers do meanwhile, through the core's own documents, stock and feed.

Each function is one transaction of the core. `write_pair` changes two documents of a store together: no tablet may ever
show one of them without the other.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert, select

from core.domain.fulfilment import Address, Fulfilment, Line
from core.domain.lifecycle import FulfilmentState
from core.service.cause import office_cause
from core.service.stock_effects import apply_to_stock
from core.store import documents, feed
from core.store import tables as t
from core.store.database import Database
from tests.simulation.retailer import DIVISION, SKUS, STORES

ADDRESS = Address("Customer", "1 Street", "75001", "Paris", "FR")
PAIR = ("left", "right")


class HeadOffice:
    """`numbers` come from the seed, like everything else of a day."""

    def __init__(self, rng: Random, clock: Callable[[], datetime]) -> None:
        self._rng = rng
        self._clock = clock
        self._orders = 0
        self.winners_possible: set[str] = set()  # offers published

    def act(self, database: Database) -> str:
        """One random thing; says what it was."""
        deeds = {self.new_order: 5, self.cancel: 2, self.hold_or_release: 1, self.move: 1, self.write_pair: 3}
        deeds |= {self.publish_offer: 1}
        deed = self._rng.choices(list(deeds), list(deeds.values()))[0]
        with database.write() as connection:
            return deed(connection)

    def open_day(self, database: Database) -> None:
        """A few orders and a pair in each store."""
        for store in STORES:
            with database.write() as connection:
                for side in PAIR:
                    self._add(connection, self._fulfilment(f"{store}-{side}", store))
                for _ in range(3):
                    self.new_order(connection, store)

    def new_order(self, connection: Connection, store: str = "") -> str:
        self._orders += 1
        fulfilment = self._fulfilment(f"f{self._orders}", store or self._rng.choice(STORES))
        self._add(connection, fulfilment)
        return f"new order {fulfilment.id} for {fulfilment.location_id}"

    def cancel(self, connection: Connection) -> str:
        before = self._any(connection)
        return self._change(connection, before, before.after("cancel"), "cancelled")

    def hold_or_release(self, connection: Connection) -> str:
        before = self._any(connection)
        return self._change(
            connection, before, replace(before, hold="" if before.hold else "fraud"), "held or released"
        )

    def move(self, connection: Connection) -> str:
        """To the other store; only what nobody has begun, as far as the core knows."""
        before = self._any(connection)
        if before.state is not FulfilmentState.OPEN or before.run_id or any(line.held for line in before.lines):
            return "nothing to move"
        other = STORES[1 - STORES.index(before.location_id)]
        cause = office_cause(self._clock())
        apply_to_stock(connection, cause, before, before.after("cancel"))
        after = replace(before, location_id=other)
        documents.save(connection, before, after)
        apply_to_stock(connection, cause, None, after)
        return f"moved {after.id} to {other}"

    def write_pair(self, connection: Connection) -> str:
        store, token = self._rng.choice(STORES), f"{self._rng.getrandbits(32):x}"
        for side in PAIR:
            id = f"{store}-{side}"
            before = documents.load_fulfilments(connection, [id])[id]
            documents.save(connection, before, replace(before, gift_message=token))
        return f"wrote {token} to the pair of {store}"

    def publish_offer(self, connection: Connection) -> str:
        self._orders += 1
        offer_id, order_id = f"offer{self._orders}", f"o-offer{self._orders}"
        fulfilment = self._fulfilment(f"offer{self._orders}", STORES[0])
        self._add_order(connection, fulfilment)
        connection.execute(
            insert(t.offers).values(
                id=offer_id, order_id=order_id, order_number=fulfilment.order_number, units=1,
                target_at=fulfilment.target_at, expires_at=self._clock() + timedelta(days=300),
            )
        )  # fmt: skip
        for store in STORES:
            copy = f"{offer_id}@{store}"
            connection.execute(insert(t.offer_copies).values(id=copy, offer_id=offer_id, location_id=store))
            feed.mark(connection, feed.store_part(store), "offer", copy)
        return f"published {offer_id}"

    def _change(self, connection: Connection, before: Fulfilment, after: Fulfilment, what: str) -> str:
        documents.save(connection, before, after)
        apply_to_stock(connection, office_cause(self._clock()), before, after)
        return f"{what} {after.id}: {after.state}"

    def _any(self, connection: Connection) -> Fulfilment:
        f = t.fulfilments.c
        query = select(f.id).where(f.state.not_in(("shipped", "cancelled", "rejected"))).order_by(f.id)
        ids = [id for id in connection.execute(query).scalars() if not id.endswith(PAIR)]
        id = self._rng.choice(ids) if ids else f"{STORES[0]}-{PAIR[0]}"
        return documents.load_fulfilments(connection, [id])[id]

    def _add(self, connection: Connection, fulfilment: Fulfilment) -> None:
        self._add_order(connection, fulfilment)
        documents.save(connection, None, fulfilment)
        apply_to_stock(connection, office_cause(self._clock()), None, fulfilment)

    def _add_order(self, connection: Connection, fulfilment: Fulfilment) -> None:
        now = self._clock()
        connection.execute(
            insert(t.orders).values(
                id=fulfilment.order_id, account_id="account", division_id=DIVISION, number=fulfilment.order_number,
                state="in_preparation", placed_at=now, target_at=fulfilment.target_at, received_at=now,
            )
        )  # fmt: skip
        for position, line in enumerate(fulfilment.lines):
            connection.execute(
                insert(t.order_lines).values(
                    id=line.order_line_id, order_id=fulfilment.order_id, position=position, sku=line.sku,
                    quantity=line.quantity,
                )
            )  # fmt: skip

    def _fulfilment(self, id: str, store: str) -> Fulfilment:
        now = self._clock()
        skus = self._rng.sample(SKUS, self._rng.randint(1, 3))
        return Fulfilment(
            id=id, number=f"{id}-1", short_id=id[-4:], order_id=f"o-{id}", order_number=f"N-{id}", division_id=DIVISION,
            location_id=store, service_level="standard", carrier="colis", placed_at=now,
            target_at=now + timedelta(hours=self._rng.randint(1, 48)), ship_to=ADDRESS,
            lines=tuple(
                Line(f"{id}/{n}", f"ol-{id}/{n}", sku, self._rng.randint(1, 3), gtins=(f"{SKUS.index(sku):014d}",))
                for n, sku in enumerate(skus)
            ),
        )  # fmt: skip
