"""Clocks of tablets that are wrong: noted for head office, which can have them set. Nothing is ever ordered by them.

A tablet measures its clock against the `Date` of every answer, and says with each command by how much it was wrong.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, update

from core.contract.commands import Command
from core.service.devices import Device
from core.store import tables as t

WRONG: Final = timedelta(minutes=5)
# What a measurement over a slow network is worth: less is not written again.
_SAME_MS: Final = 30_000
_MOST_MS: Final = 2**53
_WRONG_MS: Final = WRONG // timedelta(milliseconds=1)


def note(connection: Connection, device: Device, known_ms: int | None, command: Command) -> None:
    """`known_ms`: what the core has of it, which is written where it changes. In the caller's transaction."""
    told_ms = max(-_MOST_MS, min(_MOST_MS, command.offset_ms))
    if known_ms is not None and abs(told_ms - known_ms) < _SAME_MS:
        return
    of = t.devices.c.id == device.id
    connection.execute(update(t.devices).where(of).values(clock_offset_ms=told_ms))


def is_wrong(offset_ms: int | None) -> bool:
    return offset_ms is not None and abs(offset_ms) > _WRONG_MS


def wrong_ones() -> ColumnElement[bool]:
    """As `is_wrong`, asked of the table of devices."""
    offset = t.devices.c.clock_offset_ms
    return and_(offset.is_not(None), func.abs(offset) > _WRONG_MS)
