"""Money of collections. A card is charged by a job (`core.jobs.payments`), never with a transaction open; what is taken
makes what is due fall; what goes back goes the way it came. All amounts in minor units of the collection's currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from core.contract.commands import ChargeCard, TakeCash
from core.domain import collecting
from core.domain.collecting_answers import Paid
from core.domain.collection import Collection
from core.domain.outcome import Outcome
from core.domain.outside_answers import BeingPaid, CardCharged, CardDeclined, NotDue, PaymentReused
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.store import documents
from core.store import tables as t
from core.store.collections import load_collections, of_order

_P: Final = t.payments.c
_R: Final = t.refunds.c
_K: Final = t.order_tasks.c
DEBT: Final = "payment"  # kind of a task: what the customer owes
# Whoever comes a moment too late may still be given more time at the desk.
NOT_AT_ONCE: Final = {"not_collected": timedelta(hours=1)}
# What goes back because its time was over, or because it was paid after that; not what was refused.
MAY_STAY: Final = ("not_collected", "paid_twice")
AFTER_ALL: Final = ("cancelled", *MAY_STAY)  # where the customer has what was cancelled
OPEN: Final = ("asking", "to_give_back", "failed")


def charge(connection: Connection, cause: Cause, known: Collection, asked: ChargeCard) -> Outcome | None:
    """None while the provider decides. `known`: locked, so that two tablets take turns."""
    row = connection.execute(select(t.payments).where(_P.id == asked.payment_id)).first()
    if row is not None:
        if (row.collection_id, row.amount_minor, row.method) != (known.id, asked.amount_minor, "card"):
            return PaymentReused()
        if row.state == "asking":
            return None
        return CardCharged(known.due_minor) if row.state == "paid" else CardDeclined(row.reason)
    asking = select(func.coalesce(func.sum(_P.amount_minor), 0)).where(
        _P.collection_id == known.id, _P.state == "asking"
    )
    in_flight = connection.execute(asking).scalar_one()
    if not 0 < asked.amount_minor <= known.due_minor - in_flight:
        return BeingPaid() if in_flight else NotDue(known.due_minor)
    _insert(connection, cause, known, ("card", asked.payment_id, asked.amount_minor), "asking")
    return None


def taken_before(connection: Connection, asked: TakeCash) -> Outcome | None:
    """The answer to cash of an id that was counted already."""
    row = connection.execute(select(t.payments).where(_P.id == asked.payment_id)).first()
    if row is None:
        return None
    if (row.collection_id, row.amount_minor, row.method) != (asked.collection_id, asked.amount_minor, "cash"):
        return PaymentReused()
    c = t.collections.c
    return Paid(connection.execute(select(c.due_minor).where(c.id == asked.collection_id)).scalar_one())


def note_cash(connection: Connection, cause: Cause, old: Collection, asked: TakeCash) -> None:
    """What the rule has taken off already is in the books; too much of it is to be given back."""
    _insert(connection, cause, old, ("cash", asked.payment_id, asked.amount_minor), "paid")
    if (extra := asked.amount_minor - old.due_minor) > 0:
        give_back(connection, cause, old, Back(extra, 0, "paid_twice", asked.payment_id))


def _insert(connection: Connection, cause: Cause, known: Collection, what: tuple[str, str, int], state: str) -> None:
    method, payment_id, amount_minor = what
    at = cause.received_at
    row: dict[str, Any] = {"id": payment_id, "collection_id": known.id, "order_id": known.order_id, "method": method}
    row |= {"amount_minor": amount_minor, "currency": known.currency, "state": state, "asked_at": at}
    row |= {"location_id": known.location_id, "user_id": cause.user_id, "device_id": cause.device_id}
    row |= {"due_at": at} if state == "asking" else {"decided_at": at}
    connection.execute(insert(t.payments), [row])


def paid(connection: Connection, cause: Cause, row: Any, reference: str) -> None:
    """The provider took it. More than was due by now (cash came first) goes back at once."""
    values = {"state": "paid", "reference": reference, "decided_at": cause.received_at, "due_at": None, "error": ""}
    connection.execute(update(t.payments).where(_P.id == row.id).values(values))
    before = load_collections(connection, [row.collection_id], lock=True)[row.collection_id]
    after, _ = collecting.pay(before, row.amount_minor)
    documents.save(connection, before, after)
    _tell(connection, cause, after, ("PaymentTaken", _facts(row) | {"due_minor": after.due_minor}, ""))
    if not after.due_minor:
        close_debts(connection, cause, after.order_id)
    if (extra := row.amount_minor - before.due_minor) > 0:
        give_back(connection, cause, after, Back(extra, 0, "paid_twice", row.id))


def declined(connection: Connection, cause: Cause, row: Any, reason: str) -> None:
    values = {"state": "declined", "reason": reason, "decided_at": cause.received_at, "due_at": None, "error": ""}
    connection.execute(update(t.payments).where(_P.id == row.id).values(values))
    known = load_collections(connection, [row.collection_id])[row.collection_id]
    told = _facts(row) | {"due_minor": known.due_minor}
    _tell(connection, cause, known, ("PaymentDeclined", told, reason))


def undecided(connection: Connection, cause: Cause, row: Any) -> None:
    """The provider is silent for long: the story says so, once."""
    known = load_collections(connection, [row.collection_id])[row.collection_id]
    _tell(connection, cause, known, ("PaymentUndecided", _facts(row), ""))


def listed(state: str = "", order_id: str = "") -> Select[Any]:
    """With the number of the order and the name of who took it."""
    o, u = t.orders.c, t.users.c
    joined = t.payments.join(t.orders, o.id == _P.order_id).outerjoin(t.users, u.id == _P.user_id)
    query = select(t.payments, o.number, u.name.label("user_name")).select_from(joined)
    if state:
        query = query.where(_P.state == state)
    return query.where(_P.order_id == order_id) if order_id else query


def poke(connection: Connection, cause: Cause, id: str) -> None:
    """Somebody says that the provider has decided: it is asked now, and only its own answer counts."""
    for table in (t.payments, t.refunds):
        c = table.c
        open_ = update(table).where(c.id == id, c.state == "asking", c.due_at > cause.received_at)
        connection.execute(open_.values(due_at=cause.received_at))


@dataclass(frozen=True, slots=True)
class Back:
    """`units`: of articles that the customer does not keep. `payment_id`: only of this payment; "": of any."""

    amount_minor: int
    units: int
    reason: str
    payment_id: str = ""


def give_back(connection: Connection, cause: Cause, collection: Collection, back: Back) -> None:
    """Asks for a refund, as a task of the order that is open until all of it has gone back.

    Cards first, because nobody has to do anything for them; then cash; what nobody paid here was paid elsewhere.
    """
    told = {"units": back.units, "amount_minor": back.amount_minor, "currency": collection.currency}
    _tell(connection, cause, collection, ("RefundAsked", told, back.reason))
    task: dict[str, Any] = {"id": cause.new_id(), "order_id": collection.order_id, "kind": "refund"}
    task |= {"reason": back.reason}
    task |= {"opened_at": cause.received_at, "opened_by": cause.user_id, "closed_at": None, "closed_by": ""}
    connection.execute(insert(t.order_tasks), [task])
    left, rows = back.amount_minor, []
    for method, id, rest in _paid_here(connection, collection.id, back.payment_id):
        if part := min(left, rest):
            rows.append(_refund(cause, collection, task, (method, id, part)))
            left -= part
    if left:
        rows.append(_refund(cause, collection, task, ("elsewhere", "", left)))
    connection.execute(insert(t.refunds), rows)


def _paid_here(connection: Connection, collection_id: str, payment_id: str) -> list[tuple[str, str, int]]:
    """(method, payment, what of it has not gone back)."""
    back = select(func.coalesce(func.sum(_R.amount_minor), 0)).where(_R.payment_id == _P.id, _R.state != "called_off")
    rest = _P.amount_minor - back.scalar_subquery()
    query = select(_P.method, _P.id, rest).where(_P.collection_id == collection_id, _P.state == "paid")
    if payment_id:
        query = query.where(_P.id == payment_id)
    return [tuple(row) for row in connection.execute(query.order_by(_P.method, _P.asked_at, _P.id))]


def _refund(cause: Cause, collection: Collection, task: dict[str, Any], what: tuple[str, str, int]) -> dict[str, Any]:
    method, payment_id, amount_minor = what
    at, is_card = cause.received_at, method == "card"
    due_at = at + NOT_AT_ONCE.get(task["reason"], timedelta()) if is_card else None
    row: dict[str, Any] = {"id": cause.new_id(), "task_id": task["id"], "order_id": collection.order_id}
    row |= {"collection_id": collection.id, "payment_id": payment_id, "method": method, "amount_minor": amount_minor}
    row |= {"currency": collection.currency, "state": "asking" if is_card else "to_give_back", "due_at": due_at}
    return row | {"reason": task["reason"], "asked_at": at, "decided_at": None, "tries": 0, "error": ""}


def refunded(connection: Connection, cause: Cause, row: Any, failure: str) -> None:
    """What the provider said of a refund. `failure` "": it is done. Nobody gives back by hand what is owed by now."""
    state = "failed" if failure else "done"
    values = {"state": state, "decided_at": cause.received_at, "due_at": None, "error": failure}
    connection.execute(update(t.refunds).where(_R.id == row.id).values(values))
    known = load_collections(connection, [row.collection_id], lock=True)[row.collection_id]
    name = "RefundFailed" if failure else "RefundDone"
    _tell(connection, cause, known, (name, _facts(row) | {"error": failure}, row.reason))
    if failure and known.due_minor:
        stays_minor = call_off(connection, cause, known, known.due_minor, AFTER_ALL)
        owing = replace(known, due_minor=known.due_minor - stays_minor)
        documents.save(connection, known, owing)
        if not owing.due_minor:
            close_debts(connection, cause, known.order_id)
    close_task(connection, cause, row.task_id)


def call_off(
    connection: Connection, cause: Cause, collection: Collection, most_minor: int, reasons: Sequence[str]
) -> int:
    """The customer keeps or fetches it after all: so much of what has not begun to go back stays. How much it was."""
    begun = (_R.method == "card") & (_R.state == "asking") & (_R.tries > 0)
    mine = (_R.collection_id == collection.id) & _R.reason.in_(reasons) & _R.state.in_(OPEN) & ~begun
    left = most_minor
    for row in connection.execute(select(t.refunds).where(mine).order_by(_R.reason, _R.id).with_for_update()).all():
        stays = min(left, row.amount_minor)
        values = {"amount_minor": row.amount_minor - stays}
        if stays == row.amount_minor:
            values = {"state": "called_off", "due_at": None}
        if stays:
            connection.execute(update(t.refunds).where(_R.id == row.id).values(values))
            close_task(connection, cause, row.task_id)
        left -= stays
    called_off = most_minor - left
    if called_off:
        told = {"amount_minor": called_off, "currency": collection.currency}
        _tell(connection, cause, collection, ("RefundCalledOff", told, ""))
    return called_off


def close_task(connection: Connection, cause: Cause, task_id: str) -> None:
    """Where nothing of it is open."""
    open_ = select(_R.id).where(_R.task_id == task_id, _R.state.in_(OPEN))
    if connection.execute(open_).first() is None:
        _close(connection, cause, _K.id == task_id)


def owe(connection: Connection, cause: Cause, collection: Collection, amount_minor: int, reason: str) -> None:
    """The customer has what the money went back for: a task of the order, until it is paid or closed."""
    told = {"amount_minor": amount_minor, "currency": collection.currency}
    _tell(connection, cause, collection, ("PaymentOwed", told, ""))
    open_debt(connection, cause, collection.order_id, (amount_minor, reason))


def open_debt(connection: Connection, cause: Cause, order_id: str, what: tuple[int, str]) -> None:
    """`what`: minor units, and why."""
    amount_minor, reason = what
    task: dict[str, Any] = {"id": cause.new_id(), "order_id": order_id, "kind": DEBT}
    task |= {"reason": reason, "amount_minor": amount_minor}
    task |= {"opened_at": cause.received_at, "opened_by": cause.user_id, "closed_at": None, "closed_by": ""}
    connection.execute(insert(t.order_tasks), [task])


def lacking_minor(connection: Connection, collection: Collection) -> int:
    """By how much what the customer has or still gets is worth more than what was paid and did not go back."""
    o = t.orders.c
    options = connection.execute(select(o.options).where(o.id == collection.order_id)).scalar_one()
    before_minor, kept_minor = 0, 0
    for line in collection.lines:
        before_minor += 0 if options.get("pay_on_collection") else line.unit_price_minor * line.quantity
        kept_minor += line.unit_price_minor * (line.handed + (0 if collection.taken_off else line.open))
    paid = select(func.coalesce(func.sum(_P.amount_minor), 0)).where(
        _P.collection_id == collection.id, _P.state == "paid"
    )
    back = select(func.coalesce(func.sum(_R.amount_minor), 0)).where(
        _R.collection_id == collection.id, _R.state != "called_off"
    )
    paid_minor = before_minor + connection.execute(paid).scalar_one() - connection.execute(back).scalar_one()
    return max(0, int(kept_minor - paid_minor))


def close_debts(connection: Connection, cause: Cause, order_id: str) -> None:
    """Nothing is due any more."""
    _close(connection, cause, (_K.order_id == order_id) & (_K.kind == DEBT))


def _close(connection: Connection, cause: Cause, tasks: ColumnElement[bool]) -> None:
    query = update(t.order_tasks).where(tasks, _K.closed_at.is_(None))
    connection.execute(query.values(closed_at=cause.received_at, closed_by=cause.user_id))


def refunds_of(connection: Connection, task_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What goes back, by task: method, amount_minor, currency, state, error."""
    found: dict[str, list[dict[str, Any]]] = {task_id: [] for task_id in task_ids}
    columns = (_R.task_id, _R.method, _R.amount_minor, _R.currency, _R.state, _R.error)
    for row in connection.execute(select(*columns).where(_R.task_id.in_(task_ids)).order_by(_R.id)):
        values = row._asdict()
        found[values.pop("task_id")].append(values)
    return found


def close_by_hand(connection: Connection, cause: Cause, task_id: str) -> Refusal | None:
    """Somebody gave back all that is open of a task, or got what the customer owed, or lets it go; or has counted."""
    task = connection.execute(select(t.order_tasks).where(_K.id == task_id).with_for_update()).first()
    if task is None:
        return unknown("order_task", task_id)
    if task.kind not in ("refund", "count", DEBT):
        remedy = "It is answered by releasing the order: POST /v1/orders/{order}/release."
        return Refusal("order_task_not_a_refund", Kind.CONFLICT, {"kind": task.kind}, remedy)
    if task.closed_at is not None:
        return Refusal("order_task_closed", Kind.CONFLICT, {"by": task.closed_by})
    if task.kind == "count":
        _close(connection, cause, _K.id == task.id)
        return None
    return (_given_back if task.kind == "refund" else _settled)(connection, cause, task)


def _settled(connection: Connection, cause: Cause, task: Any) -> None:
    """What was owed is due no more."""
    ids = [one.id for one in of_order(connection, task.order_id)]
    (known,) = load_collections(connection, ids, lock=True).values()
    after = replace(known, due_minor=max(0, known.due_minor - task.amount_minor))
    documents.save(connection, known, after)
    told = {"amount_minor": task.amount_minor, "currency": known.currency}
    _tell(connection, cause, known, ("PaymentSettled", told, task.reason))
    _close(connection, cause, _K.id == task.id)


def _given_back(connection: Connection, cause: Cause, task: Any) -> Refusal | None:
    rows = connection.execute(select(t.refunds).where(_R.task_id == task.id, _R.state.in_(OPEN))).all()
    if any(row.state == "asking" for row in rows):
        return Refusal("refund_asked", Kind.CONFLICT, remedy="Wait for the payment provider's answer.")
    values = {"state": "done", "decided_at": cause.received_at, "due_at": None}
    connection.execute(update(t.refunds).where(_R.id.in_([row.id for row in rows])).values(values))
    for row in rows:
        known = load_collections(connection, [row.collection_id])[row.collection_id]
        _tell(connection, cause, known, ("RefundGivenBack", _facts(row), row.reason))
    close_task(connection, cause, task.id)
    return None


def _facts(row: Any) -> dict[str, Any]:
    return {"amount_minor": row.amount_minor, "currency": row.currency, "method": row.method}


def _tell(connection: Connection, cause: Cause, known: Collection, what: tuple[str, dict[str, Any], str]) -> None:
    """`what`: name of the event, parameters of its sentence, reason."""
    name, data, reason = what
    told = data | {"number": known.number, "short_id": known.short_id}
    record(connection, cause, [Happening(name, "collection", known.id, known.order_id, told, reason)])
