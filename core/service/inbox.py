"""The inbox: each command has its effect once, whatever happens to the network, and one that fails stops nobody else.

Per command one transaction: known already? -> may this user do this here? -> the rule that the device ran too ->
documents, stock, events -> the answer kept under its id and marked in the device's feed. A fact is never rejected.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from core.contract import rules
from core.contract.collection_rules import ASKED
from core.contract.commands import (
    COMMANDS,
    ClaimOffer,
    Command,
    DeclareOutOfStock,
    DeclineOffer,
    Kind,
    PauseOffers,
    ReleaseClaim,
)
from core.contract.grants import GRANT_EXPIRED
from core.contract.rules import Document, Key
from core.contract.sync import Answer
from core.domain.outcome import Outcome, Verdict
from core.domain.outside_answers import StillAsked
from core.service import (
    claims,
    copied,
    device_clocks,
    effects,
    envelope,
    offer_desk,
    offer_pauses,
    outside,
    people_set_aside,
    user_grants,
)
from core.service.cause import Cause, id_maker
from core.service.devices import Device
from core.service.effects import Applied
from core.service.envelope import Unread
from core.store import documents, feed
from core.store import tables as t
from core.store.database import Database
from core.store.permissions import may

log = logging.getLogger(__name__)

MOST_TRIES = 3
MOST_TURNS = 4  # of a transaction that met another one
RETRY_AFTER_MS = 2_000
WAIT_AFTER_MS = 1_000
# Conflicts between transactions and a database that is away or full: the command is not to blame.
TRANSIENT_SQLSTATES = ("08", "40", "53", "55", "57")
TRANSIENT_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN")
OF_OFFERS = (ClaimOffer, DeclineOffer, ReleaseClaim, DeclareOutOfStock, PauseOffers)
Received = Command | Unread


@dataclass(frozen=True, slots=True)
class Decision:
    """`kept`: the command goes to quarantine too, because it had no effect and a person must look."""

    verdict: Verdict
    code: str
    params: Mapping[str, str | int]
    kept: bool = False
    error: str = ""


def receive(database: Database, device: Device, received: Received, at: datetime) -> Answer:
    """Decides one command, or says why not yet. `at`: the core's time."""
    for _ in range(MOST_TURNS):
        try:
            with database.write() as connection:
                return answer_in(connection, device, received, at)
        except Exception as fault:
            if not _is_transient(fault):
                log.exception("command %s of device %s failed", received.id, device.id)
                return _count_failure(database, device, received, at, fault)
    return Answer(received.id, None, "busy", after_ms=RETRY_AFTER_MS)


def answer_in(connection: Connection, device: Device, received: Received, at: datetime) -> Answer:
    """As `receive`, in a transaction of the caller, who undoes it where this raises."""
    # The lock makes the commands of one device take turns: the same command sent twice at once has one effect.
    d = t.devices.c
    lock = select(d.state, d.clock_offset_ms).where(d.id == device.id).with_for_update(key_share=True)
    state, clock_offset_ms = connection.execute(lock).one()
    if state != "active":
        return Answer(received.id, None, "device_revoked", after_ms=RETRY_AFTER_MS)
    if known := _known(connection, device, received, at):
        return known
    if isinstance(received, Command):
        device_clocks.note(connection, device, clock_offset_ms, received)
    if isinstance(received, Unread):
        decision = Decision(Verdict.ATTENTION, received.code, {}, kept=True, error=received.detail)
    elif received.prev and not _is_decided(connection, received.prev):
        return Answer(received.id, None, "waiting", after_ms=WAIT_AFTER_MS)
    else:
        asked = _decide(connection, device, received, at)
        if asked is None:
            return Answer(received.id, None, "waiting", after_ms=WAIT_AFTER_MS)
        decision = asked
    return _settle(connection, device, received, decision, at)


def set_aside(connection: Connection, device: Device, received: Received, decision: Decision, at: datetime) -> Answer:
    """Decides without looking at it, unless it was decided before."""
    lock = select(t.devices.c.id).where(t.devices.c.id == device.id).with_for_update(key_share=True)
    connection.execute(lock).scalar_one()
    return _known(connection, device, received, at) or _settle(connection, device, received, decision, at)


def _known(connection: Connection, device: Device, received: Received, at: datetime) -> Answer | None:
    """The answer given before; the same id with another content is told and kept, and changes nothing."""
    query = select(t.processed_commands).where(t.processed_commands.c.id == received.id)
    row = connection.execute(query).first()
    if row is None:
        return None
    digest = envelope.digest(received)
    # What could not be read before may be readable since an update: its digest is then another one.
    is_same = row.hash == digest or row.code in (envelope.UNSUPPORTED, envelope.MALFORMED)
    if is_same and (row.device_id == device.id or copied.rehome(connection, row.id, row.device_id, device)):
        return Answer(row.id, Verdict(row.verdict), row.code, row.params)
    kept_id = f"{received.id}:{digest[:16]}"
    if connection.execute(select(t.quarantine.c.id).where(t.quarantine.c.id == kept_id)).first() is None:
        row_kept = {"id": kept_id, "device_id": device.id, "code": "id_reuse", "error": "", "received_at": at}
        _keep(connection, received, row_kept)
    if row.device_id != device.id:
        feed.mark(connection, feed.device_part(device.id), "verdict", received.id)
    return Answer(received.id, Verdict.ATTENTION, "id_reuse")


def _is_decided(connection: Connection, command_id: str) -> bool:
    query = select(t.processed_commands.c.id).where(t.processed_commands.c.id == command_id)
    return connection.execute(query).first() is not None


def _decide(connection: Connection, device: Device, command: Command, at: datetime) -> Decision | None:
    """None: somebody outside is being asked."""
    kind, permission = COMMANDS[command.name].kind, COMMANDS[command.name].permission
    if not may(connection, command.user_id, permission, device.location_id):
        return _refused(kind, "not_permitted", permission=permission)
    if getattr(command.arguments, "location_id", device.location_id) != device.location_id:
        return _refused(kind, "other_location")
    happened = _corrected(command, at)
    if COMMANDS[command.name].needs_grant and not user_grants.covers(connection, device, command.user_id, happened):
        return _refused(kind, GRANT_EXPIRED)
    command = replace(command, at=happened)
    cause = Cause(happened, at, id_maker(at), command.user_id, device.id, device.location_id, command.id, command.name)
    if isinstance(command.arguments, OF_OFFERS):
        return _decision(command, _answer_offer(connection, cause, command))
    if isinstance(command.arguments, ASKED):
        told = outside.answer(connection, cause, command)
        return None if told is None else _decision(command, told)
    if (told := outside.answered_before(connection, command)) is not None:
        return _decision(command, told)
    found = _load(connection, command)
    here = {key: document for key, document in found.items() if document.location_id == device.location_id}
    if any(document_kind != "fulfilment" for document_kind, _ in found.keys() - here.keys()):
        return _refused(kind, "other_location")
    changed, outcome = rules.apply(here, command)
    for key in sorted(changed):
        documents.save(connection, here.get(key), changed[key])
    return _carried_out(connection, Applied(command, here, changed, outcome), cause)


def _answer_offer(connection: Connection, cause: Cause, command: Command) -> Outcome:
    """Here the core alone knows: each tells its own event, and a claim that came too late tells none."""
    claimer = claims.Claimer(cause.location_id, cause.user_id)
    match command.arguments:
        case ClaimOffer(offer_id):
            return claims.claim(connection, offer_id, claimer, cause)
        case DeclineOffer(offer_id, reason):
            return offer_desk.decline(connection, cause, offer_id, claimer, reason)
        case ReleaseClaim(offer_id, reason):
            return offer_desk.release(connection, cause, offer_id, claimer, reason)
        case DeclareOutOfStock(offer_id, sku, reason):
            return offer_desk.declare_out_of_stock(connection, cause, offer_id, claimer, (sku, reason))
        case PauseOffers(paused):
            return offer_pauses.pause(connection, cause, paused)
        case _:
            raise TypeError(command.name)


def replay(connection: Connection, device: Device, command: Command, at: datetime) -> Decision:
    """Decides a command anew that was set aside; the caller settles what becomes of its first answer."""
    return _decide(connection, device, command, at) or _decision(command, StillAsked())


def _carried_out(connection: Connection, applied: Applied, cause: Cause) -> Decision:
    effects.after(connection, applied, cause)
    return _decision(applied.command, applied.outcome)


def _decision(command: Command, outcome: Outcome) -> Decision:
    verdict = outcome.verdict
    if verdict is Verdict.REJECTED and COMMANDS[command.name].kind is Kind.FACT:
        verdict = Verdict.ATTENTION
    return Decision(verdict, outcome.code, outcome.params())


def _refused(kind: Kind, code: str, **params: str | int) -> Decision:
    """Without effect: a fact is kept for a person, a request or claim is simply not granted."""
    is_fact = kind is Kind.FACT
    return Decision(Verdict.ATTENTION if is_fact else Verdict.REJECTED, code, params, kept=is_fact)


def _load(connection: Connection, command: Command) -> dict[Key, Document]:
    found = documents.load(connection, rules.touches(command.arguments), lock=True)
    return found | documents.load(connection, rules.follows(command.arguments, found), lock=True)


def _corrected(command: Command, at: datetime) -> datetime:
    """When it happened, by the core's clock; never in the future."""
    try:
        return min(at, command.at + timedelta(milliseconds=command.offset_ms))
    except OverflowError:
        return at


def _settle(connection: Connection, device: Device, received: Received, decision: Decision, at: datetime) -> Answer:
    """The answer becomes final: kept under the id, marked in the device's feed."""
    if isinstance(received, Command):
        name, user_id = received.name, received.user_id.replace("\0", "")
    else:
        name, user_id = str(received.raw.get("name", ""))[:80].replace("\0", ""), ""
    row = {
        "id": received.id,
        "device_id": device.id,
        "seq": received.seq,
        "name": name,
        "user_id": user_id,
        "hash": envelope.digest(received),
        "verdict": decision.verdict.value,
        "code": decision.code,
        "params": dict(decision.params),
        "decided_at": at,
    }
    connection.execute(insert(t.processed_commands).values(row))
    connection.execute(delete(t.command_tries).where(t.command_tries.c.id == received.id))
    if decision.kept:
        kept = {"id": received.id, "device_id": device.id, "code": decision.code, "received_at": at}
        _keep(connection, received, kept | {"error": decision.error.replace("\0", "")[:2000]})
    feed.mark(connection, feed.device_part(device.id), "verdict", received.id)
    return Answer(received.id, decision.verdict, decision.code, dict(decision.params))


def _keep(connection: Connection, received: Received, row: Mapping[str, Any]) -> None:
    """Sets the command aside as it came, people sealed. `row`: id, device_id, code, error, received_at."""
    payload = people_set_aside.sealed(connection, envelope.as_json(received), row["received_at"])
    connection.execute(insert(t.quarantine).values({**row, "payload": payload}))


def _count_failure(database: Database, device: Device, received: Received, at: datetime, fault: Exception) -> Answer:
    """After the third failure the command is set aside for head office, and final for the device."""
    error = f"{type(fault).__name__}: {fault}".replace("\0", "")[:2000]
    with database.write() as connection:
        if known := _known(connection, device, received, at):
            return known
        tried = select(t.command_tries.c.tries).where(t.command_tries.c.id == received.id).with_for_update()
        tries = (connection.execute(tried).scalar_one_or_none() or 0) + 1
        if tries >= MOST_TRIES:
            decision = Decision(Verdict.ATTENTION, "internal", {}, kept=True, error=error)
            return _settle(connection, device, received, decision, at)
        if tries == 1:
            row = {"id": received.id, "device_id": device.id, "tries": 1, "error": error, "first_at": at}
            connection.execute(insert(t.command_tries).values(row))
        else:
            same = t.command_tries.c.id == received.id
            connection.execute(update(t.command_tries).where(same).values(tries=tries, error=error))
    return Answer(received.id, None, "failed", after_ms=RETRY_AFTER_MS)


def _is_transient(fault: Exception) -> bool:
    if not isinstance(fault, DBAPIError):
        return False
    state = getattr(fault.orig, "sqlstate", None) or ""
    name = getattr(fault.orig, "sqlite_errorname", None) or ""
    return fault.connection_invalidated or state[:2] in TRANSIENT_SQLSTATES or name.startswith(TRANSIENT_SQLITE)
