"""While an offer is open its units are reserved at one place, the holder: promised once, and at one place only.

So an order that is on offer never competes with another one for its last unit, and a store that is merely asked keeps
selling what it has. Who wins gets the units: the holder those that are held, another store its own, checked and
reserved in the transaction of its claim, and the holder's are free again.
"""

from typing import Any

from sqlalchemy import Connection, select, update

from core.domain.stock import Position
from core.service.cause import Cause
from core.service.stock import Delta, Movement, Shortage, move, reserve
from core.service.stock_effects import positions
from core.store import tables as t

REASON = "offer"


def hold_at(connection: Connection, cause: Cause, offer: Any, location_id: str) -> Shortage | None:
    """Reserves the offer's units there. On a Shortage nothing changed."""
    savepoint = connection.begin_nested()
    shortage = reserve(connection, cause, _movements(offer, location_id, 1))
    if shortage is None:
        savepoint.commit()
    else:
        savepoint.rollback()
    return shortage


def let_go(connection: Connection, cause: Cause, offer: Any, holder: str) -> None:
    """The holder's units are free again; the row says so."""
    if holder:
        move(connection, cause, _movements(offer, holder, -1))
        _note(connection, offer, "")


def shift(connection: Connection, cause: Cause, offer: Any, location_ids: list[str]) -> str:
    """From the holder to the first of these places that has the units. Returns the new holder, "" where none has."""
    holder = holder_now(connection, offer.id)
    for location_id in location_ids:
        if hold_at(connection, cause, offer, location_id) is None:
            let_go(connection, cause, offer, holder)
            _note(connection, offer, location_id)
            return location_id
    let_go(connection, cause, offer, holder)
    return ""


def gone(connection: Connection, offer: Any, holder: str) -> str:
    """The first article that was declared gone there since its units were held; "": all of them can still be sent."""
    wanted = _units(offer)
    found = positions(connection, holder, wanted, lock=True)
    short = (sku for sku, units in sorted(wanted.items()) if _for_sale(found.get(sku)) < units)
    return next(short, "")


def _for_sale(position: Position | None) -> int:
    return 0 if position is None else position.shelf - position.unavailable


def holder_now(connection: Connection, offer_id: str) -> str:
    """Under the lock of the order."""
    return str(connection.execute(select(t.offers.c.holder).where(t.offers.c.id == offer_id)).scalar_one())


def _note(connection: Connection, offer: Any, holder: str) -> None:
    connection.execute(update(t.offers).where(t.offers.c.id == offer.id).values(holder=holder))


def _units(offer: Any) -> dict[str, int]:
    """By article."""
    units: dict[str, int] = {}
    for line in offer.lines:
        units[line["sku"]] = units.get(line["sku"], 0) + line["units"]
    return units


def _movements(offer: Any, location_id: str, sign: int) -> list[Movement]:
    kind = "reservation" if sign > 0 else "release"
    return [
        Movement(location_id, sku, kind, Delta(reserved=sign * count), REASON, offer.order_id, "", offer.division_id)
        for sku, count in sorted(_units(offer).items())
    ]
