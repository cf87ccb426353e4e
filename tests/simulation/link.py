"""A tablet's side of the wire: the real step machine asks, the real store and the real codecs carry it out.

This stands where `sync.engine` stands in the app, without its event loop: time is virtual and everything happens in the
order the seed says. A process that dies leaves its requests behind; the next one starts its machine anew.
"""

import sqlite3
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from app.store.device_store import DeviceStore
from core.contract.commands import Command
from core.contract.sync import CacheFile, Group, PushRequest
from core.service.devices import Device
from core.service.sync import DeviceCopied, HistoryUnknown
from sync import machine
from sync import steps as s
from sync.codec import decode_frame, decode_push_answer, encode_request, opaque
from sync.errors import CoreOutdated, InvalidAnswer, Refused
from sync.lanes import State
from sync.store import Pull, Pulled
from tests.simulation.core_process import Withdrawn
from tests.simulation.crash import Killed
from tests.simulation.files import small_pieces
from tests.simulation.network import Answer, Call, CoreDied, Network
from tests.simulation.retailer import OPENING
from tests.simulation.tablet import Tablet

POKES_MS = 50
STORAGE = (sqlite3.Error, DBAPIError)


class Unauthorised(Exception):
    """The access token has expired."""


class CoreBroken(Exception):
    """The core answers 500: its disk takes nothing."""


class Away(Exception):
    """No network at all."""


class Server(Protocol):
    """The core as the wire reaches it. Each raises CoreDied where it is away, or goes away at work."""

    @property
    def faults(self) -> Counter[str]: ...
    def pull(self, device: Device, body: bytes) -> Answer: ...
    def file(self, device: Device, id: str, start: int) -> Answer: ...
    def push(self, device: Device, body: bytes) -> Answer: ...
    def hand_over(self, device: Device, body: bytes) -> Answer: ...
    def reach(self) -> None: ...
    def wipe_ordered(self, link: "Link") -> None: ...
    def heard(self, tablet: str, cursor: str | None, pulled: Pulled) -> None:
        """A tablet has merged a pull. `cursor`: of its main group now."""
        ...


def failure_of(fault: Exception) -> s.Failure:
    match fault:
        case HistoryUnknown():
            return s.Failure.RESET
        case DeviceCopied() | Withdrawn():
            return s.Failure.REVOKED
        case CoreBroken():
            return s.Failure.UNAVAILABLE
        case sqlite3.Error() | DBAPIError():
            return s.Failure.STORAGE
        case Unauthorised():
            return s.Failure.UNAUTHORISED
        case Away():
            return s.Failure.UNREACHABLE
        case CoreOutdated():
            return s.Failure.CORE_OUTDATED
        case Refused():
            return s.Failure.REFUSED
        case InvalidAnswer():
            return s.Failure.INVALID
        case CoreDied() | ConnectionError() | TimeoutError():
            return s.Failure.BROKEN
    raise fault


@dataclass
class Link:
    tablet: Tablet
    network: Network
    server: Server
    rng: Random
    tell: Callable[[str], None]
    offline: bool = False
    token_good: bool = True
    state: State = field(default_factory=State)
    resets: int = 0
    _waits: int = 0
    _set_aside_times: Counter[str] = field(default_factory=Counter)
    _events: deque[s.Event] = field(default_factory=deque)

    @property
    def device(self) -> Device:
        return Device(self.tablet.device_id, self.tablet.number, self.tablet.location_id, self.tablet.name)

    @property
    def online(self) -> bool:
        return self.state.connection == "online"

    def start(self) -> None:
        """After the tablet's process has started."""
        self.state = State()
        self._events.clear()
        self._store = DeviceStore(self.tablet.database, self.tablet.wire, device_id=lambda: self.tablet.device_id)
        self._living(lambda: self._feed(s.Started(self._queued())))

    def happen(self, event: s.Event) -> None:
        """Something happened to the app; a process that dies of it starts again."""
        self._living(lambda: self._feed(event))

    def command_made(self) -> None:
        self._living(lambda: self._feed(s.CommandsWaiting(self._queued())))

    def poke(self, group: Group) -> None:
        if self.state.listening:
            starts = self.tablet.starts
            self.network.at(self.rng.uniform(1, POKES_MS), lambda: self._if_same(starts, lambda: self._poked(group)))

    def _poked(self, group: Group) -> None:
        if self.state.listening:
            self._feed(s.Poked(group))

    def _queued(self) -> int:
        return self._store.counts(self.tablet.now()).queued

    def _living(self, deed: Callable[[], None]) -> None:
        try:
            with self.tablet.fuse.inside():
                deed()
        except Killed:
            self.server.faults["tablet_died"] += 1
            self.tell(f"{self.tablet.name} dies and starts again")
            self.tablet.start()
            self.start()

    def _if_same(self, starts: int, deed: Callable[[], None]) -> None:
        """An answer to a process that is gone is heard by nobody."""
        if starts == self.tablet.starts:
            self._living(deed)

    def _feed(self, event: s.Event) -> None:
        """One event after the other: what an instruction causes at once waits until the others are carried out."""
        self._events.append(event)
        if len(self._events) > 1:
            return
        now_s = (self.network.now - OPENING).total_seconds()
        while self._events:
            self.state, instructions = machine.step(self.state, self._events[0], now_s, self.rng.random())
            for instruction in instructions:
                try:
                    self._carry_out(instruction, now_s)
                except STORAGE as fault:
                    self._could_not(instruction, fault)
            self._events.popleft()

    def _carry_out(self, instruction: s.Instruction, now_s: float) -> None:
        match instruction:
            case s.Push(limit, max_bytes):
                self._push(limit, max_bytes)
            case s.Pull(group):
                self._pull(group)
            case s.SetAside(seconds):
                self._set_aside(seconds)
            case s.Reset(group):
                self._store.reset(group, self.tablet.now())
                self.resets += group is Group.MAIN
                self._feed(s.ResetDone(group, self._queued()))
            case s.Refresh():
                self._ask(self._refresh, [], lambda _: self._feed(s.TokenRefreshed()), self._refresh_failed)
            case s.Listen():
                self._ask(self._reach, [], lambda _: self._feed(s.PokesOpened()), self._pokes_failed)
            case s.Wait(until) if until is not None:
                self._wait(max(0.0, until - now_s) * 1000 + 1)  # never a hair too early

    def _could_not(self, instruction: s.Instruction, fault: Exception) -> None:
        """The disk of the tablet took nothing: told to the machine, as the engine does."""
        match instruction:
            case s.Push():
                self._feed(s.PushFailed(failure_of(fault), 1))
            case s.Pull(group) | s.Reset(group):
                self._feed(s.PullFailed(group, failure_of(fault)))

    def _wait(self, ms: float) -> None:
        self._waits += 1
        number, starts = self._waits, self.tablet.starts

        def tick() -> None:
            if number == self._waits:
                self._feed(s.Tick())

        self.network.at(ms, lambda: self._if_same(starts, tick))

    def _push(self, limit: int, max_bytes: int) -> None:
        batch = self._store.next_batch(self.tablet.now(), limit, max_bytes)
        if not batch:
            return self._feed(s.PushAnswered(0, 1))  # as the engine tells it
        body = encode_request(PushRequest(batch, self.tablet.wire, self._store.seen()))

        def answered(pieces: Answer) -> None:
            told = self._store.record_answers(decode_push_answer(b"".join(pieces)), self.tablet.now())
            self._feed(s.PushAnswered(self._queued(), told.decided, told.after_ms / 1000))

        def failed(fault: Exception) -> None:
            self._feed(s.PushFailed(failure_of(fault), len(batch)))

        self._ask(lambda: self.server.push(self.device, body), [], answered, failed)

    def _set_aside(self, seconds: float) -> None:
        batch = self._store.next_batch(self.tablet.now(), 1)
        self._store.hold([c.id for c in batch], self.tablet.now() + timedelta(seconds=seconds))
        for command in batch:
            self._set_aside_times[command.id] += 1
            if self._set_aside_times[command.id] >= s.HANDED_OVER_AFTER:
                self._hand_over(command)

    def _hand_over(self, command: Command) -> None:
        body = encode_request(opaque(command))

        def answered(pieces: Answer) -> None:
            self._store.record_answers(decode_push_answer(b"".join(pieces)), self.tablet.now())
            self._feed(s.Poked(Group.MAIN))

        self.tell(f"{self.tablet.name} hands over {command.id}, which no push brings to the core")
        self._ask(lambda: self.server.hand_over(self.device, body), [], answered, lambda fault: None)

    def _pull(self, group: Group) -> None:
        self._pull_rows(self._store.begin_pull(group))

    def _pull_rows(self, pull: Pull, gained: bool = False) -> None:
        group, body = pull.request.group, encode_request(pull.request)

        def ended(_: Answer) -> None:
            if pull.offered is not None:
                return self._fetch(group, pull.offered)
            done = pull.finish(self.tablet.now())
            self.tablet.walks.forget()
            event = s.PullDone(group, self._queued()) if done else s.PullFailed(group, s.Failure.BROKEN, gained=gained)
            if done is not None:
                self.server.heard(self.tablet.name, self._store.cursor(Group.MAIN), done)
            self._feed(event)
            if done is not None and 0 < done.doubt < s.TIRED_OF_DOUBT:
                self._feed(s.Poked(group))

        def failed(fault: Exception) -> None:
            self._feed(s.PullFailed(group, failure_of(fault), gained=gained))

        def heard(piece: bytes) -> None:
            pull.receive(decode_frame(piece))

        self._ask(lambda: self.server.pull(self.device, body), heard, ended, failed)

    def _fetch(self, group: Group, file: CacheFile) -> None:
        """What has come of the file is kept; the pull goes on from it when it is whole."""
        with small_pieces():
            download = self._store.begin_download(group, file)
        start = download.start
        self.tell(f"{self.tablet.name} fetches {group} from byte {start} of {file.size_bytes}")

        def heard(piece: bytes) -> None:
            with small_pieces():
                download.receive(piece)

        def ended(_: Answer) -> None:
            if download.start < file.size_bytes:
                return failed(ConnectionError("the file was cut"))
            with small_pieces():
                pull = self._store.continue_pull(group)
            self._pull_rows(pull, gained=True)

        def failed(fault: Exception) -> None:
            self._feed(s.PullFailed(group, failure_of(fault), gained=download.start > start))

        if start == file.size_bytes:
            return ended([])
        self._ask(lambda: self.server.file(self.device, file.id, start), heard, ended, failed)

    def _ask(
        self,
        serve: Callable[[], Answer],
        heard: Callable[[bytes], None] | list[bytes],
        ended: Callable[[Answer], None],
        failed: Callable[[Exception], None],
    ) -> None:
        starts = self.tablet.starts
        pieces: Answer = []
        hear = pieces.append if isinstance(heard, list) else heard

        def authorised() -> Answer:
            if not self.token_good and serve != self._refresh:
                raise Unauthorised
            return serve()

        def finish(fault: Exception | None) -> None:
            if isinstance(fault, Withdrawn) and fault.to_wipe:
                return self.server.wipe_ordered(self)
            if fault is not None:
                return failed(fault)
            try:
                ended(pieces)
            except (InvalidAnswer, *STORAGE) as nonsense:
                failed(nonsense)

        def end(fault: Exception | None) -> None:
            self._if_same(starts, lambda: finish(fault))

        def take(piece: bytes) -> None:
            try:
                hear(piece)
            except STORAGE as full:
                call.end(full)

        call = Call(authorised, lambda piece: self._if_same(starts, lambda: take(piece)), end)
        if self.offline:
            self.network.at(self.rng.uniform(1, 100), lambda: call.end(Away()))
        else:
            self.network.send(call)

    def _refresh(self) -> Answer:
        self.server.reach()
        self.token_good = True
        return [b""]

    def _refresh_failed(self, fault: Exception) -> None:
        self._feed(s.RefreshFailed(failure_of(fault)))

    def _reach(self) -> Answer:
        self.server.reach()
        return [b""]

    def _pokes_failed(self, fault: Exception) -> None:
        self._feed(s.PokesClosed(failure_of(fault)))

    def pokes_cut(self) -> None:
        """The stream of pokes broke: the core went away, or the network did."""
        if self.state.listening:
            self.happen(s.PokesClosed(s.Failure.BROKEN))
