"""What a device hands over instead of pushing it: kept for head office, without effect, attributed to the device.

A device that was shut out hands over all that it still held; one that works, a command that no push brings to the core.
It is set aside as any command without effect is (`core.service.quarantine`): head office reads it, and plays it again
or dismisses it. What the core has decided before stays decided.
"""

import base64
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import select

from core.contract.sync import Answer, PushAnswer
from core.domain.outcome import Verdict
from core.service import inbox
from core.service.cursors import check_history, read_cursor, tick_of
from core.service.devices import Device
from core.service.inbox import Decision, Received
from core.store import tables as t
from core.store.database import Database
from core.store.standing import stand

SHUT_OUT = Decision(Verdict.ATTENTION, "device_revoked", {}, kept=True)
LARGEST_BYTES: Final = 1024 * 1024  # of one command, unpacked
UNDELIVERABLE = Decision(Verdict.ATTENTION, "internal", {}, kept=True, error="no push brought it to the core")


def sender(database: Database, device_id: str) -> Device | None:
    """In whatever state it is, so that a revoked one may hand over what it holds."""
    d = t.devices.c
    query = select(d.id, d.number, d.location_id, d.name, d.public_key).where(d.id == device_id)
    with database.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Device(*row)


def hand_over(
    database: Database, device: Device, received: Sequence[Received], at: datetime, seen: str = ""
) -> PushAnswer:
    """Keeps each; an answer for each, in order. Sending the same again changes nothing.

    `seen`: the cursor of a device that hands over what was not decided. Raises HistoryUnknown where this core lost
    decisions that the device has seen: it has to hand over all that it keeps.
    """
    known = read_cursor(seen)
    with database.read() as connection:
        check_history(stand(connection, (), tick_of(known)), known)
    answers: list[Answer] = []
    for command in received:
        with database.write() as connection:
            state = connection.execute(select(t.devices.c.state).where(t.devices.c.id == device.id)).scalar_one()
            decision = UNDELIVERABLE if state == "active" else SHUT_OUT
            answers.append(inbox.set_aside(connection, device, command, decision, at))
    return PushAnswer(tuple(answers), at)


def unpacked(packed: str) -> Any:
    """The command of an `OpaqueCommand` as it would have come in a push. Raises ValueError."""
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(base64.b64decode(packed, validate=True), LARGEST_BYTES)
    except zlib.error as fault:
        raise ValueError(str(fault)) from None
    if not unpacking.eof:
        raise ValueError("the command is cut off, or larger than any command")
    return orjson.loads(found)
