"""What tests of click & collect say again and again: an order to fetch in Lille, made ready, handed over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.contract import commands as c
from core.contract.commands import How
from core.domain.collecting_answers import CollectionReady
from core.domain.collection import Collection
from core.service import collections, orders
from core.service.cause import office_cause
from core.service.orders import NewLine, NewOrder, Received
from core.service.promise_orders import Choice
from core.store import tables as t
from core.store.collections import of_order
from core.store.database import Database
from tests.core.service.delivery_world import put_stock
from tests.core.service.office import fulfilments_of, ledger, stock, tell
from tests.core.service.test_promise_orders import LYON
from tests.support.core import NOW, World

LATER = NOW + timedelta(days=30)


def place(database: Database, world: World, method: str, quantities: Mapping[str, int], **more: Any) -> Collection:
    lines = tuple(NewLine(sku, units) for sku, units in quantities.items())
    new = NewOrder(
        world.division, replace(LYON, email="camille@example.org"), lines, delivery=Choice(method, world.lille)
    )
    with database.write() as connection:
        made = orders.create(connection, office_cause(NOW), replace(new, **more))
    assert isinstance(made, Received), made
    return collection_of(database, made.order_id)


def collection_of(database: Database, order_id: str) -> Collection:
    with database.read() as connection:
        (found,) = of_order(connection, order_id)
    return found


def prepared(database: Database, world: World, units: int = 2, **more: Any) -> Collection:
    """From the store's own shelves, picked and put away."""
    made = place(database, world, "collect", {"SKU-1": units}, **more)
    (work,) = fulfilments_of(database, made.order_id)
    tell(database, c.ScanItem(work.id, work.lines[0].id, units, How.WEDGE, "x"))
    assert tell(database, c.PutAway(made.id, work.id, "C-01", work.id)) == CollectionReady()
    return collection_of(database, made.order_id)


def handover(collection: Collection, units: int, refused: int = 0, id: str = "h1", **more: Any) -> c.HandOverCollection:
    line = collection.lines[0].id
    works = tuple(part.fulfilment_id for part in collection.parts if part.own)
    items = (c.HandedItem(line, units),) if units else ()
    left = (c.RefusedItem(line, refused, "too_small"),) if refused else ()
    return c.HandOverCollection(collection.id, id, items, left, works, **more)


def jobs_of(database: Database, kind: str, subject: str) -> list[Any]:
    j = t.jobs.c
    with database.read() as connection:
        query = select(t.jobs).where(j.kind == kind, j.subject == subject, j.state == "waiting").order_by(j.run_at)
        return list(connection.execute(query))


def messages_of(database: Database, collection_id: str) -> list[Any]:
    m = t.messages.c
    with database.read() as connection:
        query = select(t.messages).where(m.collection_id == collection_id).order_by(m.made_at, m.id)
        return list(connection.execute(query))


def opening(database: Database, world: World) -> tuple[int, ...]:
    """What lay in Lille before the first movement of the ledger."""
    both = zip(stock(database, world.lille, "SKU-1"), ledger(database, world.lille, "SKU-1"), strict=True)
    return tuple(now - moved for now, moved in both)


def until(collection: Collection) -> datetime:
    assert collection.pick_up_by is not None
    return collection.pick_up_by


def tasks_of(database: Database, order_id: str) -> list[Any]:
    k = t.order_tasks.c
    with database.read() as connection:
        return list(connection.execute(select(t.order_tasks).where(k.order_id == order_id, k.closed_at.is_(None))))


def expire(database: Database, collection: Collection, at: datetime) -> None:
    with database.write() as connection:
        cause = office_cause(at)
        collections.expire(connection, cause, collection.id)


def events(database: Database, order_id: str) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(t.events).where(t.events.c.order_id == order_id)))


def shipped_to_store(database: Database, world: World) -> Collection:
    put_stock(database, world.lille, "SKU-1", 0)
    made = place(database, world, "to-store", {"SKU-1": 2})
    (work,) = fulfilments_of(database, made.order_id)
    line = work.lines[0].id
    assert work.location_id != world.lille
    assert work.ship_to.name.startswith("Lille")
    for command in (
        c.ScanItem(work.id, line, 2, How.WEDGE, "x"),
        c.OpenParcel(work.id, "p1", "box-s"),
        c.PackItem(work.id, "p1", line, 2, How.TAP),
        c.CloseParcel(work.id, "p1", "340123450000000018", "colis-hexa", 900),
        c.OpenManifest("m1", work.location_id, "colis-hexa"),
        c.LoadParcel("m1", work.id, "p1", How.TAP),
        c.CloseManifest("m1", (work.id,)),
    ):
        tell(database, command)
    return collection_of(database, made.order_id)
