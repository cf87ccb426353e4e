"""Whatever happens on the wire and to the core, the screen shows every own scan exactly once.

The model is one core in memory that runs the same rules. The device is alone with its orders, so the oracle is simple:
what is shown as picked is what was scanned here, at every step; after the faults stop, device and core agree.
"""

import copy
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.store import documents, outbox
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract import rules
from core.contract.commands import Arguments, Command, FinishRun, How, PutBackItem, ScanItem, StartRun
from core.contract.rules import Key
from core.contract.sync import Answer, Commit, Frame, Group, Head, PullRequest, PushAnswer, Put, VerdictDocument
from core.domain.fulfilment import Fulfilment
from core.domain.outcome import Verdict
from core.domain.runs import Method
from tests.support.device import NOW, fulfilment, stamp

LINES = [("f1", "l1-0"), ("f1", "l1-1"), ("f2", "l2-0"), ("f2", "l2-1")]


@dataclass
class ModelCore:
    """State feed by version: a cursor is (epoch, last version seen)."""

    epoch: int = 1
    version: int = 0
    rows: dict[Key, tuple[int, Any]] = field(default_factory=dict)
    done: dict[str, Verdict] = field(default_factory=dict)

    def write(self, key: Key, body: Any) -> None:
        self.version += 1
        self.rows[key] = (self.version, body)

    def receive(self, command: Command) -> Answer:
        if command.id not in self.done:
            keys = rules.touches(command.arguments)
            changed, outcome = rules.apply({key: self.rows[key][1] for key in keys if key in self.rows}, command)
            for key, document in changed.items():
                self.write(key, document)
            self.done[command.id] = outcome.verdict
            verdict = VerdictDocument(command.id, outcome.verdict, outcome.code, outcome.params(), NOW)
            self.write(("verdict", command.id), verdict)
        return Answer(command.id, self.done[command.id])

    def pull(self, request: PullRequest) -> list[Frame] | None:
        """None: this core does not know the cursor's history."""
        epoch, seen = map(int, (request.cursor or f"{self.epoch}:0").split(":"))
        if epoch != self.epoch:
            return None
        news = [(key, row) for key, row in self.rows.items() if row[0] > seen]
        frames: list[Frame] = [Put(key[0], ((key[1], row[0], row[1]),)) for key, row in news]
        return [Head(request.cursor is None), *frames, Commit(f"{self.epoch}:{self.version}")]


class DeviceDay(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.core = ModelCore()
        self.backup = copy.deepcopy(self.core)
        self.scanned: Counter[tuple[str, str]] = Counter()
        self.made = 0
        self.open()

    def open(self) -> None:
        self.database = Database.open(self.folder)
        self.store = DeviceStore(self.database)

    @initialize()
    def first_pull(self) -> None:
        for number in (1, 2):
            self.core.write(("fulfilment", f"f{number}"), fulfilment(number, (9, 9)))
        self.backup = copy.deepcopy(self.core)
        self.pull(None)

    def submit(self, arguments: Arguments) -> None:
        self.made += 1
        with self.database.write() as connection:
            outbox.submit(connection, arguments, stamp(self.made))

    @rule(line=st.sampled_from(LINES))
    def scan(self, line: tuple[str, str]) -> None:
        self.submit(ScanItem(*line, 1, How.WEDGE))
        self.scanned[line] += 1

    @rule(line=st.sampled_from(LINES))
    def undo(self, line: tuple[str, str]) -> None:
        self.submit(PutBackItem(*line, 1, "undo"))

    @rule(run=st.sampled_from(["r1", "r2"]), orders=st.sampled_from([("f1",), ("f1", "f2")]))
    def start_run(self, run: str, orders: tuple[str, ...]) -> None:
        self.submit(StartRun(run, run.upper(), "paris", Method.MULTI, orders, ("ann",)))

    @rule(run=st.sampled_from(["r1", "r2"]))
    def finish_run(self, run: str) -> None:
        self.submit(FinishRun(run, ("f1", "f2")))

    @rule(number=st.sampled_from([1, 2]), hold=st.sampled_from(["", "fraud"]))
    def head_office_holds(self, number: int, hold: str) -> None:
        known: Fulfilment = self.core.rows[("fulfilment", f"f{number}")][1]
        self.core.write(("fulfilment", f"f{number}"), replace(known, hold=hold))

    @rule(limit=st.integers(1, 4), lost=st.booleans(), doubled=st.booleans())
    def push(self, limit: int, lost: bool, doubled: bool) -> None:
        batch = self.store.next_batch(NOW, limit)
        for _ in range(1 + doubled):
            answers = tuple(self.core.receive(command) for command in batch)
        if batch and not lost:
            self.store.record_answers(PushAnswer(answers, NOW), NOW)

    @rule(cut=st.none() | st.integers(0, 5))
    def pull(self, cut: int | None) -> None:
        pull = self.store.begin_pull(Group.MAIN)
        frames = self.core.pull(pull.request)
        if frames is None:
            self.store.reset(Group.MAIN, NOW)
            return
        for frame in frames if cut is None else frames[:cut]:
            pull.receive(frame)
        pull.finish(NOW)

    @rule()
    def push_during_a_pull(self) -> None:
        pull = self.store.begin_pull(Group.MAIN)
        frames = self.core.pull(pull.request)
        self.push(4, lost=False, doubled=False)
        for frame in frames or []:
            pull.receive(frame)
        pull.finish(NOW)

    @rule()
    def die(self) -> None:
        self.database.close()
        (self.folder / "in-use").touch()
        self.open()

    @rule()
    def back_up(self) -> None:
        self.backup = copy.deepcopy(self.core)

    @rule()
    def restore(self) -> None:
        epoch = self.core.epoch + 1
        self.core = copy.deepcopy(self.backup)
        self.core.epoch = epoch

    @invariant()
    def every_scan_is_shown_once(self) -> None:
        shown: Counter[tuple[str, str]] = Counter()
        with self.database.read() as connection:
            for document in documents.fulfilments(connection):
                shown.update({(document.id, line.id): line.picked for line in document.lines})
        assert +shown == +self.scanned

    def teardown(self) -> None:
        try:
            for _ in range(4 + self.made):
                self.push(200, lost=False, doubled=False)
                self.pull(None)
            self.every_scan_is_shown_once()
            with self.database.read() as connection:
                raw = driver(connection)
                assert outbox.waiting(connection) == 0
                assert raw.execute("SELECT count(*) FROM local_document").fetchone() == (0,)
                assert raw.execute("SELECT count(*) FROM touch").fetchone() == (0,)
                rows = raw.execute("SELECT entity, id, ver FROM document").fetchall()
            assert {(e, i): v for e, i, v in rows} == {key: row[0] for key, row in self.core.rows.items()}
            assert len(self.core.done) == self.made
        finally:
            self.database.close()
            shutil.rmtree(self.folder)


TestDeviceDay = DeviceDay.TestCase
TestDeviceDay.settings = settings(deadline=None, max_examples=40, stateful_step_count=30)
