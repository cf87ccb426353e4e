"""Applies a pull: all of it with its cursor in one transaction of the group's file, or nothing.

Rows are staged as they come, outside the group's file; a stream that ends without its commit frame leaves no trace.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.store import audit, rebase, settings, sums, verdicts
from app.store.database import driver
from app.store.merging import merge_catalogue, merge_main, merge_stock
from app.store.sealer import SEALED_BY
from app.store.staging import Staging
from app.store.sums import SCHEMAS as SCHEMAS
from app.store.targets import Target
from core.contract.sync import ENTITIES, CacheFile, Commit, Delete, Frame, Group, Head, PullRequest, Put
from sync.errors import InvalidAnswer
from sync.store import Marks, Pulled

# The setting that holds as which device the rows of the main group were told.
PULLED_AS = "pulled_as"


@dataclass(frozen=True, slots=True)
class Asker:
    """As which device a pull began, and who the tablet is now: it may have been paired again meanwhile."""

    device_id: str = ""
    now: Callable[[], str] = str


@dataclass(frozen=True, slots=True)
class Cursor:
    """`refreshing`: rows are there, but their history is gone; a complete new base is on its way."""

    cursor: str | None
    pulled_at: datetime | None

    @property
    def refreshing(self) -> bool:
        return self.cursor is None and self.pulled_at is not None


def cursor_of(raw: sqlite3.Connection, group: Group, wire: int) -> Cursor:
    """Where the group stands; no cursor where its rows are of another wire version."""
    row = raw.execute(
        f"SELECT cursor, wire, pulled_at FROM {SCHEMAS[group]}.sync_cursor WHERE grp = ?", (group.value,)
    ).fetchone()
    if row is None:
        return Cursor(None, None)
    return Cursor(row[0] if row[1] == wire else None, datetime.fromisoformat(row[2]) if row[2] else None)


def seen_of(raw: sqlite3.Connection) -> str:
    """The cursor of the rows of the main group, also where they have to come anew; "" after a reset."""
    row = raw.execute("SELECT cursor FROM main.sync_cursor WHERE grp = ?", (Group.MAIN.value,)).fetchone()
    return row[0] or "" if row else ""


class Pull:
    """One pull of one group, from `Store.begin_pull` to `finish`. Call from one thread at a time.

    `base`: the file that `target` was made of, to which these rows are added before anybody sees it.
    """

    def __init__(
        self,
        target: Target,
        request: PullRequest,
        marks: Marks,
        base: CacheFile | None = None,
        asker: Asker = Asker(),
    ) -> None:
        self.request = request
        self.offered: CacheFile | None = None
        self._target = target
        self._marks = marks
        self._base = base
        self._asker = asker
        self._keyed_by = target.sealer.fingerprint if target.sealer else ""
        self._staging = Staging(target.stage(), target.sealer)
        self._head: Head | None = None
        self._commit: Commit | None = None

    @property
    def rows(self) -> int:
        """Received so far."""
        return self._staging.rows

    def receive(self, frame: Frame) -> None:
        """Raises InvalidAnswer where the stream is not what the contract says."""
        begins = isinstance(frame, Head | CacheFile)
        if self._commit is not None or self.offered is not None or begins != (self._head is None):
            raise InvalidAnswer(f"frame {frame.t!r} out of place")
        match frame:
            case CacheFile():
                self._offer(frame)
            case Head():
                self._head = frame
            case Put():
                self._staging.put(frame.e, frame.rows)
            case Delete():
                self._staging.delete(frame.e, frame.ids)
            case Commit():
                self._commit = frame

    def _offer(self, file: CacheFile) -> None:
        if self.request.files != file.format:
            raise InvalidAnswer(f"a file of format {file.format}, which was not asked for")
        self.offered = file

    def finish(self, at: datetime) -> Pulled | None:
        """Merges what was received; None, and nothing happened, where the stream was cut before its commit frame.

        The same where the tablet was paired again meanwhile: what it asked for then is not what it has to know now.
        """
        if self._head is None or self._commit is None or self._asker.now() != self._asker.device_id:
            return None
        group = self.request.group
        with self._target.merging() as connection:
            raw = driver(connection)
            if self._head.ranges:
                sums.stage_missing(raw, group, self._head.ranges)
            counted = None if self._head.full else sums.check_of(raw, group).sum
            gone = sums.told(raw, group) if counted else None
            if group is Group.MAIN:
                touched = merge_main(raw, full=self._head.full)
                touched |= verdicts.settle(raw, self._marks.answered)
                if self._head.full:
                    touched |= verdicts.new_base(raw)
                    settings.put(raw, SEALED_BY, self._keyed_by)
                settings.put(raw, PULLED_AS, self._asker.device_id)
                rebase.refold(raw, touched)
            elif group is Group.STOCK:
                merge_stock(raw, self._head)
            else:
                merge_catalogue(raw, full=self._head.full)
            here = counted.minus(gone).plus(sums.came(raw, group, self._staging.sum)) if counted and gone else None
            before = sums.check_of(raw, group).doubt
            doubt = sums.settle(raw, group, here, self._commit, at).doubt
            if doubt == sums.CALM and not self._says_the_same(raw, self._commit.audit):
                doubt = sums.doubt_more(raw, group, before, at)
            self._keep_cursor(raw, self._commit.cursor, at)
        entities, full, rows = self._staging.entities, self._head.full, self.rows
        self._staging.clear()
        self._target.publish()
        if self._base is None:
            return Pulled(rows, full, entities, doubt)
        return Pulled(rows + self._base.rows, True, entities | {*ENTITIES[group]}, doubt)

    def _says_the_same(self, raw: sqlite3.Connection, digest: str) -> bool:
        """Or cannot be compared: what was sealed by keys that went meanwhile is not read."""
        sealer = self._target.sealer
        if sealer and (not self._keyed_by or sealer.fingerprint != self._keyed_by):
            return True
        return audit.settle(raw, sealer, self.request, digest)

    def _keep_cursor(self, raw: sqlite3.Connection, cursor: str, at: datetime) -> None:
        group = self.request.group
        raw.execute(
            f"""INSERT INTO {SCHEMAS[group]}.sync_cursor (grp, cursor, wire, pulled_at, stock_mark)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT (grp) DO UPDATE SET cursor = excluded.cursor, wire = excluded.wire,
                pulled_at = excluded.pulled_at, stock_mark = excluded.stock_mark""",
            (group.value, cursor, self.request.wire, at.isoformat(), self._marks.final),
        )
