"""Writes an outbox as the app of the working tree does that is imported here: once per schema, never again (I12).

    git worktree add /tmp/old COMMIT && cd /tmp/old && PYTHONPATH=. python .../make_outbox.py NAME.db.gz

A day's work at the store of `tests.support.core`: one command final, one answered, the others queued.
"""

import gzip
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.store import outbox
from app.store.database import Database
from app.store.device_store import DeviceStore
from app.store.intents import Stamp
from core.contract import commands as c
from core.contract.sync import Answer, Commit, Group, Head, PushAnswer, Put, VerdictDocument
from core.domain.fulfilment import Address, Fulfilment, Line
from core.domain.outcome import Verdict
from core.domain.runs import Method

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ADDRESS = Address("Jo", "1 rue", "59000", "Lille", "FR", "06", "jo@example.org")
DONE: tuple[c.Arguments, ...] = (
    c.StartRun("run-1", "R1", "loc-lille", Method.MULTI, ("f-1",), ("usr-ana",)),
    c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE, "03760123000000", "run-1"),
    c.ScanItem("f-1", "f-1-l0", 1, c.How.CAMERA, "03760123000000", "run-1"),
    c.ScanItem("f-1", "f-1-l1", 1, c.How.MANUAL, "03760123000001", "run-1"),
    c.PutBackItem("f-1", "f-1-l1", 1, "undo"),
    c.ScanItem("f-1", "f-1-l1", 1, c.How.TAP, "", "run-1"),
    c.ReportShort("f-1", "f-1-l2", 1, "not_found", "run-1"),
    c.FinishRun("run-1", ("f-1",)),
    c.OpenParcel("f-1", "p-1", "box-s"),
    c.PackItem("f-1", "p-1", "f-1-l0", 2, c.How.WEDGE, "03760123000000"),
    c.PackItem("f-1", "p-1", "f-1-l1", 1, c.How.TAP),
    c.CloseParcel("f-1", "p-1", "376012300000000017", "post", 900),
    c.RecordLabel("f-1", "p-1", "post", "TRACK-1"),
    c.OpenManifest("man-1", "loc-lille", "post"),
    c.LoadParcel("man-1", "f-1", "p-1", c.How.CAMERA, "376012300000000017"),
    c.CloseManifest("man-1", ("f-1",)),
)


def order() -> Fulfilment:
    lines = tuple(
        Line(f"f-1-l{n}", f"ord-f-1-{n}", f"SKU-{n + 1}", quantity, name="Shirt", gtins=(f"0376012300000{n}",))
        for n, quantity in enumerate((2, 1, 1))
    )
    return Fulfilment(
        "f-1", "N-f-1", "A1B2", "ord-f-1", "f-1", "div-nord", "loc-lille", "standard", "post",
        NOW + timedelta(hours=4), NOW, ADDRESS, lines,
    )  # fmt: skip


def work(database: Database) -> None:
    store = DeviceStore(database)
    store.apply_pull(
        Group.MAIN, [Head(True), Put("fulfilment", (("f-1", 1, order()),)), Commit("c1")], NOW, store.marks()
    )
    for number, arguments in enumerate(DONE, 1):
        with database.write() as connection:
            stamp = Stamp(f"dev-1-c{number}", f"tap-{number}", "usr-ana", NOW + timedelta(seconds=number))
            outcome = outbox.submit(connection, arguments, stamp)
        assert outcome.verdict is Verdict.ACCEPTED, (arguments, outcome)
    decided = (Answer("dev-1-c1", Verdict.ACCEPTED, "started"), Answer("dev-1-c2", Verdict.ACCEPTED, "picked"))
    store.record_answers(PushAnswer(decided, NOW), NOW)
    verdict = VerdictDocument("dev-1-c1", Verdict.ACCEPTED, "started", {}, NOW)
    store.apply_pull(Group.MAIN, [Head(False), Put("verdict", (("dev-1-c1", 1, verdict),)), Commit("c2")], NOW,
                     store.marks().__class__(0, 0))  # fmt: skip


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(Path(folder) / "device")
        work(database)
        database.close()
        small = Path(folder) / "small.db"
        with sqlite3.connect(Path(folder) / "device" / "main.db") as raw:
            raw.execute(f"VACUUM INTO '{small}'")
        raw.close()
        target.write_bytes(gzip.compress(small.read_bytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
