"""A tablet without a screen and without a disk: the app's own engine, step machine and transport over real sockets.

Only its store is made up: rows are names and versions in memory, files are read once for all tablets of the process.
After every pull its sum is compared with the core's, as a tablet does (`app.store.sums`).
"""

import hashlib
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import zstandard

from core.contract.cache_files import FORMAT
from core.contract.commands import Arguments, Command
from core.contract.ids import uuid7
from core.contract.sums import Sum, sum_of, value_of
from core.contract.sync import (
    FILE_CHUNK_BYTES,
    MAX_PUSH_BYTES,
    MAX_PUSH_COMMANDS,
    CacheFile,
    Commit,
    Delete,
    Frame,
    Group,
    Head,
    PullRequest,
    PushAnswer,
    Put,
)
from core.domain.outcome import Verdict
from sync.store import Answered, Counts, Pulled

T = TypeVar("T")
Row = tuple[str, str]  # entity, id


@dataclass(frozen=True)
class Base:
    """The rows of a file, for all tablets that fetched it: (entity, id) -> version."""

    rows: Mapping[Row, int]
    sum: Sum


NOTHING = Base({}, Sum())


class Files:
    """Of one process: what each file holds, read when the first tablet has it whole."""

    def __init__(self) -> None:
        self._known: dict[str, Base] = {}

    def knows(self, file: CacheFile) -> bool:
        return file.id in self._known

    def keep(self, file: CacheFile, packed: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "plain.db"
            plain.write_bytes(zstandard.ZstdDecompressor().decompress(packed, file.unpacked_bytes))
            opened = sqlite3.connect(plain)
            (entity,) = opened.execute(
                "SELECT name FROM sqlite_schema WHERE name IN ('position', 'variant')"
            ).fetchone()
            rows = {(entity, sku): ver for sku, ver in opened.execute(f"SELECT sku, ver FROM {entity}")}
            opened.close()
        self._known[file.id] = Base(rows, sum_of((*row, ver) for row, ver in rows.items()))

    def base(self, file: CacheFile) -> Base:
        return self._known[file.id]


@dataclass
class Cache:
    """What a tablet holds of a group: a file's rows, and what has changed since (None: gone)."""

    base: Base = NOTHING
    changed: dict[Row, int | None] = field(default_factory=dict)
    sum: Sum = field(default_factory=Sum)
    cursor: str | None = None
    is_current: bool = False  # the last pull did not end with another sum than the core's
    is_proved: bool = False  # it ended with the same; a core may not know it

    def put(self, row: Row, ver: int | None) -> None:
        before = self.changed[row] if row in self.changed else self.base.rows.get(row)
        if before is not None:
            self.sum = self.sum.minus(Sum(1, _value(row, before)))
        if ver is not None:
            self.sum = self.sum.plus(Sum(1, _value(row, ver)))
        self.changed[row] = ver


@lru_cache(maxsize=100_000)
def _value(row: Row, ver: int) -> int:
    return value_of(*row, ver)


class Pulling:
    """`sync.store.Pull`."""

    def __init__(self, store: "MemoryStore", request: PullRequest, base: Base | None = None) -> None:
        self.request, self.offered = request, None
        self._store, self._base, self._frames = store, base, list[Frame]()
        self.rows = 0

    request: PullRequest
    offered: CacheFile | None

    def receive(self, frame: Frame) -> None:
        if isinstance(frame, CacheFile):
            self.offered = frame
            return
        self.rows += len(frame.rows) if isinstance(frame, Put) else 0
        self._frames.append(frame)

    def finish(self, at: datetime) -> Pulled | None:
        if not self._frames or not isinstance(commit := self._frames[-1], Commit):
            return None
        cache, full = self._target()
        entities: set[str] = set()
        for frame in self._frames:
            if isinstance(frame, Delete):
                entities.add(frame.e)
                for id in frame.ids:
                    cache.put((frame.e, id), None)
            elif isinstance(frame, Put):
                entities.add(frame.e)
                for id, ver, _ in frame.rows:
                    cache.put((frame.e, id), ver)
        cache.cursor, cache.is_proved = commit.cursor, cache.sum == Sum(commit.rows or 0, commit.sum or 0)
        cache.is_current = cache.is_proved or commit.sum is None
        self._store.caches[self.request.group] = cache
        self._store.decide(self._frames)
        self._store.doubts += not cache.is_current
        return Pulled(self.rows, full, frozenset(entities), 0)

    def _target(self) -> tuple[Cache, bool]:
        if self._base is not None:
            return Cache(self._base, {}, self._base.sum), True
        if any(isinstance(frame, Head) and frame.full for frame in self._frames):
            return Cache(), True
        return self._store.caches[self.request.group], False


class Fetching:
    """`sync.store.Download`: every MiB is checked against its sum, and only one tablet keeps the bytes."""

    def __init__(self, file: CacheFile, files: Files) -> None:
        self.file, self.start, self._files = file, 0, files
        self._kept: bytearray | None = None if files.knows(file) else bytearray()
        self._chunk = bytearray()

    def receive(self, piece: bytes) -> None:
        self.start += len(piece)
        self._chunk += piece
        if self._kept is not None:
            self._kept += piece
        while len(self._chunk) >= FILE_CHUNK_BYTES or (self._chunk and self.start == self.file.size_bytes):
            chunk, self._chunk = self._chunk[:FILE_CHUNK_BYTES], self._chunk[FILE_CHUNK_BYTES:]
            number = (self.start - len(self._chunk) - 1) // FILE_CHUNK_BYTES
            assert hashlib.sha256(chunk).hexdigest() == self.file.chunks[number], "a chunk is not what was announced"
        if self._kept is not None and self.start == self.file.size_bytes and not self._files.knows(self.file):
            self._files.keep(self.file, bytes(self._kept))


class MemoryStore:
    """`sync.store.Store`."""

    def __init__(self, user_id: str, files: Files) -> None:
        self.caches: dict[Group, Cache] = {group: Cache() for group in Group}
        self.outbox: dict[str, Command] = {}  # without a final verdict
        self.verdicts: dict[str, Verdict] = {}
        self.pulls: dict[Group, int] = dict.fromkeys(Group, 0)
        self.doubts = 0
        self._user_id, self._files, self._seq = user_id, files, 0
        self._queued: dict[str, Command] = {}
        self._fetched: dict[Group, Fetching] = {}

    def submit(self, arguments: Arguments, at: datetime) -> Command:
        self._seq += 1
        id = uuid7(at, secrets.token_bytes(10))
        command = Command(id, self._seq, type(arguments).__name__, 1, self._user_id, at, arguments)
        self.outbox[id] = self._queued[id] = command
        return command

    def decide(self, frames: Sequence[Frame]) -> None:
        """Verdicts are final when they come down the feed."""
        for frame in frames:
            if isinstance(frame, Put) and frame.e == "verdict":
                for id, _, _ in frame.rows:
                    self.outbox.pop(id, None)

    def counts(self, at: datetime) -> Counts:
        return Counts(len(self._queued), len(self.outbox), 0)

    def next_batch(
        self, at: datetime, limit: int = MAX_PUSH_COMMANDS, max_bytes: int = MAX_PUSH_BYTES
    ) -> tuple[Command, ...]:
        return tuple(self._queued.values())[:limit]

    def record_answers(self, answer: PushAnswer, at: datetime) -> Answered:
        decided = [one for one in answer.answers if one.verdict is not None]
        for one in decided:
            self._queued.pop(one.id, None)
            assert one.verdict is not None
            self.verdicts[one.id] = one.verdict
        after_ms = max((one.after_ms for one in answer.answers), default=0)
        return Answered(len(decided), len(answer.answers) - len(decided), after_ms)

    def hold(self, command_ids: Sequence[str], until: datetime) -> None:
        raise AssertionError("no command of this fleet is poisoned")

    def begin_pull(self, group: Group) -> Pulling:
        self.pulls[group] += 1
        if group is Group.MAIN:
            return Pulling(self, PullRequest(group, self.caches[group].cursor, last_seq=self._seq))
        return Pulling(self, PullRequest(group, self.caches[group].cursor, files=FORMAT))

    def seen(self) -> str:
        return self.caches[Group.MAIN].cursor or ""

    def reset(self, group: Group, at: datetime) -> None:
        self.caches[group] = Cache()
        self._queued = dict(self.outbox)

    def begin_download(self, group: Group, file: CacheFile) -> Fetching:
        self._fetched[group] = Fetching(file, self._files)
        return self._fetched[group]

    def continue_pull(self, group: Group) -> Pulling:
        file = self._fetched.pop(group).file
        return Pulling(self, PullRequest(group, file.cursor, files=FORMAT), self._files.base(file))


async def at_once(work: Callable[[], T]) -> T:
    """For `Engine`: a store in memory needs no thread."""
    return work()


def utc_now() -> datetime:
    return datetime.now(UTC)
