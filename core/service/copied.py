"""A tablet whose outbox was restored from a backup, or that exists twice, is noticed by the numbers of its commands.

Its counters went back with it, those of parcel numbers included, so it is suspended until it is paired again: a new
device has a range of its own, and what it holds unsent goes up as the work it is. What it did before is kept too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update

from core.contract.commands import Command
from core.contract.sync import MAX_WAITING
from core.service import alarms, devices
from core.service.alarms import Alarm
from core.service.devices import Device
from core.service.envelope import Unread
from core.store import feed
from core.store import tables as t
from core.store.database import Database

# A request may be on its way while later commands are decided, but never as long as this.
SURELY_LATER = timedelta(minutes=10)
_P = t.processed_commands.c
_HIGHEST = select(func.max(_P.seq)).where(_P.device_id == bindparam("device_id"), _P.decided_at < bindparam("before"))


class DeviceCopied(Exception):
    """The device was restored from a backup, or exists twice; it is suspended and has to be paired again."""

    def __init__(self, numbers: dict[str, int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


def numbers_came_twice(connection: Connection, device: Device, commands: Sequence[Command | Unread]) -> int | None:
    """The first number in this push under which the core knows another command of the same device."""
    mine = {command.seq: command.id for command in commands if command.seq}
    query = select(_P.seq, _P.id).where(_P.device_id == device.id, _P.seq.in_(mine)).order_by(_P.seq)
    return next((row.seq for row in connection.execute(query) if row.id != mine[row.seq]), None)


def check(connection: Connection, device: Device, last_seq: int | None, at: datetime) -> None:
    """Raises DeviceCopied where the core decided commands that the device says it never made. `last_seq`: its last."""
    if last_seq is None:
        return
    highest = connection.execute(_HIGHEST, {"device_id": device.id, "before": at - SURELY_LATER}).scalar_one()
    if highest is not None and highest > last_seq:
        raise DeviceCopied({"told": last_seq, "known": int(highest)})


def suspend(database: Database, device: Device, data: dict[str, int], at: datetime) -> None:
    """Named for head office, and shut out until it is paired again. `data`: the numbers that tell it."""
    with database.write() as connection:
        alarms.raise_alarm(connection, device, Alarm(alarms.COPIED, data=data), at)
        devices.suspend(connection, device.id, at)


def bring_along(database: Database, device: Device, waiting: Sequence[str]) -> None:
    """Before a tablet that was paired again is told its rows: the verdicts of what it waits for are its own by then.

    Were they told later than the rows, the device would count on top of them what they already hold. What another
    tablet in use has too, as a copied one does, comes to it as `id_reuse`. `waiting`: ids.
    """
    others: list[tuple[str, str]] = []
    with database.read() as connection:
        for start in range(0, min(len(waiting), MAX_WAITING), feed.IDS_AT_ONCE):
            some = waiting[start : start + feed.IDS_AT_ONCE]
            query = select(_P.id, _P.device_id).where(_P.id.in_(some), _P.device_id != device.id)
            others += [(row.id, row.device_id) for row in connection.execute(query)]
    if others:
        with database.write() as connection:
            for command_id, former_id in others:
                if not rehome(connection, command_id, former_id, device):
                    feed.mark(connection, feed.device_part(device.id), "verdict", command_id)


def rehome(connection: Connection, command_id: str, former_id: str, device: Device) -> bool:
    """The command was decided for what this tablet was before it was paired again: its answer is this tablet's now.

    False: it is the command of a tablet that is still in use, or of another store.
    """
    d = t.devices.c
    enrolled_at = select(d.enrolled_at).where(d.id == device.id).scalar_subquery()
    # A core that was restored may have lost that the former one was suspended: then it is one that is silent since.
    is_over = or_(d.state != "active", d.last_seen_at < enrolled_at)
    former = select(d.id).where(d.id == former_id, d.location_id == device.location_id, is_over)
    if connection.execute(former).first() is None:
        return False
    connection.execute(update(t.processed_commands).where(_P.id == command_id).values(device_id=device.id))
    parts = feed.device_part(former_id), feed.device_part(device.id)
    feed.move(connection, "verdict", command_id, *parts)
    return True
