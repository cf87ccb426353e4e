"""What tests of the core's services say again and again: an order for Lille, a command of Ana, the stock of a place."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from core.contract import rules
from core.contract.commands import COMMANDS, Arguments, Command
from core.domain.fulfilment import Address, Fulfilment
from core.domain.outcome import Outcome
from core.service import effects, fulfilments, orders
from core.service.cause import Cause, id_maker, office_cause
from core.service.effects import Applied
from core.service.orders import NewLine, NewOrder, Received
from core.store import documents
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World

LILLE = Address("Camille Roche", "3 rue Basse", "59800", "Lille", "FR")


def new_order(world: World, quantities: Mapping[str, int], **more: Any) -> NewOrder:
    lines = tuple(NewLine(sku, quantity) for sku, quantity in quantities.items())
    return NewOrder(division_id=world.division, ship_to=LILLE, lines=lines, **more)


def place(database: Database, world: World, quantities: Mapping[str, int], **more: Any) -> Received:
    with database.write() as connection:
        made = orders.create(connection, office_cause(NOW), new_order(world, quantities, **more))
    assert isinstance(made, Received), made
    return made


def fulfilments_of(database: Database, order_id: str) -> list[Fulfilment]:
    with database.read() as connection:
        return fulfilments.load_of_order(connection, order_id)


def order_row(database: Database, order_id: str) -> Any:
    with database.read() as connection:
        return connection.execute(select(t.orders).where(t.orders.c.id == order_id)).one()


def tell(database: Database, arguments: Arguments, user: str = "usr-ana", at: datetime = NOW) -> Outcome:
    """A command with its effects, as the inbox carries it out."""
    with database.write() as connection:
        return tell_in(connection, arguments, user, at)


def tell_in(connection: Connection, arguments: Arguments, user: str = "usr-ana", at: datetime = NOW) -> Outcome:
    make = id_maker(at)
    name = type(arguments).__name__
    command = Command(make(), 1, name, COMMANDS[name].version, user, at, arguments)
    loaded = documents.load(connection, rules.touches(arguments), lock=True)
    loaded |= documents.load(connection, rules.follows(arguments, loaded), lock=True)
    changed, outcome = rules.apply(loaded, command)
    for key in sorted(changed):
        documents.save(connection, loaded.get(key), changed[key])
    cause = Cause(at, at + timedelta(seconds=2), make, user, "", "", command.id)
    effects.after(connection, Applied(command, loaded, changed, outcome), cause)
    return outcome


def stock(database: Database, location_id: str, sku: str) -> tuple[int, int, int, int]:
    """(on hand, reserved, picked, unavailable)."""
    p = t.positions.c
    with database.read() as connection:
        query = select(p.on_hand, p.reserved, p.picked, p.unavailable)
        row = connection.execute(query.where(p.location_id == location_id, p.sku == sku)).one()
    return tuple(row)


def ledger(database: Database, location_id: str, sku: str) -> tuple[int, int, int, int]:
    """The sums of all movements, in the same order as `stock`."""
    m = t.movements.c
    with database.read() as connection:
        query = select(m.on_hand, m.reserved, m.picked, m.unavailable)
        rows = connection.execute(query.where(m.location_id == location_id, m.sku == sku)).all()
    return tuple(sum(row[index] for row in rows) for index in range(4))


def event_names(database: Database, order_id: str) -> list[str]:
    from core.service.events import timeline

    with database.read() as connection:
        return [entry.code for entry in timeline(connection, order_id)]
