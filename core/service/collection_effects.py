"""What a decided command on a collection does beyond its documents: proof, money back, stock, timers, and the order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from core.contract import commands as c
from core.contract.commands import Command
from core.contract.rules import Documents
from core.domain.collecting import given_after_all, kept_after_all
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import CollectionState
from core.service import collections, later, lockers, messages, payments, put_back_and_given
from core.service.cause import Cause
from core.service.later import Job
from core.service.put_back_and_given import told
from core.service.sealing import seal
from core.service.stock import Delta, Movement, make_positions, move
from core.store import documents
from core.store import tables as t

PROOF_KEPT: Final = timedelta(days=180)  # longer than any claim of "I never got it" is answered


def after(connection: Connection, cause: Cause, command: Command, before: Documents, changed: Documents) -> set[str]:
    """In the transaction that saved the documents. The orders to look at again."""
    a = command.arguments
    key = ("collection", getattr(a, "collection_id", ""))
    old, new = before.get(key), changed.get(key, before.get(key))
    if not isinstance(old, Collection) or not isinstance(new, Collection):
        return set()
    match a:
        case c.HandOverCollection():
            _prove(connection, cause, a)
            _refuse(connection, cause, old, new)
            if kept := kept_after_all(old, new):
                new = _kept(connection, cause, new, kept)
            if given := given_after_all(old, new):
                new = _given(connection, cause, new, given)
            put_back_and_given.follow(connection, cause, told(old, before), told(new, {**before, **changed}))
            if new.handed != old.handed:
                messages.queue(connection, cause, new, "collected")  # each is proved, of a part too
        case c.ReturnToShelf():
            _return(connection, cause, (old, new), a, _own_units(before, changed))
        case c.DropInLocker():
            lockers.dropped(connection, cause, new, a.compartment)
        case c.TakeCash():
            payments.note_cash(connection, cause, old, a)
        case c.ExtendPickUp() if new.pick_up_by and new.pick_up_by != old.pick_up_by:
            later.call_off(connection, collections.EXPIRE, new.id, cause.received_at)
            later.schedule(connection, cause, [Job(collections.EXPIRE, new.pick_up_by, new.id)])
            if old.state is CollectionState.EXPIRED:
                new = _wanted_again(connection, cause, new)
    if old.due_minor and not new.due_minor:
        payments.close_debts(connection, cause, new.order_id)
    if new.state is not old.state:
        documents.save(connection, new, collections.entered(connection, cause, old, new))
    return {new.order_id}


def with_known_document(connection: Connection, command: Command) -> Command:
    """What is kept of a handover says which kind of document was seen, and nothing that was typed instead."""
    a = command.arguments
    if not isinstance(a, c.HandOverCollection) or not a.identity:
        return command
    known = collections.known_document(connection, a.collection_id, a.identity)
    return command if known == a.identity else replace(command, arguments=replace(a, identity=known))


def _prove(connection: Connection, cause: Cause, a: c.HandOverCollection) -> None:
    """Once: a command that was set aside and is sent again under a new id speaks of the same handover."""
    if connection.execute(select(t.handovers.c.id).where(t.handovers.c.id == a.handover_id)).first() is not None:
        return
    row = {
        "id": a.handover_id,
        "collection_id": a.collection_id,
        "at": cause.at,
        "user_id": cause.user_id,
        "device_id": cause.device_id,
        "items": [asdict(item) for item in a.items],
        "refused": [asdict(item) for item in a.refused],
        "identity": a.identity,
        "collector": a.collector,
        "relation": a.relation,
        "signature": seal(connection, a.signature, cause.received_at) if a.signature else "",
        "keep_until": cause.received_at + PROOF_KEPT,
    }
    connection.execute(insert(t.handovers), [row])


def _refuse(connection: Connection, cause: Cause, old: Collection, new: Collection) -> None:
    if old.taken_off:
        return  # and this with it
    before = {line.id: line.refused for line in old.lines}
    units = {line.id: line.refused - before[line.id] for line in new.lines if line.refused > before[line.id]}
    if units:
        reason = next(line.refused_reason for line in new.lines if line.id in units)
        unpaid_minor = min(old.due_minor, collections.worth(old, units))
        collections.take_off(connection, cause, new, units, (reason, unpaid_minor))


def _own_units(before: Documents, changed: Documents) -> int:
    """Units that the store's own fulfilments took back."""
    total = 0
    for key, new in changed.items():
        old = before.get(key)
        if isinstance(new, Fulfilment) and isinstance(old, Fulfilment):
            total += sum(line.short for line in new.lines) - sum(line.short for line in old.lines)
    return total


def _return(
    connection: Connection, cause: Cause, versions: tuple[Collection, Collection], a: c.ReturnToShelf, own: int
) -> None:
    """What came from elsewhere was never in this store's books until now."""
    old, new = versions
    line, was = new.line(a.line_id), old.line(a.line_id)
    if line is None or was is None:
        return
    units = line.put_back - was.put_back - own
    if units > 0:
        make_positions(connection, new.location_id, [line.sku])
        of = (new.order_id, "", new.division_id)
        delta = Delta(on_hand=units)
        move(connection, cause, [Movement(new.location_id, line.sku, "return", delta, "not_collected", *of)])


def _kept(connection: Connection, cause: Cause, new: Collection, units: Mapping[str, int]) -> Collection:
    """The customer has it, whenever that was: what cannot be kept of its price any more is owed."""
    return _owing(connection, cause, (new, _put_on_again(connection, cause, new, units)), "kept_after_refund")


def _given(connection: Connection, cause: Cause, new: Collection, units: Mapping[str, int]) -> Collection:
    """It stays off the order, and the customer has it: its price is due as far as it was never paid, or went back.

    Who was paid elsewhere may have given back money that we do not know of: head office asks there.
    """
    due = _due_again(connection, cause, new, units, payments.AFTER_ALL)
    known = replace(due, due_minor=min(due.due_minor, max(new.due_minor, payments.lacking_minor(connection, due))))
    if unknown_minor := due.due_minor - known.due_minor:
        documents.save(connection, due, known)
        payments.open_debt(connection, cause, known.order_id, (unknown_minor, "maybe_refunded"))
    return _owing(connection, cause, (new, known), "given_after_end")


def _owing(connection: Connection, cause: Cause, versions: tuple[Collection, Collection], reason: str) -> Collection:
    """What is due of what went over the desk already is a task of head office."""
    old, new = versions
    if owed_minor := new.due_minor - old.due_minor:
        payments.owe(connection, cause, new, owed_minor, reason)
    return new


def _wanted_again(connection: Connection, cause: Cause, new: Collection) -> Collection:
    """All that was taken off when its time was over, and is not refused."""
    again = _put_on_again(connection, cause, new, {line.id: line.open for line in new.lines if line.open})
    if new.locker:
        lockers.dropped(connection, cause, new, new.locker)
    return again


def _put_on_again(connection: Connection, cause: Cause, new: Collection, units: Mapping[str, int]) -> Collection:
    """Units by line that were taken off. What had not been paid of them, or has gone back by now, is due again."""
    lines = t.order_lines.c
    for line_id, count in sorted(units.items()):
        connection.execute(update(t.order_lines).where(lines.id == line_id).values(cancelled=lines.cancelled - count))
    return _due_again(connection, cause, new, units, payments.MAY_STAY)


def _due_again(
    connection: Connection, cause: Cause, new: Collection, units: Mapping[str, int], reasons: Sequence[str]
) -> Collection:
    """`reasons`: of refunds of these units that are called off as far as they still can be."""
    price_minor = collections.worth(new, units)
    stays_minor = payments.call_off(connection, cause, new, price_minor, reasons)
    owing = replace(new, due_minor=new.due_minor + price_minor - stays_minor)
    documents.save(connection, new, owing)
    return owing
