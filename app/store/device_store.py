"""The device's database as the sync sees it. Every method is one transaction; none needs an event loop."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.store import commands, settings, verdicts
from app.store.database import Database, driver
from app.store.feed import SCHEMAS, Pull, cursor_of
from core.contract.commands import Command
from core.contract.sync import (
    MAX_PUSH_BYTES,
    MAX_PUSH_COMMANDS,
    WIRE,
    Frame,
    Group,
    PullRequest,
    PushAnswer,
)
from sync.codec import encode_command
from sync.store import Answered, Counts, Marks, Pulled


class DeviceStore:
    """See `sync.store.Store`."""

    def __init__(self, database: Database, wire: int = WIRE) -> None:
        self._database = database
        self._wire = wire

    def counts(self, at: datetime) -> Counts:
        with self._database.read() as connection:
            raw = driver(connection)
            unfinished = dict(
                raw.execute(
                    """SELECT state = 'queued' AND held_until <= ?, count(*) FROM command
                       WHERE state IN ('queued', 'answered') GROUP BY 1""",
                    (at.isoformat(),),
                ).fetchall()
            )
            attention = raw.execute(
                "SELECT count(*) FROM command WHERE state IN ('attention', 'rejected') AND dismissed_at IS NULL"
            ).fetchone()[0]
        return Counts(unfinished.get(1, 0), sum(unfinished.values()), attention)

    def next_batch(
        self, at: datetime, limit: int = MAX_PUSH_COMMANDS, max_bytes: int = MAX_PUSH_BYTES
    ) -> tuple[Command, ...]:
        """Queued commands in the order they were made; at least one, however large, when any is queued."""
        batch: list[Command] = []
        size = 0
        with self._database.read() as connection:
            rows = driver(connection).execute(
                f"""SELECT {commands.COLUMNS} FROM command WHERE state = 'queued' AND held_until <= ?
                    ORDER BY seq LIMIT ?""",
                (at.isoformat(), limit),
            )
            for command in map(commands.from_row, rows):
                size += len(encode_command(command)) + 1
                if batch and size > max_bytes:
                    break
                batch.append(command)
        return tuple(batch)

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
        marks = self.marks()
        with self._database.read() as connection:
            cursor = cursor_of(driver(connection), group, self._wire)
        return Pull(self._database, PullRequest(group, cursor.cursor, self._wire), marks)

    def apply_pull(self, group: Group, frames: Iterable[Frame], at: datetime, began_after: Marks) -> Pulled | None:
        """A whole pull at once. `began_after`: `marks()` from before the frames were asked for."""
        pull = Pull(self._database, PullRequest(group, None, self._wire), began_after)
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
                verdicts.offer_again(raw, at)

    def tidy(self, at: datetime) -> None:
        """Once a day: what has been final for 30 days goes, and corrections of the stock that it tells itself now."""
        with self._database.write() as connection:
            raw = driver(connection)
            verdicts.forget_old(raw, at)
            raw.execute(
                """DELETE FROM stock_delta WHERE final_mark > 0 AND final_mark <=
                   coalesce((SELECT stock_mark FROM stock.sync_cursor WHERE grp = 'stock'), 0)"""
            )
