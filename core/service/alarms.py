"""Alarms about tablets: what a tablet holds is not what it should hold. Head office sees each until it is dealt with.

| kind | meaning |
| --- | --- |
| `device_copied` | numbers of its commands came twice: it was restored from a backup, or two tablets are one device |
| `history_lost` | it knew more than this core: the core was restored, and what the tablet kept was offered again |
| `rows_differ` | its rows of a group were not the core's; the ranges that differ were sent again |
| `rows_differ_again` | ... and they differed still: the whole group was sent again |
| `rows_never_equal` | ... and even then: the tablet has to be looked at |
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from core.service.cause import Cause, id_maker
from core.service.devices import Device
from core.service.events import Happening, record
from core.service.refusal import Kind, Refusal, unknown
from core.store import tables as t
from core.store.database import Database

log = logging.getLogger(__name__)

COPIED: Final = "device_copied"
HISTORY_LOST: Final = "history_lost"


@dataclass(frozen=True, slots=True)
class Alarm:
    """`part`: the group it is about; `cursor`: where the tablet stood; `data`: figures, nothing personal."""

    kind: str
    part: str = ""
    cursor: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def raise_alarm(connection: Connection, device: Device, alarm: Alarm, at: datetime) -> None:
    """Opens the alarm with an event, or counts it where it is open already. In the caller's transaction."""
    log.warning("alarm %s of device %s, %s: %s", alarm.kind, device.id, alarm.part or "-", dict(alarm.data))
    a = t.device_alarms.c
    same = (a.device_id == device.id, a.kind == alarm.kind, a.part == alarm.part, a.resolved_at.is_(None))
    again = {"times": a.times + 1, "last_at": at, "cursor": alarm.cursor, "data": dict(alarm.data)}
    if connection.execute(update(t.device_alarms).where(*same).values(again)).rowcount:
        return
    cause = Cause(at, at, id_maker(at), device_id=device.id, location_id=device.location_id)
    row = {"id": cause.new_id(), "device_id": device.id, "location_id": device.location_id, "times": 1}
    row |= {"kind": alarm.kind, "part": alarm.part, "cursor": alarm.cursor, "data": dict(alarm.data)}
    connection.execute(insert(t.device_alarms).values(row | {"first_at": at, "last_at": at, "resolved_by": ""}))
    said = {"kind": alarm.kind, "part": alarm.part} | dict(alarm.data)
    record(connection, cause, [Happening("DeviceAlarmRaised", "device", device.id, data=said)])


def raise_alone(database: Database, device: Device, alarm: Alarm, at: datetime) -> None:
    """As `raise_alarm`, in a transaction of its own."""
    with database.write() as connection:
        raise_alarm(connection, device, alarm, at)


def resolve(connection: Connection, cause: Cause, id: str, reason: str) -> Refusal | None:
    """A person has dealt with it; if it comes again, it is a new one."""
    a = t.device_alarms.c
    row = connection.execute(select(a.device_id, a.resolved_at, a.resolved_by).where(a.id == id)).first()
    if row is None:
        return unknown("device_alarm", id)
    if row.resolved_at is not None:
        return Refusal("already_resolved", Kind.CONFLICT, {"by": row.resolved_by})
    done = {"resolved_at": cause.received_at, "resolved_by": cause.user_id}
    connection.execute(update(t.device_alarms).where(a.id == id).values(done))
    record(connection, cause, [Happening("DeviceAlarmResolved", "device", row.device_id, reason=reason)])
    return None
