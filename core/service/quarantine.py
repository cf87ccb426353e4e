"""Commands that were set aside: read by a person, replayed when their cause is gone, or dismissed with a reason.

A replay decides the command as if it came now, tells the device the new verdict, and happens once.
"""

from datetime import datetime
from typing import Any, Final

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, select, update

from core.contract.commands import Command
from core.service import envelope, inbox, people_set_aside
from core.service.cause import Cause
from core.service.devices import Device
from core.service.envelope import EnvelopeInvalid
from core.service.events import Happening, record
from core.service.inbox import Decision
from core.service.refusal import Kind, Refusal, unknown
from core.store import feed
from core.store import tables as t

REPLAYED: Final = "CommandReplayed"


def replay(connection: Connection, cause: Cause, id: str) -> Decision | Refusal:
    """Raises what the command's effects raise: it then stays where it is."""
    q, d = t.quarantine.c, t.devices.c
    row = connection.execute(select(t.quarantine).where(q.id == id).with_for_update()).first()
    if row is None:
        return unknown("quarantined_command", id)
    if row.resolved_at is not None:
        return Refusal("already_resolved", Kind.CONFLICT, {"by": row.resolved_by})
    if row.code == "id_reuse":
        remedy = "Its id belongs to another command that had its effect: dismiss it, or do by hand what it says."
        return Refusal("not_replayable", Kind.CONFLICT, {"code": row.code}, remedy)
    device = connection.execute(select(d.id, d.number, d.location_id, d.name).where(d.id == row.device_id)).first()
    command = _read(connection, row.payload, cause.received_at)
    if device is None or command is None:
        return Refusal("still_unreadable", Kind.CONFLICT, {"code": row.code}, "Update the core, or do it by hand.")
    decision = inbox.replay(connection, Device(*device), command, cause.received_at)
    if decision.kept:
        return Refusal(decision.code, Kind.CONFLICT, decision.params, "Remove the cause first, then replay.")
    p = t.processed_commands.c
    verdict = {"verdict": decision.verdict.value, "code": decision.code, "params": dict(decision.params)}
    settled = update(t.processed_commands).where(p.id == command.id).values(verdict).returning(p.device_id)
    # Told to the device that the tablet is now: it may have been paired again since.
    feed.mark(connection, feed.device_part(connection.execute(settled).scalar_one()), "verdict", command.id)
    _resolve(connection, cause, id)
    record(connection, cause, [Happening(REPLAYED, "command", id, data={"name": command.name} | verdict)])
    return decision


def _read(connection: Connection, payload: Any, at: datetime) -> Command | None:
    try:
        command = envelope.read(people_set_aside.opened(connection, payload, at))
    except (EnvelopeInvalid, InvalidToken):
        return None
    return command if isinstance(command, Command) else None


def dismiss(connection: Connection, cause: Cause, id: str, reason: str) -> Refusal | None:
    """Its content stays readable, but for people."""
    q = t.quarantine.c
    row = connection.execute(select(q.resolved_at, q.resolved_by).where(q.id == id)).first()
    if row is None:
        return unknown("quarantined_command", id)
    if row.resolved_at is not None:
        return Refusal("already_resolved", Kind.CONFLICT, {"by": row.resolved_by})
    _resolve(connection, cause, id)
    record(connection, cause, [Happening("CommandDismissed", "command", id, reason=reason)])
    return None


def _resolve(connection: Connection, cause: Cause, id: str) -> None:
    q = t.quarantine.c
    payload = people_set_aside.forgotten(connection.execute(select(q.payload).where(q.id == id)).scalar_one())
    values = {"resolved_at": cause.received_at, "resolved_by": cause.user_id, "payload": payload}
    connection.execute(update(t.quarantine).where(q.id == id).values(values))
