import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.actions import picking
from app.queries.run import run_view
from app.store import documents
from core.contract.commands import How
from core.domain.scanning import COUNTING
from tests.benchmarks import scan_to_feedback
from tests.benchmarks.disk import CommitFloor
from tests.benchmarks.scan_to_feedback import BUDGETS
from tests.benchmarks.store_files import USER_ID, Work, fill


def test_the_bench_measures_every_ratio_it_has_a_budget_for():
    report = scan_to_feedback.run(skus=300)
    assert set(report.ratios) == set(BUDGETS)
    assert report.figures["scans"] == 50 * 8 - scan_to_feedback.WARM_UP


def test_no_query_of_a_scan_reads_a_table_without_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: set[str] = set()
    readers: list[sqlite3.Connection] = []
    plain = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        readers.append(plain(*arguments, **options))
        readers[-1].set_trace_callback(seen.add)
        return readers[-1]

    monkeypatch.setattr(sqlite3, "connect", connect)
    database = fill(tmp_path / "device", 300, Work(lines=10, units=2, per_order=5))
    desk = scan_to_feedback.desk_of(database)
    run_id = scan_to_feedback.start_run(desk)
    with database.read() as connection:
        assert documents.get(connection, ("run", run_id)) is not None
        reader = readers[-1]
        walk = desk.walks.get(connection, run_id)
        assert walk is not None
        stop = walk.stops[0]
    seen.clear()
    outcome = picking.scan(desk, picking.Aim(run_id, stop.id), stop.gtins[0], How.WEDGE)
    run_view(database, desk.walks, run_id, USER_ID)
    statements = {s for s in seen if s.split()[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")}
    plans = {s: [row[3] for row in reader.execute(f"EXPLAIN QUERY PLAN {s}")] for s in statements}
    database.close()
    assert isinstance(outcome, COUNTING)
    assert any("INSERT INTO command" in statement for statement in statements)
    assert not {s: plan for s, plan in plans.items() if any(reads_all(step) for step in plan)}


def reads_all(step: str) -> bool:
    """A step of a query plan that walks a whole table; a row of constants is none."""
    return step.startswith("SCAN ") and step != "SCAN CONSTANT ROW"


def test_the_floor_is_a_committed_row(tmp_path: Path):
    floor = CommitFloor(tmp_path / "floor.db")
    assert floor.sample_ms() > 0
    floor.close()
    other = sqlite3.connect(tmp_path / "floor.db")
    assert other.execute("SELECT count(*) FROM note").fetchone() == (1,)
    other.close()
