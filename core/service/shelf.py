"""Cache files for devices that begin: built once for all that see the same partitions, kept on disk, served to many.

    shelf.take(group, parts)      # the file a device is told to fetch; FileNotReady while it is being built
    shelf.path_of(id, groups)     # where it lies, for those who see its partitions

The file is one snapshot of the database, and its cursor is that snapshot: a device goes on from there by the feed.
Everything about a file is in a `.json` beside it, which is written last: what has none does not exist. Processes that
serve the same devices share the folder.
"""

import hashlib
import logging
import math
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import Connection

from core.contract.cache_files import FORMAT, SCHEMA
from core.contract.sync import CacheFile, Group, PullRequest
from core.service.cursors import Cursor, HistoryUnknown, cursor_now, read_cursor, tick_of, usable
from core.service.verification import Unseen
from core.store import cache_files, feed, ticks
from core.store.database import Database
from core.store.standing import stand

log = logging.getLogger(__name__)
_ID = re.compile(r"[0-9a-f]{64}")
GENERATIONS = 2
ABANDONED_AFTER = timedelta(days=8)  # nobody has asked for a newer file of these partitions
SHORTEST_S, LONGEST_S = 2, 20  # until who waits for a file asks again
BROKEN_AFTER_S = 86_400.0  # no build takes so long: its process died


@dataclass(frozen=True, slots=True)
class Policy:
    """`big_rows`, `stale_*`: rows that changed since a cursor; `wait_s`: how long a request waits for a build.

    A device that is more than `big_rows` and `stale_share` of all rows behind fetches a file. A file is built anew when
    more than `stale_rows` and `stale_share` of its own have changed; one older than `age` in the background.
    """

    big_rows: int = 20_000
    stale_rows: int = 500
    stale_share: float = 0.05
    age: timedelta = timedelta(days=1)
    wait_s: float = 8.0
    waiters: int = 8


class FileNotReady(Exception):
    """The file is being built; ask again after `after_s` seconds."""

    def __init__(self, after_s: int = SHORTEST_S) -> None:
        super().__init__(after_s)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Generation:
    file: CacheFile
    built_at: datetime


class Shelf:
    """Threads may share it. `now`: aware UTC. `builders`: where files are built, by default one thread of its own."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        now: Callable[[], datetime],
        policy: Policy | None = None,
        builders: Executor | None = None,
    ) -> None:
        self._database, self._folder, self._now = database, folder, now
        self._policy = policy or Policy()
        self._builders = builders or ThreadPoolExecutor(1, thread_name_prefix="cache-files")
        self._building: dict[str, Future[CacheFile]] = {}
        self._lock = threading.Lock()
        self._build_s = 0.0  # of one, on the mean
        self._waiters = threading.BoundedSemaphore(self._policy.waiters)

    def serves(self, connection: Connection, request: PullRequest, parts: Sequence[str], known: Cursor | None) -> bool:
        """Whether this pull is answered with a file: the device takes such, and begins or has very much to catch up."""
        if request.group not in SCHEMA or request.files != FORMAT or not parts:
            return False
        if known is None:
            return True
        big = self._policy.big_rows
        if feed.count_changes(connection, parts, known.s, big + 1) <= big:
            return False
        most = int(feed.count_living(connection, parts) * self._policy.stale_share)
        return feed.count_changes(connection, parts, known.s, most + 1) > most

    def later(self, work: Callable[[], None]) -> None:
        """In the thread of a builder: nobody waits for it."""
        self._builders.submit(work).add_done_callback(_log_fault)

    def take(self, group: Group, parts: Sequence[str], holds: str = "") -> CacheFile:
        """The newest file that is fresh enough; `holds`: the id of one that is preferred then. Raises FileNotReady."""
        with self._database.read() as connection:
            key = _key(group, parts, feed.current_epoch(connection))
            known = self._generations(key)
            fresh = [one for one in known if self._is_fresh(connection, group, parts, one)]
        if not fresh:
            return self._wait(self._build(key, group, parts, known))
        if self._now() - fresh[0].built_at > self._policy.age:
            self._build(key, group, parts, known)
        return next((one.file for one in fresh if one.file.id == holds), fresh[0].file)

    def path_of(self, id: str, wanted: Sequence[tuple[Group, Sequence[str]]]) -> Path | None:
        """The file of that id, if it is one of these groups and partitions; None where it is not or is gone."""
        with self._database.read() as connection:
            epoch = feed.current_epoch(connection)
            keys = [_key(group, parts, epoch) for group, parts in wanted]
        paths = [self._folder / f"{key}-{id}.zst" for key in keys] if _ID.fullmatch(id) else []
        return next((path for path in paths if path.with_suffix(".json").exists()), None)

    def _generations(self, key: str) -> list[Generation]:
        """The newest first."""
        found = [self._read(path) for path in self._folder.glob(f"{key}-*.json")]
        return sorted((one for one in found if one), key=lambda one: one.built_at, reverse=True)

    def _read(self, path: Path) -> Generation | None:
        try:
            said = orjson.loads(path.read_bytes())
        except FileNotFoundError:  # another process has just put a newer one in its place
            return None
        file = CacheFile(**said["file"] | {"chunks": tuple(said["file"]["chunks"])})
        return Generation(file, datetime.fromisoformat(said["built_at"]))

    def _is_fresh(self, connection: Connection, group: Group, parts: Sequence[str], one: Generation) -> bool:
        try:
            made = read_cursor(one.file.cursor)
            now = stand(connection, parts, tick_of(made))
            known = usable(now, made, cursor_now(now, group, parts))
        except HistoryUnknown:
            return False
        most = max(self._policy.stale_rows, int(one.file.rows * self._policy.stale_share))
        return known is not None and feed.count_changes(connection, parts, known.s, most + 1) <= most

    def _wait(self, building: "Future[CacheFile]") -> CacheFile:
        """Only a few requests wait: threads that stand here serve nobody else."""
        if building.done():
            return building.result()
        if not self._waiters.acquire(blocking=False):
            raise FileNotReady(self._after_s())
        try:
            return building.result(self._policy.wait_s)
        except TooSlow:
            raise FileNotReady(self._after_s()) from None
        finally:
            self._waiters.release()

    def _after_s(self) -> int:
        """When a file that is asked for now will have had its turn: builds are done one after another."""
        with self._lock:
            queued = sum(not one.done() for one in self._building.values())
        return min(LONGEST_S, max(SHORTEST_S, math.ceil(queued * self._build_s)))

    def _build(self, key: str, group: Group, parts: Sequence[str], known: Sequence[Generation]) -> "Future[CacheFile]":
        """One build at a time for the same partitions, however many ask. `known`: what was found to be too old."""
        with self._lock:
            running = self._building.get(key)
            if running is None or running.done():
                running = self._building[key] = self._builders.submit(
                    self._newer, key, group, tuple(parts), tuple(known)
                )
            return running

    def _newer(self, key: str, group: Group, parts: Sequence[str], known: Sequence[Generation]) -> CacheFile:
        """A build that ended between somebody's look and question is not done again."""
        newest = next(iter(self._generations(key)), None)
        if newest is not None and newest not in known:
            return newest.file
        begun_s = time.monotonic()
        file = self._built(key, group, parts)
        took_s = time.monotonic() - begun_s
        self._build_s += (took_s - self._build_s) * (0.2 if self._build_s else 1.0)
        return file

    def _built(self, key: str, group: Group, parts: Sequence[str]) -> CacheFile:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{key}-", dir=self._folder) as name:
            plain, packed = Path(name) / "plain.db", Path(name) / "packed.zst"
            with self._database.read() as connection:
                cursor = cursor_now(stand(connection, parts), group, parts)
                rows = cache_files.write_rows(connection, group, parts, plain)
                unseen = _unseen(connection, parts, (plain, rows))
            unseen.bury(self._database)
            cache_files.finish(group, plain)
            proved = replace(cursor, k=ticks.prove(self._database, self._now()))
            file = cache_files.pack(plain, packed, rows, proved.text())
            self._publish(key, packed, Generation(file, self._now()))
        log.info("cache file of %s: %d rows, %d bytes", ", ".join(parts), rows, file.size_bytes)
        self._prune(key, group)
        return file

    def _publish(self, key: str, packed: Path, one: Generation) -> None:
        """The file first, then what makes it known."""
        path = self._folder / f"{key}-{one.file.id}.zst"
        os.replace(packed, path)
        said = packed.with_suffix(".json")
        with said.open("wb") as out:
            out.write(orjson.dumps({"file": asdict(one.file), "built_at": one.built_at.isoformat()}))
            out.flush()
            os.fsync(out.fileno())
        os.replace(said, path.with_suffix(".json"))

    def _prune(self, key: str, group: Group) -> None:
        """Older generations; now and then files of partitions that nobody begins with any more, and broken builds."""
        names = [f"{key}-{one.file.id}" for one in self._generations(key)[GENERATIONS:]]
        if group is Group.CATALOGUE:
            names += [path.stem for path in self._folder.glob("*.json") if self._is_abandoned(path)]
            for path in self._folder.iterdir():
                if path.is_dir() and time.time() - path.stat().st_mtime > BROKEN_AFTER_S:
                    shutil.rmtree(path, ignore_errors=True)
        for name in names:
            (self._folder / f"{name}.json").unlink(missing_ok=True)
            (self._folder / f"{name}.zst").unlink(missing_ok=True)

    def _is_abandoned(self, path: Path) -> bool:
        one = self._read(path)
        return one is not None and self._now() - one.built_at > ABANDONED_AFTER


def _log_fault(done: "Future[None]") -> None:
    if fault := done.exception():
        log.error("what nobody waits for failed", exc_info=fault)


def _unseen(connection: Connection, parts: Sequence[str], written: tuple[Path, int]) -> Unseen:
    """Rows the feed lists that are not in the file: they are not shown any more. `written`: file, rows in it."""
    unseen, (path, rows) = Unseen(), written
    if rows != feed.count_living(connection, parts):
        held = cache_files.ids_in(path)
        unseen.add([change for change in feed.changes(connection, parts, None) if change.id not in held])
    return unseen


def _key(group: Group, parts: Sequence[str], epoch: str) -> str:
    """Of files that hold the same, in the same history and format."""
    said = "\n".join((group.value, str(FORMAT), epoch, *parts))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
