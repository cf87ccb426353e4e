"""The orders a demo is for: overdue and urgent ones, a gift, a hold, a scheduled one, and what colleagues began."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from core.contract import commands as c
from core.demo.deeds import carry_out
from core.demo.orders import Wish
from core.demo.people import ARABIC_NAMES, GIFT_MESSAGES
from core.demo.reference import COMPANY_PREFIX
from core.domain.barcodes import Sscc
from core.domain.fulfilment import Fulfilment
from core.domain.permissions import Role
from core.domain.sscc import make_sscc
from core.service.cancellation import cancel
from core.service.cause import Cause
from core.store import documents
from core.store import tables as t

# Hours since an order was placed: some are overdue, some due today, some fresh.
AGES_H = (0.2, 0.6, 1.5, 3, 4.5, 7, 11, 16, 22, 27, 33, 41, 52, 70)
DEMO_DEVICE_NUMBER = 9_999  # its range of parcel numbers is never lent to a tablet


def wishes(rng: random.Random, count: int, now: datetime, store: int) -> Iterator[Wish]:
    """`count` orders for one store, none of them in the future."""
    special = (
        {"gift_message": GIFT_MESSAGES[store % len(GIFT_MESSAGES)], "lines": 2},
        {"service_level": "express"},
        {"lines": 4},
        {"units": 3, "lines": 2},
        {"hold": "address_check"},
        {"name": ARABIC_NAMES[store % len(ARABIC_NAMES)], "service_level": "express"},
        {"lines": 3, "service_level": "standard"},
    )
    for index in range(count):
        age_h = AGES_H[index % len(AGES_H)] * rng.uniform(0.85, 1.1)
        placed_at = (now - timedelta(hours=age_h)).replace(microsecond=0)
        more = dict(special[index]) if index < len(special) else {}
        if index == 7:
            more["release_at"] = (now + timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
        yield Wish(placed_at, **more)  # type: ignore[arg-type]


class Colleagues:
    """Those of one store, who work a minute per step. `new_id` makes the ids of all that they do."""

    def __init__(self, connection: Connection, location_id: str, people: Mapping[str, str], at: datetime) -> None:
        self.connection, self.location_id, self.people, self.at = connection, location_id, people, at
        self.new_id: Callable[[], str] = lambda: ""

    def tell(self, arguments: c.Arguments, role: str = Role.ASSOCIATE) -> None:
        self.at += timedelta(seconds=40)
        carry_out(self.connection, arguments, self.people[role], self.at, self.new_id)

    def pick(self, fulfilment: Fulfilment, most: int | None = None) -> None:
        for line in fulfilment.lines if most is None else fulfilment.lines[:1]:
            for _ in range(line.quantity if most is None else min(most, line.quantity)):
                self.tell(c.ScanItem(fulfilment.id, line.id, 1, c.How.WEDGE, line.gtins[0]))

    def pack(self, fulfilment: Fulfilment, sscc: str) -> str:
        """Id of the closed and labelled parcel."""
        parcel_id = self.new_id()
        self.tell(c.OpenParcel(fulfilment.id, parcel_id, "box-m"))
        weight_g = 320
        for line in fulfilment.lines:
            self.tell(c.PackItem(fulfilment.id, parcel_id, line.id, line.quantity, c.How.WEDGE, line.gtins[0]))
            weight_g += line.quantity * line.weight_g
        self.tell(c.CloseParcel(fulfilment.id, parcel_id, sscc, fulfilment.carrier, weight_g, 400, 300, 200))
        self.tell(c.RecordLabel(fulfilment.id, parcel_id, fulfilment.carrier))
        return parcel_id

    def hand_over(self, fulfilment: Fulfilment, parcel_id: str) -> None:
        manifest_id = self.new_id()
        self.tell(c.OpenManifest(manifest_id, self.location_id, fulfilment.carrier))
        self.tell(c.LoadParcel(manifest_id, fulfilment.id, parcel_id, c.How.WEDGE))
        self.tell(c.CloseManifest(manifest_id, (fulfilment.id,)))


def showcase(
    connection: Connection, location_id: str, people: Mapping[str, str], at: datetime, new_id: Callable[[], str]
) -> None:
    """The four oldest orders of the store: one is on its way, one packed, one picked, one cancelled after picking.

    `people`: user ids by role.
    """
    free = [fulfilment for fulfilment in _open_work(connection, location_id) if not fulfilment.release_at]
    if len(free) < 5:
        return
    team = Colleagues(connection, location_id, people, at)
    team.new_id = new_id
    sent, packed, picked, cancelled = free[:4]
    for number, fulfilment in enumerate((sent, packed)):
        team.pick(fulfilment)
        parcel_id = team.pack(fulfilment, _sscc(location_id, number))
        if fulfilment is sent:
            team.hand_over(fulfilment, parcel_id)
    team.pick(picked)
    team.pick(cancelled, most=1)
    team.at += timedelta(minutes=2)
    cancel(connection, Cause(team.at, team.at, new_id, "user-office"), cancelled.order_id, "customer_request")


def _open_work(connection: Connection, location_id: str) -> list[Fulfilment]:
    """Oldest first; what is on hold is left alone."""
    f = t.fulfilments.c
    query = select(f.id).where(f.location_id == location_id, f.state == "open", f.hold == "").order_by(f.placed_at)
    ids = connection.execute(query).scalars().all()
    found = documents.load_fulfilments(connection, ids)
    return [found[id] for id in ids]


def _sscc(location_id: str, number: int) -> str:
    return demo_sscc(int(location_id.rpartition("-")[2]) * 10 + number)


def demo_sscc(number: int) -> str:
    """Of a range that no tablet has; each number once."""
    made = make_sscc(COMPANY_PREFIX, DEMO_DEVICE_NUMBER, number)
    assert isinstance(made, Sscc)
    return made.value18
