"""What a device that was shut out still held: kept for head office, believed by nobody, attributed to the device.

It is set aside as any command without effect is (`core.service.quarantine`): head office reads it, and plays it again
or dismisses it. What the core has decided before stays decided.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core.contract.sync import Answer, PushAnswer
from core.domain.outcome import Verdict
from core.service import inbox
from core.service.devices import Device
from core.service.inbox import Decision, Received
from core.store import tables as t
from core.store.database import Database

SHUT_OUT = Decision(Verdict.ATTENTION, "device_revoked", {}, kept=True)


def sender(database: Database, device_id: str) -> Device | None:
    """In whatever state it is, so that a revoked one may hand over what it holds."""
    d = t.devices.c
    query = select(d.id, d.number, d.location_id, d.name, d.public_key).where(d.id == device_id)
    with database.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Device(*row)


def hand_over(database: Database, device: Device, received: Sequence[Received], at: datetime) -> PushAnswer:
    """Keeps each; an answer for each, in order. Sending the same again changes nothing."""
    answers: list[Answer] = []
    for command in received:
        with database.write() as connection:
            answers.append(inbox.set_aside(connection, device, command, SHUT_OUT, at))
    return PushAnswer(tuple(answers), at)
