"""Cursors: what a device has seen of which partitions, opaque to it; and whether the feed can go on from one."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import orjson
from sqlalchemy import Connection, bindparam, select

from core.contract.sync import WIRE, Group
from core.service.devices import Device
from core.store import feed
from core.store import tables as t
from core.store.standing import Standing


class HistoryUnknown(Exception):
    """The cursor was made by another history: a restored, copied or migrated database."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a cursor holds; opaque to devices. `k`: the tick that proves its history (`core.store.ticks`)."""

    g: str  # group
    s: str  # snapshot
    e: str  # epoch
    p: str  # digest of the partitions
    f: int = WIRE
    k: str = ""

    def text(self) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(asdict(self))).decode()


def read_cursor(text: str | None) -> Cursor | None:
    """None for what is no cursor of ours."""
    if not text:
        return None
    try:
        found = Cursor(**orjson.loads(base64.b64decode(text, altchars=b"-_", validate=True)))
        feed.lowest(found.s)
    except (binascii.Error, TypeError, ValueError, AttributeError, IndexError):
        return None
    return found


_OF = t.location_divisions.c
_DIVISIONS = select(_OF.division_id).where(_OF.location_id == bindparam("location_id")).order_by(_OF.division_id)


def parts_of(connection: Connection, device: Device, group: Group) -> tuple[str, ...]:
    """The partitions of a group that the device sees."""
    match group:
        case Group.MAIN:
            return (feed.ORG, feed.store_part(device.location_id), feed.device_part(device.id))
        case Group.STOCK:
            return (feed.stock_part(device.location_id),)
        case Group.CATALOGUE:
            divisions = connection.execute(_DIVISIONS, {"location_id": device.location_id}).scalars()
            return tuple(feed.catalogue_part(id) for id in divisions)


def cursor_now(now: Standing, group: Group, parts: Sequence[str]) -> Cursor:
    """What a connection that sees these partitions so has seen of them."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return Cursor(group.value, now.snapshot, now.epoch, digest)


def tick_of(known: Cursor | None) -> str:
    """To ask `stand` for."""
    return known.k if known is not None else ""


def check_history(now: Standing, known: Cursor | None) -> None:
    """Raises HistoryUnknown where the cursor was made by another history, wherever the clocks of both stand now.

    `now`: asked for the tick of `known`.
    """
    if known is not None and (known.e != now.epoch or not now.knows):
        raise HistoryUnknown


def usable(now: Standing, known: Cursor | None, new: Cursor) -> Cursor | None:
    """`known` where the feed can go on from it; None where all has to be told again. Raises HistoryUnknown.

    `now`: asked for the tick of `known`; `new`: its cursor.
    """
    if known is None:
        return None
    if not feed.is_past(known.s, new.s):
        raise HistoryUnknown
    check_history(now, known)
    if replace(known, s=new.s, k=new.k) != new or feed.lowest(known.s) <= now.floor:
        return None
    return known
