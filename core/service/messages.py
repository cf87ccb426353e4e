"""The queue of what customers are told: a row in the transaction of its cause; `core.jobs.mail` sends it once."""

from typing import Any, Final

from sqlalchemy import Connection, Select, insert, select, update

from core.contract.commands import NotifyCustomer
from core.domain.collection import Collection
from core.domain.lifecycle import CollectionState
from core.domain.messages import AGAIN
from core.domain.outcome import Outcome
from core.domain.outside_answers import CustomerTold, MessageUnknown, NoEmail, NotReadyYet
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t

_M: Final = t.messages.c
# What is still true when it is told later than meant, by kind; nobody is reminded of what they have.
STILL: Final = {
    "ready": CollectionState.READY,
    "reminder": CollectionState.READY,
    "locker": CollectionState.READY,
    "expired": CollectionState.EXPIRED,
}


def queue(connection: Connection, cause: Cause, collection: Collection, kind: str) -> str:
    """Id of the message; "" where the customer left no address."""
    if not collection.email:
        return ""
    id = cause.new_id()
    row = {"id": id, "collection_id": collection.id, "order_id": collection.order_id, "kind": kind, "state": "waiting"}
    connection.execute(insert(t.messages), [row | {"made_at": cause.received_at, "due_at": cause.received_at}])
    return id


def notify(
    connection: Connection, cause: Cause, collection: Collection, asked: NotifyCustomer, in_locker: bool = False
) -> Outcome:
    """Somebody wants the customer told once more; `in_locker`: with the code that opens it."""
    if asked.message not in AGAIN:
        return MessageUnknown()
    if collection.state is not CollectionState.READY:
        return NotReadyYet()
    if not collection.email:
        return NoEmail()
    queue(connection, cause, collection, "locker" if in_locker else asked.message)
    return CustomerTold()


def sent(connection: Connection, cause: Cause, row: Any, language: str) -> None:
    values = {"state": "sent", "sent_at": cause.received_at, "due_at": None, "language": language, "error": ""}
    connection.execute(update(t.messages).where(_M.id == row.id).values(values))
    _tell(connection, cause, row, "CustomerTold", {"message": row.kind, "language": language})


def drop(connection: Connection, row: Any, error: str) -> None:
    """It is not true any more, or there is nobody to tell it."""
    connection.execute(update(t.messages).where(_M.id == row.id).values(state="dropped", due_at=None, error=error))


def dead(connection: Connection, cause: Cause, row: Any, error: str) -> None:
    """Nobody tries any more: head office reads why."""
    values = {"state": "dead", "due_at": None, "error": error, "failures": row.failures + 1}
    connection.execute(update(t.messages).where(_M.id == row.id).values(values))
    _tell(connection, cause, row, "CustomerNotTold", {"message": row.kind, "error": error, "tries": row.failures + 1})


def put_off(connection: Connection, row: Any, error: str, due_at: Any) -> None:
    values = {"due_at": due_at, "error": error, "failures": row.failures + 1}
    connection.execute(update(t.messages).where(_M.id == row.id).values(values))


def _tell(connection: Connection, cause: Cause, row: Any, name: str, data: dict[str, Any]) -> None:
    c = t.collections.c
    known = connection.execute(select(c.number, c.short_id).where(c.id == row.collection_id)).one()
    told = data | {"number": known.number, "short_id": known.short_id}
    record(connection, cause, [Happening(name, "collection", row.collection_id, row.order_id, told)])


def listed(state: str = "", order_id: str = "") -> Select[Any]:
    """With the number of the order; nothing personal."""
    o = t.orders.c
    query = select(t.messages, o.number).join_from(t.messages, t.orders, o.id == _M.order_id)
    if state:
        query = query.where(_M.state == state)
    return query.where(_M.order_id == order_id) if order_id else query


def retry(connection: Connection, cause: Cause, id: str) -> Refusal | None:
    """What nobody tries any more is tried again."""
    query = update(t.messages).where(_M.id == id, _M.state == "dead")
    values = {"state": "waiting", "due_at": cause.received_at, "failures": 0}
    if connection.execute(query.values(values)).rowcount:
        return None
    state = connection.execute(select(_M.state).where(_M.id == id)).scalar()
    if state is None:
        return unknown("message", id)
    return Refusal("message_not_dead", Kind.CONFLICT, {"state": state}, "Only what was given up can be tried again.")
