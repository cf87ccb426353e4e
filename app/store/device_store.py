"""The device's database as the sync sees it. Every method is one transaction; none needs an event loop."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from app.store import audit, commands, settings, sums, verdicts
from app.store.database import Database, driver
from app.store.download import Download, held
from app.store.feed import PULLED_AS, SCHEMAS, Asker, Pull, cursor_of, seen_of
from app.store.sealer import SEALED_BY
from app.store.targets import LiveFile
from core.contract.cache_files import FORMAT
from core.contract.commands import Command
from core.contract.rules import Key
from core.contract.sync import (
    MAX_PUSH_BYTES,
    MAX_PUSH_COMMANDS,
    MAX_WAITING,
    WIRE,
    CacheFile,
    Frame,
    Group,
    PullRequest,
    PushAnswer,
)
from sync.codec import encode_command
from sync.errors import InvalidAnswer
from sync.store import Answered, Counts, Marks, Pulled

LONGEST_HOLD = timedelta(hours=1)


class DeviceStore:
    """See `sync.store.Store`. `device_id`: who this tablet is to the core now, "" for nobody yet."""

    def __init__(self, database: Database, wire: int = WIRE, device_id: Callable[[], str] = str) -> None:
        self._database = database
        self._wire = wire
        self._device_id = device_id
        self._without_files: set[Group] = set()
        self._downloads: dict[Group, Download] = {}

    def counts(self, at: datetime) -> Counts:
        with self._database.read() as connection:
            raw = driver(connection)
            unfinished = dict(
                raw.execute(
                    """SELECT state = 'queued', count(*) FROM command
                       WHERE state IN ('queued', 'answered') GROUP BY 1"""
                ).fetchall()
            )
            queued = unfinished.get(1, 0) - len(_left_out(raw, at))
            attention = raw.execute(
                "SELECT count(*) FROM command WHERE state IN ('attention', 'rejected') AND dismissed_at IS NULL"
            ).fetchone()[0]
        return Counts(queued, sum(unfinished.values()), attention)

    def next_batch(
        self, at: datetime, limit: int = MAX_PUSH_COMMANDS, max_bytes: int = MAX_PUSH_BYTES
    ) -> tuple[Command, ...]:
        """Queued commands in the order they were made; at least one, however large, when any may be pushed."""
        batch: list[Command] = []
        size = 0
        with self._database.read() as connection:
            raw = driver(connection)
            left_out = _left_out(raw, at)
            rows = raw.execute(
                f"SELECT {commands.COLUMNS} FROM command WHERE state = 'queued' ORDER BY seq LIMIT ?",
                (limit + len(left_out),),
            )
            for sealed in map(commands.from_row, rows):
                command = self._database.texts.open_command(sealed)
                if command.seq in left_out:
                    continue
                if len(batch) == limit:
                    break
                size += len(encode_command(command)) + 1
                if batch and size > max_bytes:
                    break
                batch.append(command)
        return tuple(batch)

    def seen(self) -> str:
        """The cursor of the main group, of whatever wire its rows are; "" for none."""
        with self._database.read() as connection:
            return seen_of(driver(connection))

    def record_answers(self, answer: PushAnswer, at: datetime) -> Answered:
        """Keeps the answers as a badge, and by how much this device's clock is wrong."""
        decided = [a for a in answer.answers if a.verdict is not None]
        undecided = [a for a in answer.answers if a.verdict is None]
        offset_ms = round((answer.server_time - at).total_seconds() * 1000)
        with self._database.write() as connection:
            raw = driver(connection)
            mark = settings.add(raw, "answer_mark", 1)
            raw.executemany(
                "UPDATE command SET state = 'answered', answer_mark = ? WHERE id = ? AND state = 'queued'",
                [(mark, a.id) for a in decided],
            )
            raw.executemany("UPDATE command SET tries = tries + 1 WHERE id = ?", [(a.id,) for a in undecided])
            settings.put(raw, "offset_ms", str(offset_ms))
        return Answered(len(decided), len(undecided), max((a.after_ms for a in undecided), default=0))

    def hold(self, command_ids: Sequence[str], until: datetime) -> None:
        """Leaves these out of the batches until then: alone, each of them breaks the connection."""
        with self._database.write() as connection:
            driver(connection).executemany(
                "UPDATE command SET held_until = ?, tries = tries + 1 WHERE id = ?",
                [(until.isoformat(), command_id) for command_id in command_ids],
            )

    def marks(self) -> Marks:
        """To be taken before a pull is asked for."""
        with self._database.read() as connection:
            raw = driver(connection)
            return Marks(settings.number(raw, "answer_mark"), settings.number(raw, "final_mark"))

    def begin_pull(self, group: Group) -> Pull:
        """Takes the marks and the cursor: send its `request` after this, never before."""
        marks, device_id = self.marks(), self._device_id()
        with self._database.read() as connection:
            raw = driver(connection)
            request = PullRequest(group, cursor_of(raw, group, self._wire).cursor, self._wire)
            if group is Group.MAIN:
                last_seq = raw.execute("SELECT max(seq) FROM command").fetchone()[0] or 0
                request = replace(request, last_seq=last_seq)
                sealer = self._database.sealer
                if sealer and sealer.fingerprint not in ("", settings.get(raw, SEALED_BY)):
                    request = replace(request, cursor=None)  # what is here was sealed by keys that are gone
            elif group not in self._without_files:
                request = replace(request, files=FORMAT, holds=held(self._database.folder, group))
            request = audit.asked(raw, self._database.sealer, _in_doubt(raw, request))
            if group is Group.MAIN and (request.cursor is None or settings.get(raw, PULLED_AS) != device_id):
                request = replace(request, waiting=_waiting(raw))
            if group is Group.MAIN and request.cursor is None:
                request = replace(request, seen=seen_of(raw))
        return Pull(LiveFile(self._database, group), request, marks, asker=Asker(device_id, self._device_id))

    def begin_download(self, group: Group, file: CacheFile) -> Download:
        """Raises NoSpace. What an earlier try brought of the same file is not fetched again."""
        download = self._downloads[group] = Download(self._database, group, file)
        return download

    def continue_pull(self, group: Group) -> Pull:
        """A pull into the file that came, which nobody reads before `finish`. InvalidAnswer where it cannot be used."""
        download = self._downloads.pop(group)
        try:
            target = download.unpack()
        except InvalidAnswer:
            # Work must not depend on a file that the core packs wrongly: the rows are asked for one by one.
            self._without_files.add(group)
            raise
        request = PullRequest(group, download.file.cursor, self._wire)
        return Pull(target, request, self.marks(), download.file)

    def apply_pull(self, group: Group, frames: Iterable[Frame], at: datetime, began_after: Marks) -> Pulled | None:
        """A whole pull at once. `began_after`: `marks()` from before the frames were asked for."""
        pull = Pull(LiveFile(self._database, group), PullRequest(group, None, self._wire), began_after)
        for frame in frames:
            pull.receive(frame)
        return pull.finish(at)

    def cursor(self, group: Group) -> str | None:
        with self._database.read() as connection:
            return cursor_of(driver(connection), group, self._wire).cursor

    def refreshing(self, group: Group) -> bool:
        """Whether what is shown comes from a history that the core has lost, until a new base is complete."""
        with self._database.read() as connection:
            return cursor_of(driver(connection), group, self._wire).refreshing

    def reset(self, group: Group, at: datetime) -> None:
        """The core does not know the cursor: rows stay visible, a full pull follows, kept commands go again."""
        with self._database.merging(group) as connection:
            raw = driver(connection)
            raw.execute(f"UPDATE {SCHEMAS[group]}.sync_cursor SET cursor = NULL WHERE grp = ?", (group.value,))
            if group is Group.MAIN:
                verdicts.offer_again(raw)

    def tidy(self, at: datetime) -> None:
        """Once a day: what has been final for 30 days goes, and corrections of the stock that it tells itself now."""
        with self._database.write() as connection:
            raw = driver(connection)
            verdicts.forget_old(raw)
            raw.execute(
                """DELETE FROM stock_delta WHERE final_mark > 0 AND final_mark <=
                   coalesce((SELECT stock_mark FROM stock.sync_cursor WHERE grp = 'stock'), 0)"""
            )
        for group in Group:
            with self._database.merging(group) as connection:
                sums.forget(driver(connection), group)


def _in_doubt(raw: sqlite3.Connection, request: PullRequest) -> PullRequest:
    """The request with what the last comparison of sums asks for."""
    doubt = sums.check_of(raw, request.group).doubt
    if doubt == sums.RANGES_NEXT and request.cursor is not None:
        return replace(request, doubt=doubt, have=sums.ranges_of(raw, request.group))
    if doubt == sums.ALL_NEXT:
        return replace(request, doubt=doubt, cursor=None)
    return replace(request, doubt=doubt) if doubt == sums.TELL_NEXT else request


def _waiting(raw: sqlite3.Connection) -> tuple[str, ...]:
    """Ids of the commands without a final verdict, the oldest first: those that the core may know."""
    query = "SELECT id FROM command WHERE state IN ('queued', 'answered') ORDER BY seq LIMIT ?"
    return tuple(id for (id,) in raw.execute(query, (MAX_WAITING,)))


def _left_out(raw: sqlite3.Connection, at: datetime) -> set[int]:
    """Queued commands that are on hold, and later ones on the same work: the core could only answer "waiting"."""
    # A hold ends by this device's clock, which may be set back meanwhile: one that ends too late is none.
    held_now = "state = 'queued' AND held_until > ? AND held_until <= ?"
    moments = (at.isoformat(), (at + LONGEST_HOLD).isoformat())
    left_out = {seq for (seq,) in raw.execute(f"SELECT seq FROM command WHERE {held_now}", moments)}
    if left_out:
        stuck: set[Key] = set()
        rows = raw.execute(
            """SELECT c.seq, t.entity, t.id FROM command AS c JOIN touch AS t ON t.seq = c.seq
               WHERE c.state = 'queued' ORDER BY c.seq"""
        )
        for seq, touched in groupby(rows.fetchall(), key=lambda row: row[0]):
            keys = {(entity, id) for _, entity, id in touched}
            if seq in left_out or keys & stuck:
                left_out.add(seq)
                stuck |= keys
    return left_out
