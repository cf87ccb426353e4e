"""The core of the simulated day: real services on a real SQLite file, behind bytes, in a process that can die.

`poisoned`: ids of commands whose handling raises, as a bug in the core would. Their documents are changed by then, so
that what is rolled back is tested too.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import orjson
from sqlalchemy import Engine, insert, select

from app.store.caches import CACHES
from core.contract.sync import WIRE, Frame, Problem, PullRequest, PushAnswer, Put
from core.http.sync import line_of
from core.jobs.handlers import HANDLERS
from core.jobs.outside import Desk, Outside
from core.jobs.worker import Pace, Worker
from core.service import cursors, devices, effects, envelope
from core.service import sync as service
from core.service.cause import Cause, id_maker
from core.service.cursors import parts_of
from core.service.devices import Device
from core.service.shelf import Shelf
from core.store import tables as t
from core.store import ticks
from core.store.database import Database
from sync.errors import CoreOutdated, Refused
from tests.simulation.copying import copy_database
from tests.simulation.crash import Fuse
from tests.simulation.files import PIECE_BYTES, POLICY, AtOnce, small_pieces
from tests.simulation.opening import lay_out

_PULLS = msgspec.json.Decoder(PullRequest)
MOST_ERRANDS = 3  # of one desk in a turn
PACE = Pace(batch=4, together=2, lease=timedelta(seconds=20))


class Withdrawn(Exception):
    """The device is suspended, or this core does not know it."""


class Poison(RuntimeError):
    """A bug in the core that one command meets every time."""


_engines: dict[tuple[Path, str], Engine] = {}


def _opened(path: Path, purpose: str) -> Database:
    """A database whose connections and locks are new and whose statements are compiled once for all days."""
    database = Database(f"sqlite:///{path}")
    engine = _engines.setdefault((path, purpose), database.engine)
    engine.dispose()
    database.engine = engine
    return database


class CoreProcess:
    def __init__(
        self, folder: Path, clock: Callable[[], datetime], rng: Random, frame_rows: int, fetching: bool = True
    ) -> None:
        self._path = folder / "core.db"
        self._clock = clock
        self._rng = rng
        self._frame_rows = frame_rows  # small frames make many places where a stream can be cut
        self.fuse = Fuse()
        self.poisoned: set[str] = set()
        self.wire = WIRE  # the newest it speaks
        self.opening = lay_out(self._path, fetching)
        self.books = _opened(self._path, "books")  # for those who only look
        self.start()

    def start(self) -> None:
        self.fuse.bury()
        with self.fuse.inside():
            self.database = _opened(self._path, "core")
        self.shelf = Shelf(self.database, self._path.parent / "files", self._clock, POLICY, AtOnce())

    def end(self) -> None:
        """The day is over: nothing is left open."""
        self.fuse.bury()
        self.database.close()
        self.books.close()

    def back_up(self, path: Path) -> None:
        copy_database(self._path, path)

    def restore(self, path: Path) -> None:
        """The process is down; its files are those of the backup when it comes back."""
        self.fuse.bury()
        for database in (self.database, self.books):
            database.engine.dispose()
        for name in (self._path.name, f"{self._path.name}-wal", f"{self._path.name}-shm"):
            self._path.with_name(name).unlink(missing_ok=True)
        shutil.copyfile(path, self._path)

    def knows(self, cursor: str | None) -> bool:
        """Whether the cursor was made by the history that this core has now."""
        known = cursors.read_cursor(cursor)
        with Fuse.outside(), self.books.read() as connection:
            return known is not None and ticks.is_known(connection, known.k)

    def suspend(self, device_id: str) -> None:
        self.fuse.disk = None
        with self.fuse.inside(), self.database.write() as connection:
            devices.suspend(connection, device_id, self._clock())

    def admit(self, device: Device) -> None:
        """As the door of the core does with every token. Raises Withdrawn; who is not known has to be paired again."""
        with self.fuse.inside(), self.database.read() as connection:
            query = select(t.devices.c.state, t.devices.c.last_seen_at).where(t.devices.c.id == device.id)
            row = connection.execute(query).first()
        if row is None or row.state != "active":
            raise Withdrawn
        if row.last_seen_at is None or self._clock() - row.last_seen_at > devices.SEEN_EVERY:
            with self.fuse.inside():
                devices.note_seen(self.database, (device,), self._clock())

    def enrol(self, device: Device) -> None:
        self.fuse.disk = None
        with self.fuse.inside(), self.database.write() as connection:
            values = {"id": device.id, "number": device.number, "location_id": device.location_id, "name": device.name}
            connection.execute(insert(t.devices).values(**values, state="active", enrolled_at=self._clock()))

    def pull(self, device: Device, body: bytes) -> list[bytes]:
        """The lines of the answer. Raises Killed, HistoryUnknown, DeviceCopied, Withdrawn."""
        request = _PULLS.decode(body)
        self._check_wire(request.wire)
        self.admit(device)
        with self.fuse.inside(), small_pieces():
            frames = list(service.pull(self.database, device, request, self._clock(), self.shelf))
        return [line_of(part) for frame in frames for part in _split(frame, self._frame_rows)]

    def file(self, device: Device, id: str, start: int) -> list[bytes]:
        """The bytes from there on, in pieces. Raises Refused where the file is gone."""
        with self.fuse.inside():
            with self.database.read() as connection:
                wanted = [(group, parts_of(connection, device, group)) for group in CACHES]
            path = self.shelf.path_of(id, wanted)
            if path is None:
                raise Refused(Problem("file_unknown", "", 404))
            body = path.read_bytes()[start:]
        return [body[at : at + PIECE_BYTES] for at in range(0, len(body), PIECE_BYTES)]

    def _check_wire(self, wire: int) -> None:
        if wire > self.wire:
            raise CoreOutdated("426 core_outdated")

    def push(self, device: Device, body: bytes) -> bytes:
        """Raises Killed: whatever was committed before stays; Withdrawn, HistoryUnknown, CoreOutdated."""
        document = orjson.loads(body)
        self._check_wire(document["wire"])
        self.admit(device)
        commands = [envelope.read(raw) for raw in document["commands"]]
        with self.fuse.inside(), poison(self.poisoned), numbers_from(self._rng):
            answer: PushAnswer = service.push(self.database, device, commands, self._clock(), document["seen"])
        return orjson.dumps(answer)

    def timers(self) -> int:
        """What is due now is done; how much it was. Raises Killed: another worker takes it when the lease is over."""
        with self.fuse.inside(), numbers_from(self._rng):
            return Worker(self.database, HANDLERS, self._clock, PACE).turn()

    def outside(self, desks: Sequence[Desk]) -> int:
        """Each asks whom it asks outside, as long as something is due; how often. Raises Killed."""
        with self.fuse.inside(), numbers_from(self._rng):
            workers = [Outside(self.database, desk, self._clock) for desk in desks]
            return sum(worker.turn() for worker in workers for _ in range(MOST_ERRANDS))


@contextmanager
def poison(ids: set[str]) -> Iterator[None]:
    healthy: Any = effects.after

    def after(*facts: Any) -> None:
        if any(isinstance(fact, Cause) and fact.command_id in ids for fact in facts):
            raise Poison
        healthy(*facts)

    setattr(effects, "after", after)  # noqa: B010  the fault of this day
    try:
        yield
    finally:
        setattr(effects, "after", healthy)  # noqa: B010


@contextmanager
def numbers_from(rng: Random) -> Iterator[None]:
    """Ids that the core makes come from the seed, so that a day can be replayed."""
    usual = id_maker.__defaults__
    id_maker.__defaults__ = (rng.randbytes,)
    try:
        yield
    finally:
        id_maker.__defaults__ = usual


def _split(frame: Frame, rows: int) -> Iterator[Frame]:
    if not isinstance(frame, Put):
        yield frame
        return
    for start in range(0, len(frame.rows), rows):
        yield replace(frame, rows=frame.rows[start : start + rows])
