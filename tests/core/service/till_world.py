"""What tests of money at the desk say again and again: a tablet, a bank, the workers between them, and what is due."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from core.adapters.payment import Sandbox
from core.contract import commands as c
from core.contract.sync import Answer
from core.domain.collection import Collection
from core.jobs.outside import Outside
from core.jobs.payments import CardDesk, RefundDesk
from core.service import inbox
from core.service.devices import Device
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import collection_of, events, expire, handover, prepared, tasks_of, until
from tests.support.core import NOW, Sender, World, put_device
from tests.support.http import Clock


class Shop:
    """A tablet in Lille, a bank, and the workers between them."""

    def __init__(self, database: Database, world: World, folder: Path) -> None:
        self.database, self.clock = database, Clock(NOW + timedelta(seconds=5))
        self.bank = Sandbox(folder / "bank.db", late_s=60, now=lambda: self.clock.at.timestamp())
        self.device: Device = put_device(database, world.lille)
        self.sender = Sender(self.device, world.ana)

    def send(self, command: c.Command) -> Answer:
        return inbox.receive(self.database, self.device, command, self.clock.at)

    def say(self, arguments: Any) -> Answer:
        return self.send(self.sender.command(arguments))

    def work(self) -> None:
        """All that is due now."""
        for desk in (CardDesk(self.bank), RefundDesk(self.bank)):
            while Outside(self.database, desk, self.clock).turn():
                pass

    def charged(self) -> list[tuple[str, int, str]]:
        return self.bank.moved()


def due(database: Database, world: World, price: int, units: int = 1) -> Collection:
    """A reservation whose articles cost so much each."""
    with database.write() as connection:
        connection.execute(update(t.variants).values(price_minor=price))
    return prepared(database, world, units, collect_as="reservation", pay_on_collection=True)


def rows(database: Database, table: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(table).order_by(table.c.asked_at, table.c.id)))


def names(database: Database, collection: Collection) -> list[str]:
    money = ("Payment", "Refund", "Cash")
    return [event.name for event in events(database, collection.order_id) if event.name.startswith(money)]


def late(shop: Shop, ready: Collection, taken: int, refused: int = 0) -> Answer:
    """Of before its time was over, by a tablet that was offline then."""
    command = replace(shop.sender.command(handover(ready, taken, refused)), at=until(ready) - timedelta(hours=2))
    return shop.send(command)


def open_debts(database: Database, collection: Collection) -> list[int]:
    return [task.amount_minor for task in tasks_of(database, collection.order_id) if task.kind == "payment"]


def expired(database: Database, world: World, shop: Shop, hours: int = 0) -> Collection:
    """Three articles of 10.00, paid by card; the end of their time is so many hours ago."""
    ready = due(database, world, 1000, units=3)
    shop.say(c.ChargeCard(ready.id, "pay-1", 3000))
    shop.work()
    shop.clock.at = until(ready)
    expire(database, ready, shop.clock.at)
    shop.clock.at += timedelta(hours=hours)
    shop.work()
    return collection_of(database, ready.order_id)
