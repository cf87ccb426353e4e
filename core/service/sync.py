"""Pull and push, without HTTP. After a pull the device equals the database at one moment, restricted to its partitions.

    for frame in pull(database, device, PullRequest(Group.MAIN, cursor), at): ...  # Head, Put / Delete ..., Commit
    answer = push(database, device, commands, at)                                  # one Answer per command, in order

A cursor whose history this database does not know raises HistoryUnknown (409 `history_reset`): the device forgets the
cursor, pulls with None and offers again every command it kept. Any other cursor that cannot be continued (another
group, format or set of partitions, or older than the tombstones) gets everything: `Head(full=True)`.
"""

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import groupby

from sqlalchemy import Connection

from core.contract.commands import Command
from core.contract.rules import Key, touches
from core.contract.sums import RANGES
from core.contract.sync import (
    ENTITIES,
    MAX_FRAME_ROWS,
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
from core.service import alarms, audit, copied, inbox, verification
from core.service.alarms import Alarm
from core.service.copied import DeviceCopied as DeviceCopied
from core.service.cursors import Cursor, check_history, cursor_now, parts_of, read_cursor, tick_of, usable
from core.service.cursors import HistoryUnknown as HistoryUnknown
from core.service.devices import Device
from core.service.envelope import Unread
from core.service.shelf import Shelf
from core.service.verification import Unseen
from core.store import feed, shown, sums, ticks
from core.store.database import Database
from core.store.shown import Shown
from core.store.standing import stand

log = logging.getLogger(__name__)


def groups_of(parts: Sequence[str]) -> set[Group]:
    """The groups that partitions belong to."""
    named = {"stock": Group.STOCK, "cat": Group.CATALOGUE}
    return {named.get(part.partition(":")[0], Group.MAIN) for part in parts}


def pull(
    database: Database, device: Device, request: PullRequest, at: datetime, shelf: Shelf | None = None
) -> Generator[Frame, None, None]:
    """Frames of one snapshot; the database is read while they are taken. Raises HistoryUnknown, DeviceCopied first.

    `at`: the core's time. A cursor that moves, or is a day old, gets a new proof of its history before it is told.
    `shelf`: where a device that takes files gets one instead of many rows; raises FileNotReady while it is being built.
    """
    told_of = request.cursor or request.seen
    asked, told, tick = read_cursor(told_of), _Telling(shown.of(database), at), ""
    digest = ""
    if request.waiting:
        copied.bring_along(database, device, request.waiting)
    try:
        with database.read() as connection:
            copied.check(connection, device, request.last_seq, at)
            parts = parts_of(connection, device, request.group)
            now = stand(connection, parts, tick_of(asked))
            new = cursor_now(now, request.group, parts)
            known = usable(now, asked, new)
            known = known if request.cursor else None
            by_file = shelf is not None and shelf.serves(connection, request, parts, known)
            ranges = _ranges(connection, request, parts)
            moved = by_file or (yield from _told(connection, (request.group, parts, known, ranges), told))
            if audit.is_asked(request) and not by_file and (request.doubt or moved <= MAX_FRAME_ROWS):
                digest = audit.told(database, connection, (parts, request.audit or 0, now.sum), at)
            if moved and not by_file:
                tick = ticks.standing(database, connection, now.snapshot, at)
    except DeviceCopied as found:
        copied.suspend(database, device, found.numbers, at)
        raise
    except HistoryUnknown:
        told.shown.forget()
        if asked is not None and not ticks.is_older(asked.k, ticks.KEPT, at):
            alarms.raise_alone(database, device, Alarm(alarms.HISTORY_LOST, request.group, told_of), at)
        raise
    verification.tell(database, device, request, ranges, at)
    if by_file and shelf is not None:
        yield shelf.take(request.group, parts, request.holds)
        return
    told.unseen.bury(database)
    cursor = request.cursor or ""
    if known is None or moved or ticks.is_older(known.k, ticks.RENEWED_AFTER, at):
        cursor = replace(new, k=tick or ticks.prove(database, at)).text()
    if now.sum is None:
        yield Commit(cursor, audit=digest)
        find_out = partial(sums.find_out, database, parts)
        shelf.later(find_out) if shelf is not None else find_out()
    else:
        held = now.sum.minus(told.unseen.sum())
        yield Commit(cursor, held.rows, held.value, digest)


@dataclass(frozen=True, slots=True)
class _Telling:
    """Of one pull. `unseen`: rows that could not be shown."""

    shown: Shown
    at: datetime
    unseen: Unseen = field(default_factory=Unseen)


# Group, its partitions, the cursor to go on from, and ranges to be told whole.
_Wanted = tuple[Group, Sequence[str], Cursor | None, tuple[int, ...] | None]


def _ranges(connection: Connection, request: PullRequest, parts: Sequence[str]) -> tuple[int, ...] | None:
    """Where a device that doubts its rows has to be told them; None for any other, and for what makes no sense."""
    if request.doubt != 1 or len(request.have) != RANGES:
        return None
    return verification.differing(connection, parts, request.have)


def _told(connection: Connection, wanted: _Wanted, told: _Telling) -> Generator[Frame, None, int]:
    """All frames but the last; how many rows there were to tell."""
    group, parts, known, ranges = wanted
    if ranges is not None:
        # What changed since its cursor is in ranges that differ: nothing else has to be told.
        yield Head(full=False, ranges=ranges)
        again = list(verification.rows_of(connection, parts, ranges))
        yield from _frames(connection, group, again, told)
        return max(1, len(again))
    found = feed.changes(connection, parts, known.s if known else None)
    yield Head(full=known is None)
    yield from _frames(connection, group, found, told)
    return len(found)


def push(
    database: Database, device: Device, commands: Sequence[Command | Unread], at: datetime, seen: str = ""
) -> PushAnswer:
    """Each command in its own transaction, in the order given; one that fails keeps only its own work waiting.

    `prev` names one predecessor; a command that touches several documents may have one for each. `seen`: the device's
    cursor; raises HistoryUnknown where this core lost what it has seen: what the commands build on comes again first.
    """
    known = read_cursor(seen)
    with database.read() as connection:
        check_history(stand(connection, (), tick_of(known)), known)
        twice = copied.numbers_came_twice(connection, device, commands)
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
    if twice is not None:
        # After them: whichever tablet they come from, what its people did has happened.
        copied.suspend(database, device, {"seq": twice}, at)
    return PushAnswer(tuple(answers), at)


def _frames(connection: Connection, group: Group, found: Sequence[feed.Change], told: _Telling) -> Iterator[Frame]:
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
            yield from _rendered(connection, entity, part, (list(of_part), told))


def _rendered(
    connection: Connection, entity: str, part: str, changes: tuple[Sequence[feed.Change], _Telling]
) -> Iterator[Frame]:
    living, told = changes
    for start in range(0, len(living), MAX_FRAME_ROWS):
        some = living[start : start + MAX_FRAME_ROWS]
        bodies = told.shown.bodies(connection, entity, part, some, told.at)
        if missing := tuple(change.id for change in some if change.id not in bodies):
            # Inactive rows, or a deletion that nobody marked: for the device they do not exist.
            told.unseen.add([change for change in some if change.id not in bodies])
            log.info("feed of %s: %s %s cannot be shown", part, entity, missing)
            yield Delete(entity, missing)
        rows = tuple((change.id, change.ver, bodies[change.id]) for change in some if change.id in bodies)
        if rows:
            yield Put(entity, rows)
