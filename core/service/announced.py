"""Announced stock that orders were promised: what an order lacks is taken from supply that is on its way, and kept for
it until it has real stock, is cancelled or lacks it no more.

Two orders never have the same announced units: each taking is one conditional update of the supply's row. An order
takes all that it lacks or nothing: units of which no date follows would only be kept from others.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from core.domain.stock_rules import Subject
from core.service import waiting_holds
from core.service.atp_projection import promisable_of, touched
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.stock_book import book_of, categories_of
from core.store import tables as t

_I = t.inbound.c
_P = t.inbound_promises.c


class Coming(NamedTuple):
    """Units that an order was promised of what arrives at a place at a moment."""

    location_id: str
    sku: str
    units: int
    at: datetime


def take(connection: Connection, id: str, units: int) -> bool:
    """Units of what is coming, if its rules still let so many be promised: check and take are one step."""
    row = connection.execute(select(t.inbound).where(_I.id == id).with_for_update()).first()
    if row is None or row.state != "expected" or units <= 0:
        return False
    book = book_of(connection)
    chain = categories_of(connection, book, [row.sku]).get(row.sku, ())
    if promisable_of(book, row, Subject(row.location_id, row.sku, chain)).units < units:
        return False
    return _step(connection, row, row.promised + units)


def give_back(connection: Connection, id: str, units: int) -> None:
    """What `take` took: the order went elsewhere, was cancelled or has it."""
    row = connection.execute(select(t.inbound).where(_I.id == id).with_for_update()).first()
    if row is not None and units and row.promised:
        _step(connection, row, max(0, row.promised - units))


def _step(connection: Connection, row: Any, promised: int) -> bool:
    values = {"promised": promised, "version": row.version + 1}
    done = connection.execute(update(t.inbound).where(_I.id == row.id, _I.version == row.version).values(values))
    work = touched(connection)
    if work is not None:
        work.supplied.add(row.sku)
    return done.rowcount == 1


def held_by(connection: Connection, order_id: str) -> list[Any]:
    """The order's rows, the latest supply first."""
    query = select(t.inbound_promises).where(_P.order_id == order_id)
    return list(connection.execute(query.order_by(_P.expected_at.desc(), _P.inbound_id)))


def cover(
    connection: Connection, cause: Cause, order: Any, lines: Sequence[Any], lacking: Mapping[str, int]
) -> tuple[Coming, ...]:
    """Of an order under lock (its row): what it has of announced stock becomes what it lacks, by order line.

    Units on hand that it holds while it waits are not taken twice. Returns what comes for it; () where nothing is
    lacking or what is announced does not cover all of it.
    """
    on_hand = waiting_holds.units_of(connection, order.id) if lacking else {}
    lacking = {line_id: max(0, units - on_hand.get(line_id, 0)) for line_id, units in lacking.items()}
    held = held_by(connection, order.id)
    kept = [] if not held else _without_surplus(connection, cause, order, held, lacking)
    have: dict[str, int] = {}
    for line_id, _, units in kept:
        have[line_id] = have.get(line_id, 0) + units
    more = {line.id: lacking.get(line.id, 0) - have.get(line.id, 0) for line in lines}
    wanted = [(line.id, line.sku, more[line.id]) for line in lines if more[line.id] > 0]
    if wanted:
        found = _found(connection, cause.received_at, order, wanted)
        if not found:
            return ()
        _keep(connection, cause, order, found)
    return _coming(connection, order.id) if wanted or kept else ()


def drop(connection: Connection, cause: Cause, rows: Iterable[Any]) -> None:
    """These promises end; their units are free where the supply is still expected."""
    for row in rows:
        connection.execute(delete(t.inbound_promises).where(*_key(row)))
        give_back(connection, row.inbound_id, row.units)
        _tell(connection, cause, "InboundReleased", row.order_id, (row.inbound_id, row.units))


def _without_surplus(
    connection: Connection, cause: Cause, order: Any, held: Sequence[Any], lacking: Mapping[str, int]
) -> list[tuple[str, str, int]]:
    """What of it is still lacked: (order line, supply, units). The latest is given back first."""
    left: dict[str, int] = {}
    for row in held:
        left[row.order_line_id] = left.get(row.order_line_id, 0) + row.units
    surplus = {line_id: max(0, units - lacking.get(line_id, 0)) for line_id, units in left.items()}
    kept = []
    for row in held:
        less = min(row.units, surplus[row.order_line_id])
        surplus[row.order_line_id] -= less
        if less == row.units:
            drop(connection, cause, [row])
            continue
        if less:
            connection.execute(update(t.inbound_promises).where(*_key(row)).values(units=row.units - less))
            give_back(connection, row.inbound_id, less)
            _tell(connection, cause, "InboundReleased", order.id, (row.inbound_id, less))
        kept.append((row.order_line_id, row.inbound_id, row.units - less))
    return kept


def _found(
    connection: Connection, at: datetime, order: Any, wanted: Sequence[tuple[str, str, int]]
) -> list[tuple[Any, str, int]]:
    """Enough for all of it, the soonest first: (row of supply, order line, units); [] where it is not enough."""
    book = book_of(connection)
    catalogue = book.by_channel.get((order.division_id, order.channel))
    if catalogue is None or catalogue.inbound_days <= 0:
        return []
    skus = sorted({sku for _, sku, _ in wanted})
    last = at + timedelta(days=catalogue.inbound_days)
    query = select(t.inbound).where(_I.state == "expected", _I.sku.in_(skus), _I.expected_at <= last)
    if only := order.options.get("location_id"):
        query = query.where(_I.location_id == only)
    # Always locked in the same order, so that two orders for the same articles never wait for each other.
    rows = connection.execute(query.order_by(_I.id).with_for_update()).all()
    chains = categories_of(connection, book, skus) if rows else {}
    free = {}
    for row in rows:
        subject = Subject(row.location_id, row.sku, chains.get(row.sku, ()))
        if row.location_id in catalogue.locations and book.terms(catalogue, subject).exclude is None:
            free[row.id] = promisable_of(book, row, subject).units
    found = []
    for line_id, sku, units in wanted:
        for row in sorted((row for row in rows if row.sku == sku), key=lambda row: (row.expected_at, row.id)):
            some = min(units, free.get(row.id, 0))
            if some > 0:
                found.append((row, line_id, some))
                free[row.id] -= some
                units -= some
        if units:
            return []
    return found


def _keep(connection: Connection, cause: Cause, order: Any, found: Sequence[tuple[Any, str, int]]) -> None:
    for row, line_id, units in found:
        if not take(connection, row.id, units):
            raise RuntimeError(f"supply {row.id} changed under lock")
        key = (_P.inbound_id == row.id, _P.order_line_id == line_id)
        more = update(t.inbound_promises).where(*key).values(units=_P.units + units)
        if connection.execute(more).rowcount == 0:
            values = {"inbound_id": row.id, "order_line_id": line_id, "order_id": order.id, "units": units}
            moments = {"expected_at": row.expected_at, "made_at": cause.received_at}
            connection.execute(insert(t.inbound_promises), [values | moments])
        _tell(connection, cause, "InboundPromised", order.id, (row.id, units))


def _coming(connection: Connection, order_id: str) -> tuple[Coming, ...]:
    query = (
        select(_I.location_id, _I.sku, _P.units, _P.expected_at)
        .join_from(t.inbound_promises, t.inbound, _I.id == _P.inbound_id)
        .where(_P.order_id == order_id)
        .order_by(_P.expected_at, _I.id, _P.order_line_id)
    )
    return tuple(Coming(*row) for row in connection.execute(query))


def _key(row: Any) -> tuple[Any, Any]:
    return _P.inbound_id == row.inbound_id, _P.order_line_id == row.order_line_id


def _tell(connection: Connection, cause: Cause, name: str, order_id: str, units: tuple[str, int]) -> None:
    """`units`: of which supply, and how many."""
    told = {"inbound_id": units[0], "units": units[1]}
    record(connection, cause, [Happening(name, "order", order_id, order_id, told)])
