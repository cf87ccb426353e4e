import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from app import wiping
from app.cli import execute
from app.store import diagnosis, settings
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract.sums import Sum
from core.contract.sync import Commit, Frame, Group, Head
from core.domain.outcome import Verdict
from tests.support.device import NOW, answers, apply, database, put, scan, store, verdict

__all__ = ["database", "store"]


def test_a_device_that_is_well_says_so_while_the_app_runs(database: Database, store: DeviceStore) -> None:
    found = diagnosis.diagnose(database.folder, NOW)
    assert diagnosis.is_well(found)
    assert [(one.group, one.rows, one.is_known) for one in found.groups] == [
        ("main", 12, True), ("stock", 6, True), ("catalogue", 6, True),
    ]  # fmt: skip
    told = " ".join(diagnosis.sentences(found))
    assert "0 actions are not sent" in told
    assert "The core was never reached." in told


def test_what_is_unsent_is_told_with_its_reason_and_what_to_do(database: Database, store: DeviceStore) -> None:
    for number in range(1, 5):
        scan(database, number, line="l1-0" if number < 3 else "l2-0", order="f1" if number < 3 else "f2")
    apply(store, Group.MAIN, put("verdict", verdict(4, Verdict.ATTENTION, "over_picked")))
    store.record_answers(answers(1), NOW)
    store.record_answers(answers(2, verdict=None), NOW)
    store.hold(["command-3"], NOW + timedelta(minutes=15))
    found = diagnosis.diagnose(database.folder, NOW + timedelta(days=1))
    assert (found.queued, found.answered, found.held, found.tried, found.attention) == (2, 1, 1, 2, 1)
    assert found.clock_offset_ms == 120_000
    assert ["eight hours" in one for one in found.advice] == [True, False, False]
    assert "quarantine" in found.advice[1]
    assert "inbox" in found.advice[2]


@pytest.mark.parametrize(("offset_ms", "told"), [(420_000, "7 minutes slow"), (-420_000, "7 minutes fast")])
def test_a_clock_that_is_wrong_is_to_be_set(database: Database, store: DeviceStore, offset_ms: int, told: str) -> None:
    with database.write() as connection:
        settings.put(driver(connection), "offset_ms", "300000")
    assert diagnosis.diagnose(database.folder, NOW).advice == ()
    with database.write() as connection:
        settings.put(driver(connection), "offset_ms", str(offset_ms))
    assert diagnosis.diagnose(database.folder, NOW).advice == (f"Set the device's clock: it is {told}.",)


def test_rows_that_were_changed_and_rows_in_doubt_are_named(database: Database, store: DeviceStore) -> None:
    with database.merging(Group.STOCK) as connection:
        driver(connection).execute("DELETE FROM stock.position WHERE sku = 'sku1'")
    wrong = Sum(1, 1)
    for _ in range(4):
        frames: list[Frame] = [Head(False), Commit("c2", wrong.rows, wrong.value)]
        store.apply_pull(Group.CATALOGUE, frames, NOW, store.marks())
    stock, catalogue = diagnosis.diagnose(database.folder, NOW).advice
    assert stock.startswith("stock: rows were changed")
    assert catalogue.startswith("catalogue: even a whole new copy differed")


def test_the_files_of_a_newer_app_are_left_alone(database: Database, store: DeviceStore) -> None:
    with database.write() as connection:
        driver(connection).execute("PRAGMA user_version = 99")
    found = diagnosis.diagnose(database.folder, NOW)
    assert (found.version, found.queued) == (99, 0)
    assert found.advice[0].startswith("This main.db was written by a newer app")


def test_a_damaged_file_is_told_and_not_touched(database: Database, store: DeviceStore, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(database.folder, folder)
    (folder / "main.db").write_bytes(b"not a database" * 1000)
    for journal in ("main.db-wal", "main.db-shm"):
        (folder / journal).unlink(missing_ok=True)
    found = diagnosis.diagnose(folder, NOW)
    assert found.damaged
    assert found.advice[0].startswith("Start the app")
    assert (folder / "main.db").read_bytes().startswith(b"not a database")


def test_the_command_explains_a_folder_in_words_and_as_json(
    database: Database, store: DeviceStore, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert execute(["doctor", "--device", str(database.folder)]) == 0
    assert "Nothing has to be done." in capsys.readouterr().out
    scan(database, 1)
    assert execute(["doctor", "--device", str(database.folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["queued"] == 1
    assert execute(["doctor", "--device", str(tmp_path / "nobody")]) == 2
    assert "no device lives here" in capsys.readouterr().err


def test_a_folder_of_several_devices_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("till", "stockroom"):
        Database.open(tmp_path / name).close()
    assert execute(["doctor", "--device", str(tmp_path)]) == 2
    assert "those in here are stockroom, till" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("stage", "told"), [("handing_over", "reach of the core"), ("erasing", "start the app"), ("done", "pair it again")]
)
def test_a_withdrawn_device_is_told_whatever_is_left_of_it(
    stage: Literal["handing_over", "erasing", "done"], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if stage == "handing_over":
        Database.open(tmp_path).close()
    wiping.note(tmp_path, wiping.Wipe(stage, 3))
    assert execute(["doctor", "--device", str(tmp_path)]) == 1
    assert told in capsys.readouterr().out
    assert execute(["doctor", "--device", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"wipe": stage, "handed": 3, "left": 0}


@pytest.mark.parametrize("stage", ["handing_over", "erasing", "done"])
def test_what_nobody_takes_of_a_withdrawn_device_is_told(stage: Literal["handing_over", "erasing", "done"]) -> None:
    told = wiping.in_words(wiping.Wipe(stage, 3, left=2, rounds=1))
    assert " 2 " in told
    assert ("every hour, 24 times" if stage == "handing_over" else "left-over.json") in told
