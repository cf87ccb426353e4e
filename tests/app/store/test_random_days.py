"""Random days of one tablet's store: scans, pushes, pulls, resets, deaths at any statement; each scan shows once.

The core is a list of what it decided, in order; a pull is told of its first n entries. The tablet is paired again now
and then: its verdicts are told to the device that it is, as `core.service.copied` does it.
"""

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.store import documents, outbox
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.feed import Pull
from core.contract.commands import How, ScanItem
from core.contract.sync import Answer, Commit, Frame, Group, Head, PushAnswer, Put, VerdictDocument
from core.domain.fulfilment import Fulfilment
from core.domain.outcome import Verdict
from tests.simulation.crash import Fuse, Killed, mortality
from tests.support.device import NOW, fulfilment, stamp

ORDERS = {"f1": ("l1-0", "l1-1"), "f2": ("l2-0", "l2-1")}
LINES = [(order, line) for order, lines in ORDERS.items() for line in lines]
MANY = 500  # units wanted: no scan is one too many
DEATHS = st.one_of(*[st.just(0)] * 4, st.integers(1, 25))
MOSTLY_NONE = st.sampled_from((0, 0, 0, 0, 1, 2, 3))


@dataclass(frozen=True)
class Decided:
    """`command_id`: "" for what a colleague did on another tablet."""

    line: tuple[str, str]
    command_id: str = ""
    device_id: str = ""


@cache
def installed() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="installed-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Database.open(folder / "device").close()
    return folder / "device"


class Days(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "device"
        self.stack.enter_context(mortality())
        shutil.copytree(installed(), self.folder)
        self.fuse = Fuse()
        self.device = 1
        self.core: list[Decided] = []
        self.scans: list[tuple[str, tuple[str, str]]] = []
        self.told: int | None = None  # how much of the core's list is in the rows of the tablet
        self.start()

    def start(self) -> None:
        self.fuse.bury()
        with self.fuse.inside():
            self.database = Database.open(self.folder)
            self.store = DeviceStore(self.database, device_id=lambda: f"d{self.device}")

    def teardown(self) -> None:
        self.fuse.bury()
        self.stack.close()

    def alive(self, deed: Callable[[], None], death: int) -> None:
        """`death`: at which statement the process dies, 0 for none."""
        if death:
            self.fuse.light(death)
        try:
            with self.fuse.inside():
                deed()
            self.fuse.put_out()
        except Killed:
            self.start()

    @initialize()
    def first_pull(self) -> None:
        self.alive(lambda: self.merge(self.store.begin_pull(Group.MAIN)), 0)

    @rule(line=st.sampled_from(LINES), death=DEATHS)
    def scan(self, line: tuple[str, str], death: int) -> None:
        number = 1 + max((int(id.rpartition("-")[2]) for id, _ in self.scans), default=0) + self.device * 1000

        def deed() -> None:
            with self.database.write() as connection:
                outbox.submit(connection, ScanItem(*line, 1, How.WEDGE), stamp(number))

        self.alive(deed, death)
        if f"command-{number}" in self.outbox():
            self.scans.append((f"command-{number}", line))
        else:
            assert death, "a scan was lost without a death"

    @rule(line=st.sampled_from(LINES))
    def colleague(self, line: tuple[str, str]) -> None:
        self.core.append(Decided(line))

    @rule(heard=st.booleans(), held=MOSTLY_NONE, death=DEATHS)
    def push(self, heard: bool, held: int, death: int) -> None:
        """`held`: from which one on the core cannot decide yet; 0: all are decided."""

        def deed() -> None:
            batch = self.store.next_batch(NOW, 5)
            for place, command in enumerate(batch, 1):
                if not held or place < held:
                    self.decide(command.id)
            known = {entry.command_id for entry in self.core}
            answers = tuple(Answer(c.id, Verdict.ACCEPTED if c.id in known else None, "picked") for c in batch)
            if heard:
                self.store.record_answers(PushAnswer(answers, NOW), NOW)

        self.alive(deed, death)

    def decide(self, command_id: str) -> None:
        """Once; what was decided for the former device is this one's from now on."""
        self.own((command_id,))
        if command_id not in {entry.command_id for entry in self.core}:
            line = next(line for id, line in self.scans if id == command_id)
            self.core.append(Decided(line, command_id, f"d{self.device}"))

    def own(self, waiting: tuple[str, ...]) -> None:
        self.core = [
            replace(entry, device_id=f"d{self.device}") if entry.command_id in waiting else entry for entry in self.core
        ]

    @rule(death=DEATHS, kept=MOSTLY_NONE, overtaken=st.booleans())
    def pull(self, death: int, kept: int, overtaken: bool) -> None:
        """`kept`: frames that arrive, 0 for all; `overtaken`: the core goes on while the answer is on its way."""

        def deed() -> None:
            pull = self.store.begin_pull(Group.MAIN)
            self.merge(pull, kept, overtaken)

        self.alive(deed, death)
        self.note_cursor()

    def merge(self, pull: Pull, kept: int = 0, overtaken: bool = False) -> None:
        self.own(pull.request.waiting)
        frames = self.frames(pull.request.cursor)
        if overtaken:
            self.core.append(Decided(LINES[0]))
        for frame in frames[:kept] if kept else frames:
            pull.receive(frame)
        pull.finish(NOW)
        self.note_cursor()

    def frames(self, cursor: str | None) -> list[Frame]:
        me = f"d{self.device}"
        since = int(cursor.split("@")[0]) if cursor and cursor.endswith(me) else None
        news = self.core[since or 0 :]
        orders = [id for id in ORDERS if since is None or any(entry.line[0] == id for entry in news)]
        verdicts = [
            VerdictDocument(entry.command_id, Verdict.ACCEPTED, "picked", {}, NOW)
            for entry in news
            if entry.command_id and entry.device_id == me
        ]
        rows = [*(Put("fulfilment", ((id, 1 + len(self.core), self.order(id)),)) for id in orders)]
        rows += [Put("verdict", ((verdict.id, 1, verdict),)) for verdict in verdicts]
        return [Head(since is None), *rows, Commit(f"{len(self.core)}@{me}")]

    def order(self, id: str) -> Fulfilment:
        counted = Counter(entry.line for entry in self.core)
        plain = fulfilment(int(id[1:]), (MANY, MANY))
        return replace(plain, lines=tuple(replace(line, picked=counted[id, line.id]) for line in plain.lines))

    def note_cursor(self) -> None:
        with self.fuse.watched():
            cursor = self.store.cursor(Group.MAIN)
        if cursor is not None:  # after a reset the old rows stay in sight
            self.told = int(cursor.split("@")[0])

    @rule(death=DEATHS)
    def reset(self, death: int) -> None:
        """The core does not know the cursor; its history is the same all the same."""
        self.alive(lambda: self.store.reset(Group.MAIN, NOW), death)

    @rule()
    def paired_again(self) -> None:
        self.device += 1

    @rule()
    def killed(self) -> None:
        self.start()

    @rule(death=DEATHS)
    def tidied(self, death: int) -> None:
        self.alive(lambda: self.store.tidy(NOW), death)

    def outbox(self) -> dict[str, str]:
        with self.fuse.watched(), self.database.read() as connection:
            return dict(driver(connection).execute("SELECT id, state FROM command ORDER BY seq").fetchall())

    @invariant()
    def no_command_is_lost_and_their_numbers_have_no_gap(self) -> None:
        assert list(self.outbox()) == [id for id, _ in self.scans]
        with self.fuse.watched(), self.database.read() as connection:
            numbers = [row[0] for row in driver(connection).execute("SELECT seq FROM command ORDER BY seq")]
        assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def what_is_final_was_decided(self) -> None:
        decided = {entry.command_id for entry in self.core}
        assert {id for id, state in self.outbox().items() if state not in ("queued", "answered")} <= decided

    @invariant()
    def every_scan_is_shown_once(self) -> None:
        if self.told is None:
            return
        expected = Counter(entry.line for entry in self.core[: self.told] if not entry.command_id)
        expected += Counter(line for _, line in self.scans)
        shown: Counter[tuple[str, str]] = Counter()
        with self.fuse.watched(), self.database.read() as connection:
            for work in documents.all(connection, "fulfilment"):
                shown.update({(work.id, line.id): line.picked for line in work.lines if line.picked})
        assert shown == expected


TestRandomDays = Days.TestCase
TestRandomDays.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
