"""Lockers: a compartment is reserved, filled, opened by the customer with a code of its own, and given up.

The locker itself is asked by a job (`core.jobs.lockers`), never with a transaction open.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, insert, select, update

from core.contract.commands import ReserveLocker
from core.domain.collection import Collection
from core.domain.lifecycle import CollectionState
from core.domain.outcome import Outcome
from core.domain.outside_answers import LockerFull, LockerReserved, LockerSizeUnknown, NotForLocker, UnpaidForLocker
from core.service import messages
from core.service.cause import Cause
from core.service.events import Happening, record
from core.store import tables as t
from core.store.collections import load_collections

_S: Final = t.locker_stays.c
REFUSED: Final[dict[str, type[Outcome]]] = {"locker_full": LockerFull, "locker_size": LockerSizeUnknown}


def reserve(connection: Connection, cause: Cause, known: Collection, asked: ReserveLocker) -> Outcome | None:
    """None while the locker is asked. A command told twice, or by two tablets, gets the one compartment."""
    if known.closed or known.state is CollectionState.EXPIRED or known.locker:
        return NotForLocker()
    if known.due_minor:
        return UnpaidForLocker()
    # What was refused is asked anew by a new command; this one gets the answer it waited for.
    mine = connection.execute(select(t.locker_stays).where(_S.id == cause.command_id)).first()
    held = select(t.locker_stays).where(_S.collection_id == known.id, _S.state.in_(("asking", "reserved")))
    row = mine or connection.execute(held).first()
    if row is None:
        _open(connection, cause, known, {"size": asked.size, "state": "asking"})
        return None
    if row.state == "asking":
        return None
    if row.state == "refused":
        return REFUSED[row.reason]()
    if row.state != "reserved":
        return NotForLocker()
    return LockerReserved(row.compartment, row.drop_code)


def dropped(connection: Connection, cause: Cause, known: Collection, compartment: str) -> None:
    """All of it lies in the compartment: the customer's code is asked for, and mailed when it is known.

    Once, also where two tablets note it. A compartment it lay in before is given up; one that was asked for is used, or
    free again, whether or not the locker has answered.
    """
    noted = (_S.collection_id == known.id) & _S.state.in_(("dropped", "waiting"))
    if connection.execute(select(_S.id).where(noted, _S.compartment == compartment)).first() is not None:
        return
    _end(connection, cause, noted)
    held = update(t.locker_stays).where(_S.collection_id == known.id, _S.state.in_(("asking", "reserved")))
    values = {"state": "dropped", "compartment": compartment, "due_at": cause.received_at, "tries": _S.tries + 1}
    if connection.execute(held.values(values)).rowcount == 0:
        _open(connection, cause, known, {"state": "dropped", "compartment": compartment})


def _open(connection: Connection, cause: Cause, known: Collection, values: dict[str, Any]) -> None:
    row: dict[str, Any] = {
        "id": cause.command_id or cause.new_id(),
        "collection_id": known.id,
        "location_id": known.location_id,
    }
    row |= {"asked_at": cause.received_at, "due_at": cause.received_at}
    connection.execute(insert(t.locker_stays), [row | values])


def end(connection: Connection, cause: Cause, collection_id: str) -> None:
    """Fetched, over, or on a shelf instead: the compartment is given up, whatever was asked last."""
    _end(connection, cause, (_S.collection_id == collection_id) & _S.state.not_in(("refused", "ending", "ended")))


def _end(connection: Connection, cause: Cause, those: ColumnElement[bool]) -> None:
    # One try more: an answer to what was asked before counts no longer, however late it comes.
    query = update(t.locker_stays).where(those)
    connection.execute(query.values(state="ending", due_at=cause.received_at, tries=_S.tries + 1))


def reserved(connection: Connection, cause: Cause, row: Any, compartment: str, drop_code: str) -> None:
    _put(connection, row, state="reserved", compartment=compartment, drop_code=drop_code)
    _tell(connection, cause, row, "LockerReserved", compartment)


def refused(connection: Connection, row: Any, reason: str) -> None:
    _put(connection, row, state="refused", reason=reason)


def opens_with(connection: Connection, cause: Cause, row: Any, code: str) -> None:
    """The customer's code is known: they are told."""
    _put(connection, row, state="waiting", customer_code=code)
    _tell(connection, cause, row, "LockerCodeKnown", row.compartment)
    known = load_collections(connection, [row.collection_id])[row.collection_id]
    if known.state is CollectionState.READY:
        messages.queue(connection, cause, known, "locker")


def ended(connection: Connection, row: Any) -> None:
    _put(connection, row, state="ended", drop_code="", customer_code="")


def code_of(connection: Connection, collection_id: str) -> str:
    """Of who fetches it; "" where none is known."""
    query = select(_S.customer_code).where(_S.collection_id == collection_id, _S.state == "waiting")
    return connection.execute(query).scalar() or ""


def _put(connection: Connection, row: Any, **values: str) -> None:
    query = update(t.locker_stays).where(_S.id == row.id)
    connection.execute(query.values(due_at=None, error="", **values))


def _tell(connection: Connection, cause: Cause, row: Any, name: str, compartment: str) -> None:
    """Never a code: timelines are read by many."""
    known = load_collections(connection, [row.collection_id])[row.collection_id]
    told = {"compartment": compartment, "size": row.size, "number": known.number, "short_id": known.short_id}
    record(connection, cause, [Happening(name, "collection", known.id, known.order_id, told)])
