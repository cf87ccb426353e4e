"""Pull and push, without HTTP. After a pull the device equals the database at one moment, restricted to its partitions.

    for frame in pull(database, device, PullRequest(Group.MAIN, cursor)): ...     # Head, Put / Delete ..., Commit
    answer = push(database, device, commands, at)                                 # one Answer per command, in order

A cursor whose history this database does not know raises HistoryUnknown (409 `history_reset`): the device forgets the
cursor, pulls with None and offers again every command it kept. Any other cursor that cannot be continued (another
group, format or set of partitions, or older than the tombstones) gets everything: `Head(full=True)`.
"""

import base64
import binascii
import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby

import orjson
from sqlalchemy import Connection, select

from core.contract.commands import Command
from core.contract.rules import Key, touches
from core.contract.sync import (
    ENTITIES,
    MAX_FRAME_ROWS,
    WIRE,
    Answer,
    Commit,
    Delete,
    Frame,
    Group,
    Head,
    PullRequest,
    PushAnswer,
    Put,
)
from core.service import inbox
from core.service.devices import Device
from core.service.envelope import Unread
from core.store import feed, render
from core.store import tables as t
from core.store.database import Database

log = logging.getLogger(__name__)


class HistoryUnknown(Exception):
    """The cursor was made by another history: a restored, copied or migrated database."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a cursor holds; opaque to devices. `k` has room for the proof of history (sync.md section 3)."""

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


def parts_of(connection: Connection, device: Device, group: Group) -> tuple[str, ...]:
    """The partitions of a group that the device sees."""
    match group:
        case Group.MAIN:
            return (feed.ORG, feed.store_part(device.location_id), feed.device_part(device.id))
        case Group.STOCK:
            return (feed.stock_part(device.location_id),)
        case Group.CATALOGUE:
            of = t.location_divisions.c
            query = select(of.division_id).where(of.location_id == device.location_id).order_by(of.division_id)
            return tuple(feed.catalogue_part(id) for id in connection.execute(query).scalars())


def groups_of(parts: Sequence[str]) -> set[Group]:
    """The groups that partitions belong to."""
    named = {"stock": Group.STOCK, "cat": Group.CATALOGUE}
    return {named.get(part.partition(":")[0], Group.MAIN) for part in parts}


def pull(database: Database, device: Device, request: PullRequest) -> Iterator[Frame]:
    """Frames of one snapshot; the database is read while they are taken. Raises HistoryUnknown at the first one."""
    with database.read() as connection:
        parts = parts_of(connection, device, request.group)
        new = _cursor_now(connection, request.group, parts)
        known = _usable(connection, read_cursor(request.cursor), new, parts)
        found = feed.changes(connection, parts, known.s if known else None)
        yield Head(full=known is None)
        if known and not found:
            yield Commit(request.cursor or "")
            return
        yield from _frames(connection, request.group, found)
    yield Commit(new.text())


def push(database: Database, device: Device, commands: Sequence[Command | Unread], at: datetime) -> PushAnswer:
    """Each command in its own transaction, in the order given; one that fails keeps only its own work waiting.

    `prev` names one predecessor; a command that touches several documents may have one for each.
    """
    answers: list[Answer] = []
    undecided: set[Key] = set()
    for command in commands:
        keys = set(touches(command.arguments)) if isinstance(command, Command) else set()
        if keys & undecided:
            answer = Answer(command.id, None, "waiting", after_ms=inbox.WAIT_AFTER_MS)
        else:
            answer = inbox.receive(database, device, command, at)
        if answer.verdict is None:
            undecided |= keys
        answers.append(answer)
    return PushAnswer(tuple(answers), at)


def _cursor_now(connection: Connection, group: Group, parts: Sequence[str]) -> Cursor:
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return Cursor(group.value, feed.current_snapshot(connection), feed.current_epoch(connection), digest)


def _usable(connection: Connection, known: Cursor | None, new: Cursor, parts: Sequence[str]) -> Cursor | None:
    if known is None:
        return None
    if known.e != new.e or not feed.is_past(known.s, new.s):
        raise HistoryUnknown
    if replace(known, s=new.s, k=new.k) != new or feed.lowest(known.s) <= feed.floor(connection, parts):
        return None
    return known


def _frames(connection: Connection, group: Group, found: Sequence[feed.Change]) -> Iterator[Frame]:
    order = {entity: place for place, entity in enumerate(ENTITIES[group])}
    by_entity = sorted(found, key=lambda change: (order[change.entity], change.part, change.id))
    for entity, of_entity in groupby(by_entity, key=lambda change: change.entity):
        changes = list(of_entity)
        living = [change for change in changes if not change.deleted]
        # A row that moved between two partitions of this device is gone from one and put in the other: it lives.
        gone = {change.id for change in changes if change.deleted} - {change.id for change in living}
        for start in range(0, len(gone), MAX_FRAME_ROWS):
            yield Delete(entity, tuple(sorted(gone)[start : start + MAX_FRAME_ROWS]))
        for part, of_part in groupby(living, key=lambda change: change.part):
            yield from _rendered(connection, entity, part, list(of_part))


def _rendered(connection: Connection, entity: str, part: str, living: Sequence[feed.Change]) -> Iterator[Frame]:
    for start in range(0, len(living), MAX_FRAME_ROWS):
        some = living[start : start + MAX_FRAME_ROWS]
        bodies = render.bodies(connection, entity, part, [change.id for change in some])
        if missing := tuple(change.id for change in some if change.id not in bodies):
            # Inactive rows, or a deletion that nobody marked: for the device they do not exist.
            log.info("feed of %s: %s %s cannot be shown", part, entity, missing)
            yield Delete(entity, missing)
        rows = tuple((change.id, change.ver, bodies[change.id]) for change in some if change.id in bodies)
        if rows:
            yield Put(entity, rows)
