"""The core of the simulated day: real services on a real SQLite file, behind bytes, in a process that can die.

`poisoned`: ids of commands whose handling raises, as a bug in the core would. Their documents are changed by then, so
that what is rolled back is tested too.
"""

import math
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
from core.service import cursors, devices, effects, envelope, handing_over, quarantine, withdrawn
from core.service import sync as service
from core.service.cause import Cause, id_maker, office_cause
from core.service.cursors import parts_of
from core.service.devices import Device
from core.service.refusal import Refusal
from core.service.shelf import Shelf
from core.store import tables as t
from core.store import ticks
from core.store.database import Database
from sync.errors import CoreOutdated, Refused
from tests.simulation.copying import copy_database
from tests.simulation.crash import Fuse
from tests.simulation.files import PIECE_BYTES, POLICY, AtOnce, small_pieces
from tests.simulation.opening import lay_out
from tests.simulation.violation import Violation

_PULLS = msgspec.json.Decoder(PullRequest)
MOST_ERRANDS = 3  # of one desk in a turn
PACE = Pace(batch=4, together=2, lease=timedelta(seconds=20))


class Withdrawn(Exception):
    """The device is shut out, or this core does not know it. `to_wipe`: for good, and it is ordered to be empty."""

    def __init__(self, to_wipe: bool = False) -> None:
        super().__init__(to_wipe)
        self.to_wipe = to_wipe


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
        self._withdrawn = folder / "withdrawn.jsonl"  # beside the database, and no part of its backups
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
            withdrawn.withdraw_again(self.database, self._withdrawn, self._clock())
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
        self._is_well()
        with self.fuse.inside(), self.database.write() as connection:
            devices.suspend(connection, device_id, self._clock())

    def revoke(self, device_id: str) -> None:
        self._is_well()
        with self.fuse.inside():
            withdrawn.revoke(self.database, self._withdrawn, device_id, self._clock())

    def _is_well(self) -> None:
        """What comes next is what head office does on a good moment."""
        self.fuse.disk = None
        self.fuse.put_out()

    def admit(self, device: Device) -> None:
        """As the door of the core does with every token. Raises Withdrawn; who is not known has to be paired again."""
        with self.fuse.inside(), self.database.read() as connection:
            row = connection.execute(select(t.devices).where(t.devices.c.id == device.id)).first()
        judged = devices._judged(row, (math.inf, b""), self._clock())
        if isinstance(judged, Refusal):
            raise Withdrawn(judged is devices.DEVICE_REVOKED)
        if judged.unseen:
            with self.fuse.inside():
                devices.note_seen(self.database, (device,), self._clock())

    def enrol(self, device: Device) -> None:
        self._is_well()
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
        """The bytes from there on, in pieces. Raises Refused where the file is gone, Withdrawn."""
        with Fuse.outside(), self.books.read() as connection:
            state = connection.execute(select(t.devices.c.state).where(t.devices.c.id == device.id)).scalar()
        if state == "revoked":
            raise Withdrawn(to_wipe=True)
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

    def hand_over(self, device: Device, body: bytes) -> bytes:
        """What a tablet that was withdrawn held, or cannot push. Raises Killed: what was committed stays."""
        document = orjson.loads(body)
        raw = [handing_over.unpacked(document["opaque"])] if "opaque" in document else document["commands"]
        commands = [envelope.read(command) for command in raw]
        with self.fuse.inside():
            sender = handing_over.sender(self.database, device.id)
            assert sender is not None
            answer = handing_over.hand_over(self.database, sender, commands, self._clock(), document.get("seen", ""))
        return orjson.dumps(answer)

    def play_again(self, device_id: str) -> None:
        """Head office takes what the device handed over, in the order it was made. Raises Violation where it cannot."""
        self._is_well()
        q, p = t.quarantine.c, t.processed_commands.c
        query = select(q.id).join_from(t.quarantine, t.processed_commands, p.id == q.id)
        mine = query.where(q.device_id == device_id, q.code == handing_over.SHUT_OUT.code, q.resolved_at.is_(None))
        with self.fuse.inside(), numbers_from(self._rng), self.database.write() as connection:
            for id in connection.execute(mine.order_by(p.seq)).scalars().all():
                cause = office_cause(self._clock(), "office", id_maker(self._clock()))
                found = quarantine.replay(connection, cause, id)
                if isinstance(found, Refusal):
                    raise Violation("I13", f"{id} was handed over and cannot be played again: {found.code}")

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
